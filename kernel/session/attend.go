package session

// What is done with a cell's values behind its end calls their methods, which
// cells have declared: it can be stopped as a cell can, and what has no end
// (a loop, a recursion) is stopped as in a cell.

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourmlab/kernel/engine"
	patched "fourmlab/kernel/session/ixgo"
)

// tardy is how long the work of Attend may take until goroutines that it may
// have left behind are stopped with it, and how long they have to end.
const tardy = 5 * time.Second

// Attend runs f as a part of cell n. The failure says why f did not run to its
// end.
func (s *Session) Attend(ctx context.Context, n int, f func()) *engine.Failure {
	r := patched.NewRun(n)
	s.running.Store(r)
	defer s.running.Store(nil)
	r.Add() // until it is known that nothing is left
	begun := time.Now()
	failure := s.watch(ctx, r, func() (out patched.Outcome) {
		defer func() { out.Panicked = recover() }()
		f()
		return out
	})
	if failure == nil && time.Since(begun) < tardy {
		s.machine.End(r)
		return nil
	}
	s.machine.Stop(r, nil)
	time.AfterFunc(tardy, func() { s.machine.End(r) }) // what unwinds a deep stack takes a while
	return failure
}

// patient is how long an error may take to say what it is.
const patient = 10 * time.Second

// said is the text of the error that a cell ends in, in one line; its method is
// the cell's own code as well.
func (s *Session) said(ctx context.Context, n int, err error) string {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	text := make(chan string, 1)
	failure := s.Attend(ctx, n, func() { text <- oneLine(fmt.Sprint(err)) })
	switch {
	case failure == nil:
		return <-text
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Sprintf("%T.Error is not done after %v, left behind", err, patient)
	}
	return fmt.Sprintf("%T.Error: %s", err, failure.Value)
}
