package session

// Who is stopped when a person stops a cell: the goroutines that this cell
// started, wherever the code they run was declared, and no others. A goroutine
// inherits the profiler's labels of the one that started it, also through
// compiled code (an HTTP server's, an errgroup's); so the labels of a cell tell
// on whose behalf a step is done.

import (
	"context"
	"reflect"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

//go:linkname labels runtime/pprof.runtime_getProfLabel
func labels() unsafe.Pointer

// run is a cell that runs, or whose goroutines do.
type run struct {
	n         int
	labels    context.Context
	requested atomic.Bool  // it shall stop
	left      atomic.Bool  // nobody waits for it any more
	asked     atomic.Int64 // when it was told to stop
	live      atomic.Int32 // goroutines that are known to run for it
	wake      chan struct{}
	why       atomic.Pointer[engine.Failure] // nil for a person's interrupt
	note      atomic.Pointer[note]
	place     atomic.Pointer[note] // where it was when it met its end
}

// gate is what the steps of one program read.
type gate struct {
	up bool // somebody is to be stopped
	s  *Session
	r  *run // the cell that the program was made for
}

// stops is the part of a session that several goroutines use at a time.
type stops struct {
	mu      sync.Mutex
	gates   []weak.Pointer[gate]
	pruned  int                     // gates that were there after the last pruning
	runs    map[unsafe.Pointer]*run // those with goroutines, by their labels
	pending int                     // those that were told to stop and still have some
	ringing chan struct{}           // closed at the next stop
}

// cleanup is how long deferred functions of a stopped cell may take.
const cleanup = 100 * time.Millisecond

// newGate makes the gate of a program.
func (s *Session) newGate(r *run) *gate {
	g := &gate{s: s, r: r}
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	if len(s.stops.gates) > 2*s.stops.pruned+64 {
		kept := s.stops.gates[:0]
		for _, w := range s.stops.gates {
			if w.Value() != nil {
				kept = append(kept, w)
			}
		}
		s.stops.gates, s.stops.pruned = kept, len(kept)
	}
	s.stops.gates = append(s.stops.gates, weak.Make(g))
	return g
}

// stop tells a cell to end; it may be called more than once, and by any
// goroutine. Only the first reason counts.
func (s *Session) stop(r *run, why *engine.Failure) {
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	if r.requested.Load() {
		return
	}
	r.why.Store(why)
	r.asked.Store(time.Now().UnixNano())
	r.requested.Store(true)
	if r.live.Load() > 0 {
		s.stops.pending++
		s.setGates(true)
	}
	close(s.stops.ringing)
	s.stops.ringing = make(chan struct{})
	close(r.wake)
}

// setGates writes what steps read. A byte that changes between 0 and 1 needs
// no ordering; a lock around each jump would cost more than the jump.
//
//go:norace
func (s *Session) setGates(up bool) {
	for _, w := range s.stops.gates {
		if g := w.Value(); g != nil {
			g.up = up
		}
	}
}

// bell gives the channel that the next stop closes.
func (s *Session) bell() reflect.Value {
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	return reflect.ValueOf(s.stops.ringing)
}

// begin makes this goroutine one of the run's.
func (s *Session) begin(r *run) {
	pprof.SetGoroutineLabels(r.labels)
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	s.stops.runs[labels()] = r
}

// end takes a goroutine off the run's account.
func (s *Session) end(r *run) {
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	if r.live.Add(-1) > 0 {
		return
	}
	for l, x := range s.stops.runs {
		if x == r {
			delete(s.stops.runs, l)
		}
	}
	if r.requested.Load() {
		if s.stops.pending--; s.stops.pending == 0 {
			s.setGates(false)
		}
	}
}

// current gives the run that this goroutine works for, or nil.
func (s *Session) current() *run {
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	return s.stops.runs[labels()]
}

func newRun(n int) *run {
	return &run{n: n, wake: make(chan struct{}), labels: pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.Itoa(n)))}
}

// mine is the run of the goroutine that meets the gate.
func (g *gate) mine() *run {
	if labels() == nil {
		return g.r // compiled code that started it had no labels to give
	}
	return g.s.current()
}

// halt ends the goroutine if its cell was stopped. Deferred functions that an
// interrupt makes run get some time.
func (g *gate) halt(fr *ixgo.Frame) {
	r := g.mine()
	if r == nil || !r.requested.Load() {
		return
	}
	if !r.left.Load() && time.Since(time.Unix(0, r.asked.Load())) < cleanup && unwinding(fr) {
		return
	}
	if why := r.why.Load(); why != nil && fr != nil {
		g.s.blame(r, fr)
	}
	panic(errInterrupted)
}

// blame notes where a cell was that is stopped for what it did.
func (s *Session) blame(r *run, fr *ixgo.Frame) {
	if r.place.Load() == nil {
		r.place.Store(&note{stack: string(stackOf(settle(top(fr, 6))))})
	}
}

// fence ends the goroutine if its cell was left behind.
func (g *gate) fence() {
	if r := g.mine(); r != nil && r.left.Load() {
		panic(errInterrupted)
	}
}
