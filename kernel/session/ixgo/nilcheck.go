package ixgo

// A load whose result nobody takes is how a function's SSA form says that a
// pointer must not be nil, before the address of what it points to is taken: of
// &v where v is a variable of the session, for one. The interpreter copies all
// of the value, which takes long where it is large, and reads it while another
// goroutine may write it. Here the pointer alone is looked at.

import (
	"go/token"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// nilCheck gives what stands for a load without a use, or nil. A pointer that is
// nil is left to the interpreter's own step, which panics.
func nilCheck(f Function, x *ssa.UnOp, do Step) Step {
	if x.Op != token.MUL || x.Referrers() == nil || len(*x.Referrers()) > 0 {
		return nil
	}
	p, ok := f.Has(x.X)
	if !ok {
		return nil
	}
	return func(fr *ixgo.Frame) {
		if (*Interface)(unsafe.Pointer(&Registers(fr)[p])).Data == nil {
			do(fr)
		}
	}
}
