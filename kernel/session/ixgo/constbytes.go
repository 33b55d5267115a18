package ixgo

// The bytes of a string that is a constant have no room behind them in a
// compiled program, so that an append copies them.

import (
	"go/types"
	"reflect"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// fromConstant gives what stands for such a conversion, or nil.
func fromConstant(f Function, x *ssa.Convert, do Step) Step {
	if _, constant := x.X.(*ssa.Const); !constant {
		return nil
	}
	t, ok := x.Type().Underlying().(*types.Slice)
	if !ok {
		return nil
	}
	if b, ok := t.Elem().Underlying().(*types.Basic); !ok || b.Kind() != types.Byte {
		return nil
	}
	to := f.Register(x)
	return func(fr *ixgo.Frame) {
		do(fr)
		r := Registers(fr)
		v := reflect.ValueOf(r[to])
		r[to] = v.Slice3(0, v.Len(), v.Len()).Interface()
	}
}
