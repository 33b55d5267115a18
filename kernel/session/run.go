package session

// A program is run on a goroutine of its own, so that an interrupt can leave
// behind what cannot be stopped.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"sync/atomic"
	"time"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

const (
	// grace is how long an interrupted cell has before it is left behind.
	grace = 700 * time.Millisecond
	// patience is how long when a call of compiled code asks, again and
	// again, whether to stop: it will end by itself and keep its results.
	patience = 60 * time.Second
	// fresh is how old such a question may be.
	fresh = 2 * time.Second
)

// run is the program of the running cell.
type run struct {
	flag      *bool // what the program reads at loop heads and function entries
	requested atomic.Bool
	wake      chan struct{}
}

var errInterrupted = engine.ErrInterrupted

// stop asks the program to end; it may be called more than once.
func (r *run) stop() {
	if r.requested.CompareAndSwap(false, true) {
		raise(r.flag)
		close(r.wake)
	}
}

func (r *run) stopping() bool { return r.requested.Load() }

// raise sets the flag that interpreted code reads. A byte that changes once,
// from 0 to 1, needs no ordering; a lock around each loop head would cost more
// than the loop.
//
//go:norace
func raise(flag *bool) { *flag = true }

// bindRuntime gives programs the functions that their rewritten text calls,
// and takes from the standard library those that would end the kernel.
func (s *Session) bindRuntime() {
	s.ctx.RegisterExternal("main.halt"+hidden, func() { panic(errInterrupted) })
	s.ctx.RegisterExternal("main.show"+hidden, func(xs ...any) { s.shown = xs })
	s.ctx.RegisterExternal("main.crash"+hidden, func(place string, r any) {
		if !interrupted(r) {
			fmt.Fprintf(os.Stderr, "panic in the goroutine of %s: %s\n", place, oneLine(valueText(r)))
		}
	})
	s.ctx.RegisterExternal("log.Fatal", func(v ...any) { log.Print(v...); panic(exited(1)) })
	s.ctx.RegisterExternal("log.Fatalf", func(f string, v ...any) { log.Printf(f, v...); panic(exited(1)) })
	s.ctx.RegisterExternal("log.Fatalln", func(v ...any) { log.Println(v...); panic(exited(1)) })
	s.ctx.RegisterExternal("os.Exit", func(code int) { panic(exited(code)) })
}

// exited is the panic that stands for the end of the program: in a notebook,
// of the cell.
type exited int

func (e exited) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// interrupted finds the interrupt in whatever wraps it.
func interrupted(r any) bool {
	switch x := r.(type) {
	case ixgo.PanicError:
		return interrupted(x.Value)
	case ixgo.FatalError:
		return interrupted(x.Value)
	case error:
		return errors.Is(x, errInterrupted)
	}
	return false
}

// execute runs the cell's function to its end, or to that of the person's
// patience.
func (s *Session) execute(ctx context.Context, in *ixgo.Interp, flag *bool) *engine.Failure {
	r := &run{flag: flag, wake: make(chan struct{})}
	s.running.Store(r)
	defer s.running.Store(nil)
	done := make(chan error, 1)
	go func() {
		_, err := in.RunFunc("cell" + hidden)
		done <- err
	}()
	select {
	case err := <-done:
		return s.failure(err)
	case <-ctx.Done():
		r.stop()
	case <-r.wake:
	}
	begun := time.Now()
	for {
		select {
		case err := <-done:
			if err == nil || interrupted(err) {
				return &engine.Failure{Name: "interrupted", Value: "the cell was stopped; variables keep what they had"}
			}
			return s.failure(err)
		case <-time.After(20 * time.Millisecond):
		}
		waited := time.Since(begun)
		asked := time.Since(time.Unix(0, s.polled.Load())) < fresh
		if waited > grace && !asked || waited > patience {
			s.shown = nil
			return &engine.Failure{Name: "interrupted", Value: "the cell was stopped while it waited; what it waited for was left behind"}
		}
	}
}
