package session

// A panic in a goroutine ends a Go program. In a notebook it ends the cell
// that started the goroutine, as its error; if that cell has ended before, the
// person reads on standard error which one it was and where. So goroutines
// are started here and not by the interpreter, and those that compiled code
// starts for a cell run their function within a guard.

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	"fourmlab/kernel/engine"
)

//go:linkname prepareCall github.com/goplus/ixgo.(*Interp).prepareCall
func prepareCall(in *ixgo.Interp, fr *ixgo.Frame, call *ssa.CallCommon, value int, args, bindings []int) (fn any, with []any)

//go:linkname callDiscardsResult github.com/goplus/ixgo.(*Interp).callDiscardsResult
func callDiscardsResult(in *ixgo.Interp, fr *ixgo.Frame, fn any, args []any, ssaArgs []ssa.Value)

//go:linkname runFrame github.com/goplus/ixgo.(*frame).run
func runFrame(fr *ixgo.Frame)

// operands gives the registers of what a call calls, of its arguments, and of
// what a closure brings.
func (f function) operands(c *ssa.CallCommon) (value int, args, bindings []int) {
	for _, a := range c.Args {
		args = append(args, f.register(a))
	}
	if fn, ok := c.Value.(*ssa.MakeClosure); ok {
		for _, b := range fn.Bindings {
			bindings = append(bindings, f.register(b))
		}
	}
	return f.register(c.Value), args, bindings
}

// spawn is a go statement.
func (g *Stopper) spawn(in *ixgo.Interp, f function, x *ssa.Go) step {
	value, args, bindings := f.operands(&x.Call)
	return func(fr *ixgo.Frame) {
		if g.Stopping {
			g.Stop(fr)
		}
		fn, with := prepareCall(in, fr, &x.Call, value, args, bindings)
		r := g.current()
		if r != nil {
			r.Add()
		}
		go func() {
			root := new(ixgo.Frame)
			if r != nil {
				defer g.m.End(r)
			}
			defer func() {
				if e := recover(); e != nil {
					var stack []byte
					if !interrupted(e) {
						stack = stackOf(innermost(root))
					}
					g.m.Crashed(r, e, stack)
				}
			}()
			callDiscardsResult(in, root, fn, with, x.Call.Args)
		}()
	}
}

// guest is a goroutine that compiled code starts to run a function of a cell.
func (s *Session) guest(r *Run, f func()) {
	if r == nil {
		r = NewRun(0)
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
func (s *Session) crashed(r *Run, e any, stack []byte) {
	if interrupted(e) {
		return
	}
	if _, ok := e.(goexited); ok {
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
		what += " of " + file(r.Cell)
	}
	fmt.Fprintf(os.Stderr, "%s in %s that went on: %s\n", f.Name, what, f.Value)
	if len(f.Trace) > 1 {
		fmt.Fprintln(os.Stderr, strings.Join(f.Trace[1:], "\n"))
	}
}

// innermost is the deepest call below a frame when a panic left it. Frames are
// used again: one that has another caller, or has ended, is not below.
func innermost(fr *ixgo.Frame) *ixgo.Frame {
	for {
		next := *at[*ixgo.Frame](unsafe.Pointer(fr), inner.callee)
		if next == nil || *at[*ixgo.Frame](unsafe.Pointer(next), inner.caller) != fr || *at[int](unsafe.Pointer(next), inner.next) == -1 {
			return fr
		}
		fr = next
	}
}

// stackOf writes where a frame is, as the interpreter writes its stacks.
func stackOf(fr *ixgo.Frame) []byte {
	var b []byte
	if fr == nil || *at[unsafe.Pointer](unsafe.Pointer(fr), inner.pfn) == nil {
		return nil
	}
	for _, f := range fr.CallerFrames() {
		b = fmt.Appendf(b, "%s()\n\t%s:%d\n", f.Function, f.File, f.Line)
	}
	return b
}

// exitFailure is the end of a cell that called os.Exit or the like.
func exitFailure(value error, trace []string) *engine.Failure {
	f := &engine.Failure{Name: "exit", Value: value.Error()}
	if len(trace) > 0 {
		f.Trace = append([]string{"exit: " + f.Value}, trace...)
	}
	return f
}
