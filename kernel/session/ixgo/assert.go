package ixgo

// An assertion of a type that fails panics with a *runtime.TypeAssertionError,
// as in a compiled program: that type has no way to be made but by an
// assertion, so one is made here and told of the types.

import (
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// assertionError is runtime.TypeAssertionError.
type assertionError struct {
	iface, concrete, asserted unsafe.Pointer
	missing                   string
}

// assertable tells whether the runtime keeps its error as it is written here.
var assertable = func() bool {
	t, own := reflect.TypeFor[runtime.TypeAssertionError](), reflect.TypeFor[assertionError]()
	if t.Kind() != reflect.Struct || t.NumField() != own.NumField() || t.Size() != own.Size() {
		return false
	}
	for i, name := range []string{"_interface", "concrete", "asserted", "missingMethod"} {
		if t.Field(i).Name != name || t.Field(i).Offset != own.Field(i).Offset {
			return false
		}
	}
	return true
}()

// assertion gives what stands for an assertion that may panic, or nil.
func assertion(in *ixgo.Interp, f Function, x *ssa.TypeAssert, do Step) Step {
	if x.CommaOk || !assertable {
		return nil
	}
	from, to := f.Register(x.X), toType(in, x.AssertedType)
	open := types.IsInterface(x.AssertedType)
	return func(fr *ixgo.Frame) {
		v := Registers(fr)[from]
		t := reflect.TypeOf(v)
		if t == to {
			do(fr)
			return
		}
		e := &assertionError{asserted: TypeWord(to)}
		switch {
		case t == nil && open:
		case t == nil:
			e.iface = TypeWord(toType(in, x.X.Type()))
		case t.AssignableTo(to):
			do(fr)
			return
		case open:
			e.concrete, e.missing = TypeWord(t), missing(fr, do)
		default:
			e.concrete, e.iface = TypeWord(t), TypeWord(toType(in, x.X.Type()))
		}
		panic((*runtime.TypeAssertionError)(unsafe.Pointer(e)))
	}
}

// missing is the method that a type lacks, which the interpreter finds.
func missing(fr *ixgo.Frame, do Step) (name string) {
	defer func() {
		if err, ok := recover().(error); ok {
			_, name, _ = strings.Cut(err.Error(), "missing method ")
		}
	}()
	do(fr)
	return ""
}
