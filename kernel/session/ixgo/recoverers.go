package ixgo

// Methods that may recover. A method that is deferred through an interface or
// within a wrapper is called by way of compiled code, from which the
// interpreter would not find back to the panic; so these methods are listed by
// the types of their receivers, and called directly.

import (
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// target is a function of a program, perhaps of an earlier one, which is
// called without a detour through compiled code.
type target struct {
	in *ixgo.Interp
	fn unsafe.Pointer
}

// recoverers are the methods that may recover, by the type and the name.
type recoverers = map[reflect.Type]map[string]*target

// postpone is a defer statement. A method of a value in an interface that may
// recover is called directly.
func (g *Stopper) postpone(f Function, x *ssa.Defer, do Step) Step {
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
			list = (**deferred)((*Interface)(unsafe.Pointer(&Registers(fr)[f.Register(x.DeferStack)])).Data)
		}
		if m := g.m.recoverer((*list).args[0], name); m != nil {
			(*list).fn = m
		}
	}
}

// forward is the call of an interface's method in a wrapper.
func (g *Stopper) forward(f Function, x *ssa.Call, do Step) Step {
	name, to, recv := x.Call.Method.Name(), f.Register(x), f.Register(x.Call.Value)
	var args []int
	for _, a := range x.Call.Args {
		args = append(args, f.Register(a))
	}
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		m := g.m.recoverer(r[recv], name)
		if m == nil {
			do(fr)
			return
		}
		with := []any{r[recv]}
		for _, a := range args {
			with = append(with, r[a])
		}
		v := callForResult(m.in, fr, m.fn, with, nil)
		Registers(fr)[to] = v
	}
}

// findRecoverers lists the methods that call recover, themselves or as
// wrappers of those that do.
func (g *Stopper) findRecoverers(in *ixgo.Interp, funcs Functions) {
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
		g.m.mu.Lock()
		if g.m.recovering == nil {
			g.m.recovering = recoverers{}
		}
		if g.m.recovering[t] == nil {
			g.m.recovering[t] = map[string]*target{}
		}
		g.m.recovering[t][fn.Name()] = &target{in, funcs[fn].p}
		g.m.mu.Unlock()
	}
}

func mayRecover(fn *ssa.Function, f Function, may map[*ssa.Function]bool) bool {
	for _, instr := range f.Instrs {
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
func (m *Machine) recoverer(v any, name string) *target {
	if v == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recovering[reflect.TypeOf(v)][name]
}
