package session

// Deferred calls, panics and recover. The interpreter's own way lets recover
// see a panic from a function that compiled code called, and hides it from
// methods that are reached through wrappers: an interface that holds a
// pointer, a method value, a promoted method. Here the calls that a function
// deferred are run as Go runs them: what is deferred is called by the function
// itself, wrappers do not count, panics that end the program and
// runtime.Goexit are seen by no recover.

import (
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/goplus/ixgo"
	"github.com/visualfc/funcval"
	"golang.org/x/tools/go/ssa"
)

//go:linkname callWithEnv github.com/goplus/ixgo.(*Interp).callFunctionDiscardsResult
func callWithEnv(in *ixgo.Interp, fr *ixgo.Frame, fn unsafe.Pointer, args, env []any)

//go:linkname callForResult github.com/goplus/ixgo.(*Interp).callFunction
func callForResult(in *ixgo.Interp, fr *ixgo.Frame, fn unsafe.Pointer, args, env []any) any

//go:linkname toType github.com/goplus/ixgo.(*Interp).toType
func toType(in *ixgo.Interp, t types.Type) reflect.Type

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
		arg                any
		link               *panicked
		pcs                []uintptr
		aborted, recovered bool
	}
)

// target is a function of a program, perhaps of an earlier one, which is
// called without a detour through compiled code.
type target struct {
	in *ixgo.Interp
	fn unsafe.Pointer
}

// recoverers are the methods that may recover, by the type and the name.
type recoverers = map[reflect.Type]map[string]*target

func deferredBy(fr *ixgo.Frame) **deferred {
	return at[*deferred](unsafe.Pointer(fr), inner.defers)
}

func panicOf(fr *ixgo.Frame) **panicked {
	return at[*panicked](unsafe.Pointer(fr), inner.panicking)
}

func callerOf(fr *ixgo.Frame) *ixgo.Frame {
	return *at[*ixgo.Frame](unsafe.Pointer(fr), inner.caller)
}

// passes tells whether a panic is none that a program can see.
func passes(e any) bool {
	_, exit := e.(exited)
	return exit || interrupted(e)
}

// amend replaces the steps that defer and recover, and the assertions of types
// whose panics a program may look at.
func (g *gate) amend(in *ixgo.Interp, funcs map[*ssa.Function]function) {
	g.findRecoverers(in, funcs)
	for fn, f := range funcs {
		for i, instr := range f.instrs {
			switch x := instr.(type) {
			case *ssa.Defer:
				f.steps[i] = g.postpone(f, x, f.steps[i])
			case *ssa.RunDefers:
				f.steps[i] = g.runDeferred
			case *ssa.TypeAssert:
				if s := assertion(in, f, x, f.steps[i]); s != nil {
					f.steps[i] = s
				}
			case *ssa.Call:
				if b, ok := x.Call.Value.(*ssa.Builtin); ok && b.Name() == "recover" {
					f.steps[i] = recovers(f, x)
				} else if s := says(f, x); s != nil {
					f.steps[i] = s
				} else if x.Call.IsInvoke() && wraps(fn) {
					f.steps[i] = g.forward(f, x, f.steps[i])
				}
			}
		}
	}
}

// shelter makes functions with deferred calls run within shelters.
func (g *gate) shelter(funcs map[*ssa.Function]function) {
	for fn, f := range funcs {
		if fn.Recover == nil || len(f.steps) == 0 {
			continue
		}
		again := at[[]step](f.p, inner.recover)
		f.steps[0] = g.sheltered(f.steps[0], slices.Clone(*again))
		*again = nil // the interpreter's own way
	}
}

// sheltered runs a whole call, and what it has deferred when a panic or Goexit
// leaves it; again are the steps that read the results after a recovery.
func (g *gate) sheltered(do step, again []step) step {
	return func(fr *ixgo.Frame) {
		left := true
		defer func() {
			if !left {
				return
			}
			switch e := recover(); {
			case e == nil: // Goexit
				g.runDeferred(fr)
			case passes(e) && !interrupted(e):
				panic(e)
			case isGoexit(e):
				g.runDeferred(fr)
				panic(e)
			default:
				callee := at[*ixgo.Frame](unsafe.Pointer(fr), inner.callee)
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
		for pc := at[int](unsafe.Pointer(fr), inner.next); *pc != -1; {
			s := (*at[[]step](*at[unsafe.Pointer](unsafe.Pointer(fr), inner.pfn), inner.steps))[*pc]
			*pc++
			s(fr)
		}
		left = false
	}
}

func isGoexit(e any) bool { _, ok := e.(goexited); return ok }

// runDeferred is what a function does before it returns.
func (g *gate) runDeferred(fr *ixgo.Frame) {
	g.runAll(fr)
	if p := *panicOf(fr); p != nil && !p.recovered {
		panic(p.arg)
	}
	*panicOf(fr) = nil
}

// runAll runs what is deferred; a panic in one of the calls takes the place of
// the one that was there.
func (g *gate) runAll(fr *ixgo.Frame) {
	for list := deferredBy(fr); *list != nil; {
		d := *list
		*list = d.tail
		g.runOne(fr, d)
	}
}

func (g *gate) runOne(fr *ixgo.Frame, d *deferred) {
	left := true
	defer func() {
		if !left {
			return
		}
		switch e := recover(); {
		case e == nil: // Goexit
			*panicOf(fr) = nil
			g.runDeferred(fr)
		case passes(e) && !interrupted(e):
			panic(e)
		case isGoexit(e):
			*panicOf(fr) = nil
			g.runDeferred(fr)
			panic(e)
		default:
			*panicOf(fr) = &panicked{arg: e, link: *panicOf(fr)}
		}
	}()
	in := *at[*ixgo.Interp](unsafe.Pointer(fr), inner.interp)
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
		if c := interpreted(in, d.fn); c != nil {
			callWithEnv(in, fr, c.pfn, d.args, c.env)
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

// postpone is a defer statement. A method of a value in an interface that may
// recover is called directly.
func (g *gate) postpone(f function, x *ssa.Defer, do step) step {
	if x.DeferStack != nil {
		do = deferOutside(f, x, do)
	}
	if x.Call.Method == nil {
		return do
	}
	name := x.Call.Method.Name()
	return func(fr *ixgo.Frame) {
		do(fr)
		list := deferredBy(fr)
		if x.DeferStack != nil {
			list = (**deferred)((*face)(unsafe.Pointer(&registers(fr)[f.register(x.DeferStack)])).data)
		}
		if m := g.s.recoverer((*list).args[0], name); m != nil {
			(*list).fn = m
		}
	}
}

// forward is the call of an interface's method in a wrapper.
func (g *gate) forward(f function, x *ssa.Call, do step) step {
	name, to, recv := x.Call.Method.Name(), f.register(x), f.register(x.Call.Value)
	var args []int
	for _, a := range x.Call.Args {
		args = append(args, f.register(a))
	}
	return func(fr *ixgo.Frame) {
		r := registers(fr)
		m := g.s.recoverer(r[recv], name)
		if m == nil {
			do(fr)
			return
		}
		with := []any{r[recv]}
		for _, a := range args {
			with = append(with, r[a])
		}
		v := callForResult(m.in, fr, m.fn, with, nil)
		registers(fr)[to] = v
	}
}

// recovers is a call of recover.
func recovers(f function, x *ssa.Call) step {
	to := f.register(x)
	return func(fr *ixgo.Frame) { registers(fr)[to] = take(deferring(fr)) }
}

// deferring is the call that the function of a frame was called by, but for
// wrappers.
func deferring(fr *ixgo.Frame) *ixgo.Frame {
	caller := callerOf(fr)
	for caller != nil {
		p := *at[unsafe.Pointer](unsafe.Pointer(caller), inner.pfn)
		if p == nil || !wraps(*at[*ssa.Function](p, inner.fn)) {
			break
		}
		caller = callerOf(caller)
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

// asCompiled is the error that compiled code panics with where the interpreter
// says that a pointer is nil.
func asCompiled(e any) (out any) {
	x, ok := e.(ixgo.RuntimeError)
	if !ok || !strings.HasSuffix(string(x), "invalid memory address or nil pointer dereference") {
		return e
	}
	defer func() { out = recover() }()
	var none *struct{ n int }
	none.n++
	return e
}

// wraps tells whether a function is one that stands for a method.
func wraps(fn *ssa.Function) bool {
	return fn != nil && (strings.HasPrefix(fn.Synthetic, "wrapper for ") || strings.HasPrefix(fn.Synthetic, "bound method wrapper for ") || strings.HasPrefix(fn.Synthetic, "thunk for "))
}

// findRecoverers lists the methods that call recover, themselves or as
// wrappers of those that do.
func (g *gate) findRecoverers(in *ixgo.Interp, funcs map[*ssa.Function]function) {
	may := map[*ssa.Function]bool{}
	for grown := true; grown; {
		grown = false
		for fn, f := range funcs {
			if !may[fn] && mayRecover(fn, f, may) {
				may[fn], grown = true, true
			}
		}
	}
	for fn := range may {
		recv := fn.Signature.Recv()
		if recv == nil {
			continue
		}
		t := toType(in, recv.Type())
		g.s.stops.mu.Lock()
		if g.s.recovering == nil {
			g.s.recovering = recoverers{}
		}
		if g.s.recovering[t] == nil {
			g.s.recovering[t] = map[string]*target{}
		}
		g.s.recovering[t][fn.Name()] = &target{in, funcs[fn].p}
		g.s.stops.mu.Unlock()
	}
}

func mayRecover(fn *ssa.Function, f function, may map[*ssa.Function]bool) bool {
	for _, instr := range f.instrs {
		call, ok := instr.(*ssa.Call)
		if !ok {
			continue
		}
		switch v := call.Call.Value.(type) {
		case *ssa.Builtin:
			if v.Name() == "recover" {
				return true
			}
		case *ssa.Function:
			if may[v] && wraps(fn) {
				return true
			}
		}
	}
	return false
}

// recoverer gives the method of a value, where it is one that may recover.
func (s *Session) recoverer(v any, name string) *target {
	if v == nil {
		return nil
	}
	s.stops.mu.Lock()
	defer s.stops.mu.Unlock()
	return s.recovering[reflect.TypeOf(v)][name]
}
