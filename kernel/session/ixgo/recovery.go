package ixgo

// Deferred calls, panics and recover. The interpreter's own way lets recover
// see a panic from a function that compiled code called, and hides it from
// methods that are reached through wrappers: an interface that holds a
// pointer, a method value, a promoted method. Here the calls that a function
// deferred are run as Go runs them: what is deferred is called by the function
// itself, wrappers do not count, panics that end the program and
// runtime.Goexit are seen by no recover.

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/goplus/ixgo"
	"github.com/visualfc/funcval"
	"golang.org/x/tools/go/ssa"
)

// deferred is a call that a frame of the interpreter has deferred, and
// panicked the panic that passes through one, as the interpreter has them.
type (
	deferred struct {
		fn      any
		tail    *deferred
		args    []any
		ssaArgs []ssa.Value
	}
	panicked struct {
		arg  any
		link *panicked
		//lint:ignore U1000 the names are compared with the interpreter's
		pcs []uintptr
		//lint:ignore U1000 likewise
		aborted   bool
		recovered bool
	}
)

func deferredBy(fr *ixgo.Frame) **deferred {
	return fieldAt[*deferred](unsafe.Pointer(fr), fields.defers)
}

func panicOf(fr *ixgo.Frame) **panicked {
	return fieldAt[*panicked](unsafe.Pointer(fr), fields.panicking)
}

// passes tells whether a panic is none that a program can see.
func passes(e any) bool {
	_, exit := e.(Exited)
	return exit || Interrupted(e)
}

// correct replaces the steps that defer and recover, the assertions of types
// whose panics a program may look at, and what else compiled code does
// otherwise.
func (g *Stopper) correct(in *ixgo.Interp, funcs Functions) {
	g.findRecoverers(in, funcs)
	for fn, f := range funcs {
		for i, instr := range f.Instrs {
			switch x := instr.(type) {
			case *ssa.Defer:
				f.Steps[i] = g.postpone(f, x, f.Steps[i])
			case *ssa.RunDefers:
				f.Steps[i] = g.runDeferred
			case *ssa.TypeAssert:
				if s := assertion(in, f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				}
			case *ssa.UnOp:
				if s := nilCheck(f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				}
			case *ssa.MapUpdate:
				if s := mapUpdate(f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				}
			case *ssa.Lookup:
				if s := mapLookup(f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				}
			case *ssa.Convert:
				if s := fromConstant(f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				}
			case *ssa.Call:
				if b, ok := x.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					f.Steps[i] = recovers(f, x)
				} else if s := says(f, x); s != nil {
					f.Steps[i] = s
				} else if s := mapDelete(f, x, f.Steps[i]); s != nil {
					f.Steps[i] = s
				} else if x.Call.IsInvoke() && wraps(fn) {
					f.Steps[i] = g.forward(f, x, f.Steps[i])
				}
			}
		}
	}
}

// catchPanics makes functions that may recover run as catching has it.
func (g *Stopper) catchPanics(funcs Functions) {
	for fn, f := range funcs {
		if fn.Recover == nil || len(f.Steps) == 0 {
			continue
		}
		again := fieldAt[[]Step](f.p, fields.recover)
		f.Steps[0] = g.catching(f.Steps[0], slices.Clone(*again))
		*again = nil // the interpreter's own way
	}
}

// catching runs a whole call, and what it has deferred when a panic or Goexit
// leaves it; again are the steps that read the results after a recovery.
func (g *Stopper) catching(do Step, again []Step) Step {
	return func(fr *ixgo.Frame) {
		left := true
		defer func() {
			if !left {
				return
			}
			switch e := recover(); {
			case e == nil: // Goexit
				g.runDeferred(fr)
			case passes(e) && !Interrupted(e):
				panic(e)
			case isGoexit(e):
				g.runDeferred(fr)
				panic(e)
			default:
				callee := Callee(fr)
				was := *callee
				*panicOf(fr) = &panicked{arg: e}
				g.runAll(fr)
				if p := *panicOf(fr); p != nil && !p.recovered {
					if same(p.arg, e) {
						*callee = was // where the panic came from
					}
					panic(p.arg)
				}
				*panicOf(fr) = nil
				for _, s := range again {
					s(fr)
				}
			}
		}()
		do(fr)
		for pc := Next(fr); *pc != -1; {
			s := (*fieldAt[[]Step](functionOf(fr), fields.steps))[*pc]
			*pc++
			s(fr)
		}
		left = false
	}
}

func isGoexit(e any) bool { _, ok := e.(Goexited); return ok }

// runDeferred is what a function does before it returns.
func (g *Stopper) runDeferred(fr *ixgo.Frame) {
	g.runAll(fr)
	if p := *panicOf(fr); p != nil && !p.recovered {
		panic(p.arg)
	}
	*panicOf(fr) = nil
}

// runAll runs what is deferred; a panic in one of the calls takes the place of
// the one that was there.
func (g *Stopper) runAll(fr *ixgo.Frame) {
	for list := deferredBy(fr); *list != nil; {
		d := *list
		*list = d.tail
		g.runOne(fr, d)
	}
}

func (g *Stopper) runOne(fr *ixgo.Frame, d *deferred) {
	left := true
	defer func() {
		if !left {
			return
		}
		switch e := recover(); {
		case e == nil: // Goexit
			*panicOf(fr) = nil
			g.runDeferred(fr)
		case passes(e) && !Interrupted(e):
			panic(e)
		case isGoexit(e):
			*panicOf(fr) = nil
			g.runDeferred(fr)
			panic(e)
		default:
			*panicOf(fr) = &panicked{arg: e, link: *panicOf(fr)}
		}
	}()
	in := *fieldAt[*ixgo.Interp](unsafe.Pointer(fr), fields.interp)
	switch fn := d.fn.(type) {
	case *target:
		callWithEnv(fn.in, fr, fn.fn, d.args, nil)
	case *ssa.Builtin:
		switch fn.Name() {
		case "recover":
			if p := *panicOf(fr); p == nil || p.recovered {
				take(deferring(fr))
			}
		case "print", "println":
			say(d.ssaArgs, d.args, fn.Name() == "println")
		default:
			callDiscardsResult(in, fr, fn, d.args, d.ssaArgs)
		}
	default:
		receiver, name := bound(d.fn)
		if c := interpreted(in, d.fn); c != nil {
			callWithEnv(in, fr, c.pfn, d.args, c.env)
		} else if m := g.m.recoverer(receiver, name); m != nil {
			callWithEnv(m.in, fr, m.fn, append([]any{receiver}, d.args...), nil)
		} else {
			callDiscardsResult(in, fr, d.fn, d.args, d.ssaArgs)
		}
	}
	left = false
}

// madeFunc is a function value that the interpreter has made.
type madeFunc struct {
	funcval.FuncVal
	interp *ixgo.Interp
	pfn    unsafe.Pointer
	typ    reflect.Type
	env    []any
}

// interpreted gives the function of the program that a function value is, or
// nil.
func interpreted(in *ixgo.Interp, fn any) *madeFunc {
	if fn == nil || reflect.TypeOf(fn).Kind() != reflect.Func {
		return nil
	}
	v, n := funcval.Get(fn)
	if n != 1 {
		return nil
	}
	if c := (*madeFunc)(unsafe.Pointer(v)); c.interp == in {
		return c
	}
	return nil
}

// recovers is a call of recover.
func recovers(f Function, x *ssa.Call) Step {
	to := f.Register(x)
	return func(fr *ixgo.Frame) { Registers(fr)[to] = take(deferring(fr)) }
}

// deferring is the call that the function of a frame was called by, but for
// wrappers.
func deferring(fr *ixgo.Frame) *ixgo.Frame {
	caller := *Caller(fr)
	for caller != nil {
		p := functionOf(caller)
		if p == nil || !wraps(*fieldAt[*ssa.Function](p, fields.fn)) {
			break
		}
		caller = *Caller(caller)
	}
	return caller
}

// take ends the panic that passes through the call, and gives its value.
func take(fr *ixgo.Frame) any {
	if fr == nil {
		return nil
	}
	p := *panicOf(fr)
	if p == nil || p.recovered || passes(p.arg) {
		return nil
	}
	p.recovered = true
	e := p.arg
	if x, ok := e.(ixgo.PanicError); ok {
		if e = x.Value; e == nil {
			return new(runtime.PanicNilError)
		}
	}
	return asCompiled(e)
}

// wraps tells whether a function is one that stands for a method.
func wraps(fn *ssa.Function) bool {
	return fn != nil && (strings.HasPrefix(fn.Synthetic, "wrapper for ") || strings.HasPrefix(fn.Synthetic, "bound method wrapper for ") || strings.HasPrefix(fn.Synthetic, "thunk for "))
}
