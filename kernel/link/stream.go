package link

// What a worker prints, gathered for a front end: in few messages, and in
// order with everything else.

import (
	"bytes"
	"regexp"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	flushEvery = 50 * time.Millisecond
	chunk      = 1 << 16
	keepLast   = 8 << 10
)

// markPattern finds marks: with a colon, of an event; with an @, of whose text
// follows.
var markPattern = regexp.MustCompile("\x1e\x1ffourm(?::(\\d+)|@(\\d+))\x1f\x1e")

// stream reads one of the worker's outputs.
type stream struct {
	name    string
	publish func(name, text string, cell int)
	from    *output

	mu      sync.Mutex
	changed *sync.Cond
	pending []byte // read, not yet published
	tail    []byte // the end of all that was published
	seen    int    // the last mark
	passed  int    // the last mark whose event has been handled
	cell    int    // whose text it is, 0 for that of the cell that runs or ran last
	ended   bool   // all is published that the worker printed
	timer   *time.Timer
	closed  chan struct{} // nobody's text is published any more
}

func newStream(name string, from *output, publish func(name, text string, cell int)) *stream {
	s := &stream{name: name, publish: publish, from: from, closed: make(chan struct{})}
	s.changed = sync.NewCond(&s.mu)
	go s.read()
	return s
}

func (s *stream) read() {
	defer close(s.closed)
	buf := make([]byte, chunk)
	var held []byte // may be the beginning of a mark
	for {
		n, err := s.from.Read(buf)
		held = append(held, buf[:n]...)
		s.mu.Lock()
		for {
			m := markPattern.FindSubmatchIndex(held)
			if m == nil {
				break
			}
			if m[4] >= 0 {
				s.pending = append(s.pending, held[:m[0]]...)
				s.flush()
				s.cell, _ = strconv.Atoi(string(held[m[4]:m[5]]))
				held = held[m[1]:]
				continue
			}
			if n, _ := strconv.Atoi(string(held[m[2]:m[3]])); n != s.seen+1 { // a cell printed it
				s.pending = append(s.pending, held[:m[1]]...)
				held = held[m[1]:]
				continue
			}
			s.pending = append(s.pending, held[:m[0]]...)
			s.flush()
			s.seen++
			held = held[m[1]:]
			s.changed.Broadcast()
			for s.passed < s.seen { // what was printed behind it comes behind it
				s.changed.Wait()
			}
		}
		cut := len(held)
		if i := bytes.LastIndexByte(held, 0x1e); i >= 0 && len(held)-i < 40 && err == nil {
			cut = i
		}
		s.pending = append(s.pending, held[:cut]...)
		held = append([]byte(nil), held[cut:]...)
		s.ended = s.ended || err != nil
		if s.ended {
			s.flush()
		} else if len(s.pending) > 0 && s.timer == nil {
			s.timer = time.AfterFunc(flushEvery, s.flushLater)
		}
		s.changed.Broadcast()
		s.mu.Unlock()
		if err != nil && err != errFinished {
			return
		}
	}
}

func (s *stream) flushLater() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer = nil
	s.flush()
}

// flush publishes whole characters.
func (s *stream) flush() {
	n := len(s.pending)
	for i := 1; i <= min(3, n) && !s.ended; i++ {
		if b := s.pending[n-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(s.pending[n-i:]) {
				n -= i
			}
			break
		}
	}
	if n == 0 {
		return
	}
	text := bytes.ToValidUTF8(s.pending[:n], []byte("\uFFFD"))
	s.tail = append(s.tail, text...)
	if len(s.tail) > keepLast {
		s.tail = append([]byte(nil), s.tail[len(s.tail)-keepLast:]...)
	}
	s.publish(s.name, string(text), s.cell)
	s.pending = append(s.pending[:0], s.pending[n:]...)
}

// waitFor waits until everything before a mark is published; nothing behind it
// is until release is called.
func (s *stream) waitFor(mark int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.seen < mark && !s.ended {
		s.changed.Wait()
	}
}

// release tells that the event of a mark has been handled.
func (s *stream) release(mark int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed = mark
	s.changed.Broadcast()
}

// drain waits until all is published that a dead worker printed.
func (s *stream) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.ended {
		s.changed.Wait()
	}
}

// close ends the reading; who still writes is told that nobody listens.
func (s *stream) close() {
	s.from.close()
	<-s.closed
}

func (s *stream) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.tail)
}
