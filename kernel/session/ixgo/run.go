package ixgo

// A run: what is known of a cell that runs, or of which goroutines do.

import (
	"context"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

// Run is a cell that runs, or whose goroutines do.
type Run struct {
	// Cell is its number, 0 where nobody knows.
	Cell int

	labels    context.Context
	stopping  atomic.Bool  // it shall end
	abandoned atomic.Bool  // nobody waits for it any more
	asked     atomic.Int64 // when it was told to stop
	live      atomic.Int32 // goroutines that are known to run for it
	stopped   chan struct{}
	why       atomic.Pointer[engine.Failure] // nil for a person's interrupt
	panicked  atomic.Pointer[note]           // where its last panic came from
	place     atomic.Pointer[note]           // where it was when it was stopped
}

// note is a place in a program, and the panic that came from there.
type note struct {
	value any
	stack string
}

// NewRun gives the run of a cell, which has no goroutines yet.
func NewRun(cell int) *Run {
	return &Run{Cell: cell, stopped: make(chan struct{}), labels: pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.Itoa(cell)))}
}

// Add counts a goroutine that is about to run for it. Machine.End takes it off.
func (r *Run) Add() { r.live.Add(1) }

// Stopping tells whether it was told to stop.
func (r *Run) Stopping() bool { return r.stopping.Load() }

// Stopped is closed when it is told to stop.
func (r *Run) Stopped() <-chan struct{} { return r.stopped }

// Asked is when it was told to stop.
func (r *Run) Asked() time.Time { return time.Unix(0, r.asked.Load()) }

// Why is the reason it was stopped for, nil for a person's interrupt.
func (r *Run) Why() *engine.Failure { return r.why.Load() }

// Abandon ends the goroutines that come back from compiled code: nobody waits
// for them.
func (r *Run) Abandon() { r.abandoned.Store(true) }

// Abandoned tells whether nobody waits for it any more.
func (r *Run) Abandoned() bool { return r.abandoned.Load() }

// StoppedAt is the stack of the first step that ended because the run was
// stopped for a reason, "" where none did.
func (r *Run) StoppedAt() string {
	if p := r.place.Load(); p != nil {
		return p.stack
	}
	return ""
}

// PanickedAt is the stack of a panic that went through compiled code, "" where
// that is another one.
func (r *Run) PanickedAt(value any) string {
	if n := r.panicked.Load(); n != nil && same(n.value, value) {
		return n.stack
	}
	return ""
}

// notePanic remembers the innermost place of a panic in a function that
// compiled code called: that knows nothing of cells.
func (r *Run) notePanic(fr *ixgo.Frame, e any) {
	if r == nil || Interrupted(e) {
		return
	}
	stack := string(stackOf(innermost(fr)))
	if p, ok := e.(ixgo.PanicError); ok {
		e, stack = p.Value, string(p.Stack())
	}
	if n := r.panicked.Load(); n != nil && same(n.value, e) {
		stack = n.stack + string(stackOf(innermost(fr)))
	}
	r.panicked.Store(&note{e, stack})
}

// noteStop remembers where a run was that is stopped for what it did.
func (r *Run) noteStop(fr *ixgo.Frame) {
	if r.place.Load() == nil {
		r.place.Store(&note{stack: string(stackOf(atPlace(top(fr, 6))))})
	}
}

// same tells whether two panics have one value.
func same(a, b any) (is bool) {
	defer func() { recover() }() // they may not be comparable
	return a == b
}
