package ixgo

// A correction of how the interpreter finds methods. A program calls a method
// of an interface by the dynamic type of the value; types that it does not
// declare itself it takes for compiled ones, whose methods reflect finds. A
// value that an earlier cell put into an interface has a type that the
// earlier program made, and reflect gives no function for that: the call
// would jump to nowhere. So every program is told of all types that programs
// made before it; it then asks the package that made them.

import (
	"errors"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// ShareMethods tells the program of the types with methods that others made, and
// gives those that it has made itself or knew already. The error says that this
// interpreter cannot be told.
func ShareMethods(in *ixgo.Interp, made map[reflect.Type]bool) (own []reflect.Type, err error) {
	if methodTableErr != nil {
		return nil, methodTableErr
	}
	sets := MethodsOf(in)
	for t := range sets {
		own = append(own, t)
	}
	for t := range made {
		if sets[t] == nil {
			sets[t] = map[string]*ssa.Function{}
		}
	}
	return own, nil
}

// Globals gives the addresses of the variables of interpreted packages, by the
// package's path, a dot and the name.
func Globals(in *ixgo.Interp) (map[string]any, error) {
	f := reflect.ValueOf(in).Elem().FieldByName("globals")
	if !f.IsValid() || f.Kind() != reflect.Map || f.Type().Key().Kind() != reflect.String {
		return nil, errors.New("the interpreter has no field globals, as ixgo " + Version + " has")
	}
	globals := reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
	out := map[string]any{}
	for it := globals.MapRange(); it.Next(); {
		out[it.Key().String()] = it.Value().Interface()
	}
	return out, nil
}
