package ixgo

// A nil in a map whose keys or elements are of an interface type. The
// interpreter keeps it as no value at all, and to reflect, storing no value
// means to remove the key and looking for none is a mistake. Here it is
// the nil of the map's own type.

import (
	"go/types"
	"reflect"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// mapOpen tells which of a map's keys and elements are of interface types.
func mapOpen(t types.Type) (key, elem bool) {
	m, ok := t.Underlying().(*types.Map)
	return ok && types.IsInterface(m.Key()), ok && types.IsInterface(m.Elem())
}

// of makes what a register holds a value of that type.
func of(v any, t reflect.Type) reflect.Value {
	if v == nil {
		return reflect.Zero(t)
	}
	return reflect.ValueOf(v)
}

// mapUpdate gives what stands for m[k] = v, or nil.
func mapUpdate(f Function, x *ssa.MapUpdate, do Step) Step {
	key, elem := mapOpen(x.Map.Type())
	if !key && !elem {
		return nil
	}
	m, k, v := f.Register(x.Map), f.Register(x.Key), f.Register(x.Value)
	return func(fr *ixgo.Frame) {
		regs := Registers(fr)
		if !(key && regs[k] == nil) && !(elem && regs[v] == nil) {
			do(fr)
			return
		}
		to := reflect.ValueOf(regs[m])
		to.SetMapIndex(of(regs[k], to.Type().Key()), of(regs[v], to.Type().Elem()))
	}
}

// mapLookup gives what stands for m[k], or nil.
func mapLookup(f Function, x *ssa.Lookup, do Step) Step {
	if key, _ := mapOpen(x.X.Type()); !key {
		return nil
	}
	result, m, k := f.Register(x), f.Register(x.X), f.Register(x.Index)
	return func(fr *ixgo.Frame) {
		regs := Registers(fr)
		if regs[k] != nil {
			do(fr)
			return
		}
		from := reflect.ValueOf(regs[m])
		v := from.MapIndex(reflect.Zero(from.Type().Key()))
		ok := v.IsValid()
		if !ok {
			v = reflect.Zero(from.Type().Elem())
		}
		if x.CommaOk {
			regs[result] = ixgo.Tuple{v.Interface(), ok}
		} else {
			regs[result] = v.Interface()
		}
	}
}

// mapDelete gives what stands for delete(m, k), or nil.
func mapDelete(f Function, x *ssa.Call, do Step) Step {
	if b, ok := x.Call.Value.(*ssa.Builtin); !ok || b.Name() != "delete" {
		return nil
	}
	if key, _ := mapOpen(x.Call.Args[0].Type()); !key {
		return nil
	}
	m, k := f.Register(x.Call.Args[0]), f.Register(x.Call.Args[1])
	return func(fr *ixgo.Frame) {
		regs := Registers(fr)
		if regs[k] != nil {
			do(fr)
			return
		}
		from := reflect.ValueOf(regs[m])
		from.SetMapIndex(reflect.Zero(from.Type().Key()), reflect.Value{})
	}
}
