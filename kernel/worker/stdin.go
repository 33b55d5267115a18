package worker

// Standard input of cells: compiled code that reads os.Stdin, by fmt.Scan, a
// bufio.Scanner or io.ReadAll, makes the front end ask the person, line by
// line. os.Stdin is a pipe that nobody writes to until somebody reads. That
// somebody does is known by a lock: a file lets one read at a time, so a
// second one, which would take nothing, has to wait while another does. No
// function that reads needs to be replaced for that.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"fourmlab/kernel/engine"
)

// readsWithin is how long a read waits until it is taken for one that needs a
// person; a read of what is there takes microseconds.
const readsWithin = 30 * time.Millisecond

// probes is how often another file is read in that time.
const probes = 10

// stdin feeds os.Stdin.
type stdin struct {
	mu       sync.Mutex
	from, to *os.File    // to is nil once the end was told
	idle     [2]*os.File // a pipe that nobody reads
	fed      bool
	running  atomic.Bool // a cell runs
}

// open gives the next cell an os.Stdin that is empty. It is called between
// cells; what was typed for an earlier one and not read is forgotten.
func (s *stdin) open() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle[0] == nil {
		r, w, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("kernel: standard input: %w", err)
		}
		s.idle = [2]*os.File{r, w}
	}
	if s.to == nil {
		r, w, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("kernel: standard input: %w", err)
		}
		s.from, s.to, s.fed = r, w, false
		os.Stdin = r
		return nil
	}
	if s.fed {
		s.from.SetReadDeadline(time.Now().Add(time.Millisecond))
		io.Copy(io.Discard, s.from)
		s.fed = false
	}
	s.from.SetReadDeadline(time.Time{})
	return nil
}

// probe tries to take the lock that a read of the file holds, and tells by the
// end of the channel when it had it.
func probe(f *os.File) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		if conn, err := f.SyscallConn(); err == nil {
			conn.Read(func(uintptr) bool { return true })
		}
	}()
	return over
}

// reads tells whether somebody waits for input. On a busy machine anything may
// take long, so the lock is compared with that of a file that nobody reads.
func (s *stdin) reads(from *os.File) bool {
	over := probe(from)
	for range probes {
		select {
		case <-over:
			return false
		case <-time.After(readsWithin / probes):
		}
		<-probe(s.idle[0])
	}
	select {
	case <-over:
		return false
	default:
		return true
	}
}

// feedStdin asks for a line whenever a cell that runs waits for one.
func (w *worker) feedStdin() {
	s := &w.stdin
	for range time.Tick(readsWithin) {
		if !s.running.Load() {
			continue
		}
		s.mu.Lock()
		if s.to == nil {
			s.mu.Unlock()
			continue
		}
		from := s.from
		s.mu.Unlock()
		if !s.reads(from) {
			continue
		}
		line, err := w.Ask("", false)
		s.mu.Lock()
		switch {
		case err == nil:
			s.fed = true
			s.to.WriteString(line + "\n")
		case errors.Is(err, engine.ErrInterrupted):
			from.SetReadDeadline(time.Now()) // who reads shall not take the next cell's line
		default:
			fmt.Fprintf(os.Stderr, "os.Stdin is at its end: %v\n", err)
			s.to.Close()
			s.to = nil
		}
		s.mu.Unlock()
	}
}
