package server

// The workers of a kernel: the first one, those that take the place of a dead
// one, and what happens while there is none.

import (
	"fmt"
	"log"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/session"
)

const (
	// tries is how often a worker is started that dies before it is ready.
	tries = 3
	// firstWait is how long the second try waits, and a quarter of what the
	// third does.
	firstWait = 100 * time.Millisecond
	// interruptWaits is how long an interrupt waits for a worker that is being
	// started.
	interruptWaits = 2 * time.Second
)

// startWorker starts a worker. Where none begins, a few tries later, the error
// says why, and the kernel goes on without.
func (s *server) startWorker() error {
	print := func(name, text string, cell int) {
		s.iopub.Settle()
		s.publish("stream", s.parentOf(cell), map[string]any{"name": name, "text": text})
	}
	for try, wait := 1, firstWait; ; try, wait = try+1, 4*wait {
		p, err := link.Start(link.Options{Print: print, Event: s.event, Over: session.Sweep})
		s.mu.Lock()
		s.worker, s.failed = nil, err
		if err == nil {
			s.worker, s.begun = p, true
		}
		s.mu.Unlock()
		if err == nil {
			if s.stopping() {
				p.Close()
			}
			go s.logEnd(p)
			return nil
		}
		log.Printf("%v (try %d of %d)", err, try, tries)
		if try == tries || s.stopping() {
			return err
		}
		select {
		case <-time.After(wait):
		case <-s.quit:
		}
	}
}

// replaceWorker starts a worker in place of a dead one, while what was asked of that
// one is answered. It waits until what the dead one's cells had started is
// ended: that holds the ports and files which the next one's cells will want.
func (s *server) replaceWorker(p worker) {
	if s.stopping() {
		return
	}
	ready := make(chan struct{})
	s.mu.Lock()
	s.worker, s.ready, s.question = nil, ready, 0
	s.mu.Unlock()
	s.forgetComms()
	go func() {
		defer close(ready)
		<-p.Over()
		s.startWorker()
	}()
}

// logEnd tells the log of a worker that ended though nobody wanted it to.
func (s *server) logEnd(p worker) {
	<-p.Over()
	if s.stopping() {
		return
	}
	log.Printf("kernel: the cells' process has ended: %s", p.CauseOfDeath())
	if line := p.Leftovers(); line != "" {
		log.Printf("kernel: %s", line)
	}
}

// closeWorker ends the worker with the kernel. The error says why there never
// was one.
func (s *server) closeWorker() error {
	s.mu.Lock()
	p, err := s.worker, s.failed
	if s.begun {
		err = nil
	}
	s.mu.Unlock()
	if p == nil {
		return err
	}
	p.Close()
	if line := p.Leftovers(); line != "" {
		log.Printf("kernel: %s", line)
	}
	return nil
}

// current waits for the worker that is being started, and is nil where none
// could be.
func (s *server) current() worker {
	s.mu.Lock()
	ready := s.ready
	s.mu.Unlock()
	<-ready
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worker
}

// workerForCell is current, and tries once more where there is none.
func (s *server) workerForCell() (worker, error) {
	if p := s.current(); p != nil {
		return p, nil
	}
	if err := s.startWorker(); err != nil {
		return nil, err
	}
	return s.current(), nil
}

// notRun is what a cell is told that nobody can run.
func notRun(err error) *engine.Failure {
	return &engine.Failure{
		Name:  "fatal",
		Value: fmt.Sprintf("no process could be started that runs cells: %v; this cell has not run, the next one tries again", err),
	}
}

// interrupt stops the cell that runs. One that waits for a worker is meant,
// too.
func (s *server) interrupt() {
	s.mu.Lock()
	ready := s.ready
	s.mu.Unlock()
	select {
	case <-ready:
	case <-s.quit:
		return
	case <-time.After(interruptWaits):
		return
	}
	if p := s.current(); p != nil {
		p.Send(link.Interrupt{})
	}
}
