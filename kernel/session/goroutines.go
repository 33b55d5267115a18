package session

// A panic in a goroutine ends a Go program. In a notebook it ends the cell
// that started the goroutine, as its error; if that cell has ended before, the
// person reads on standard error which one it was and where. Goroutines that
// compiled code starts for a cell run their function within a guard.

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
	patched "fourmlab/kernel/session/ixgo"
)

// guest is a goroutine that compiled code starts to run a function of a cell.
func (s *Session) guest(r *patched.Run, f func()) {
	if r == nil {
		r = patched.NewRun(0)
	}
	r.Add()
	s.machine.Begin(r)
	defer s.machine.End(r)
	defer func() {
		if e := recover(); e != nil {
			s.crashed(r, e, nil)
		}
	}()
	f()
}

// bindSpawns replaces what starts goroutines for the functions it is given.
func (s *Session) bindSpawns() {
	s.ctx.RegisterExternal("time.AfterFunc", func(d time.Duration, f func()) *time.Timer {
		r := s.machine.Current()
		return time.AfterFunc(d, func() { s.guest(r, f) })
	})
	s.ctx.RegisterExternal("context.AfterFunc", func(ctx context.Context, f func()) func() bool {
		r := s.machine.Current()
		return context.AfterFunc(ctx, func() { s.guest(r, f) })
	})
	s.ctx.RegisterExternal("(*sync.WaitGroup).Go", func(wg *sync.WaitGroup, f func()) {
		r := s.machine.Current()
		wg.Go(func() { s.guest(r, f) })
	})
	s.ctx.RegisterExternal("runtime.SetFinalizer", func(obj, f any) {
		if v := reflect.ValueOf(f); v.Kind() == reflect.Func {
			r := s.machine.Current()
			f = reflect.MakeFunc(v.Type(), func(args []reflect.Value) (out []reflect.Value) {
				for i := range v.Type().NumOut() {
					out = append(out, reflect.Zero(v.Type().Out(i)))
				}
				s.guest(r, func() { out = v.Call(args) })
				return out
			}).Interface()
		}
		runtime.SetFinalizer(obj, f)
	})
}

// crashed tells of a panic that ended a goroutine of run r.
func (s *Session) crashed(r *patched.Run, e any, stack []byte) {
	if patched.Interrupted(e) {
		return
	}
	if _, ok := e.(patched.Goexited); ok {
		return
	}
	f := s.failed(e, stack, r)
	if r != nil && s.running.Load() == r && !r.Stopping() {
		if f.Name == "panic" {
			f.Value += " (in a goroutine)"
		}
		s.machine.Stop(r, f)
		return
	}
	what := "a goroutine"
	if r != nil && r.Cell > 0 {
		what += " of " + cell.FileName(r.Cell)
	}
	fmt.Fprintf(os.Stderr, "%s in %s that went on: %s\n", f.Name, what, f.Value)
	if len(f.Trace) > 1 {
		fmt.Fprintln(os.Stderr, strings.Join(f.Trace[1:], "\n"))
	}
}

// exitFailure is the end of a cell that called os.Exit or the like.
func exitFailure(value error, trace []string) *engine.Failure {
	f := &engine.Failure{Name: "exit", Value: value.Error()}
	if len(trace) > 0 {
		f.Trace = append([]string{"exit: " + f.Value}, trace...)
	}
	return f
}
