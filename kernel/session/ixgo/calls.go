package ixgo

// Calls of the interpreter's functions. What it exports for them looks for the
// place of a panic in its own way; these are the functions below that, whose
// signatures a test compares with its source.

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

//go:linkname prepareCall github.com/goplus/ixgo.(*Interp).prepareCall
func prepareCall(in *ixgo.Interp, fr *ixgo.Frame, call *ssa.CallCommon, value int, args, bindings []int) (fn any, with []any)

//go:linkname callDiscardsResult github.com/goplus/ixgo.(*Interp).callDiscardsResult
func callDiscardsResult(in *ixgo.Interp, fr *ixgo.Frame, fn any, args []any, ssaArgs []ssa.Value)

//go:linkname runFrame github.com/goplus/ixgo.(*frame).run
func runFrame(fr *ixgo.Frame)

//go:linkname callWithEnv github.com/goplus/ixgo.(*Interp).callFunctionDiscardsResult
func callWithEnv(in *ixgo.Interp, fr *ixgo.Frame, fn unsafe.Pointer, args, env []any)

//go:linkname callForResult github.com/goplus/ixgo.(*Interp).callFunction
func callForResult(in *ixgo.Interp, fr *ixgo.Frame, fn unsafe.Pointer, args, env []any) any

//go:linkname toType github.com/goplus/ixgo.(*Interp).toType
func toType(in *ixgo.Interp, t types.Type) reflect.Type

// TypeOf gives the running type of a checked one, nil where there is none.
func TypeOf(in *ixgo.Interp, t types.Type) reflect.Type { return toType(in, t) }

// Outcome is how a call ended: with a panic, or nil.
type Outcome struct {
	Panicked any
	Stack    []byte // where the panic came from, if that is known
}

// Call runs a function of a program. The interpreter's own way to do so looks
// for the place of a panic in frames that have been used again, and may go
// round in them for ever.
func Call(in *ixgo.Interp, fn *ssa.Function) (out Outcome) {
	if unknown != nil {
		return callUnknown(in, fn)
	}
	root := new(ixgo.Frame)
	defer func() {
		if e := recover(); e != nil {
			out.Panicked = e
			if !Interrupted(e) {
				out.Stack = stackOf(innermost(root))
			}
		}
	}()
	callDiscardsResult(in, root, fn, nil, nil)
	return out
}

// callUnknown is Call by what an interpreter exports that is another one than
// this package knows.
func callUnknown(in *ixgo.Interp, fn *ssa.Function) (out Outcome) {
	defer func() { out.Panicked = recover() }()
	f, ok := in.GetFunc(fn.Name())
	if !ok {
		return Outcome{Panicked: fmt.Errorf("the interpreter does not find the function %s", fn.Name())}
	}
	reflect.ValueOf(f).Call(nil)
	return out
}
