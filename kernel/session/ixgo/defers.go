package ixgo

// A defer in the body of a range over a function belongs to the function
// around it, though it stands in a function of its own. Two things are put
// right here: ssa takes the place where deferred calls run out of a function
// that has no defer itself, and the interpreter does not know the list of
// deferred calls by the type that ssa gives it.

import (
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// runDefers makes a function whose list of deferred calls others add to run
// them where it returns: before it reads its results.
func runDefers(fn *ssa.Function) {
	if !lendsDefers(fn) {
		return
	}
	for _, b := range fn.Blocks {
		n := len(b.Instrs)
		if n == 0 || b == fn.Recover {
			continue
		}
		ret, ok := b.Instrs[n-1].(*ssa.Return)
		if !ok {
			continue
		}
		at := n - 1
		for at > 0 && readsResult(fn, ret, b.Instrs[at-1]) {
			at--
		}
		if at > 0 {
			if _, ok := b.Instrs[at-1].(*ssa.RunDefers); ok {
				continue
			}
		}
		b.Instrs = append(b.Instrs[:at], append([]ssa.Instruction{new(ssa.RunDefers)}, b.Instrs[at:]...)...)
	}
}

// lendsDefers tells whether the function asks for its list of deferred calls.
func lendsDefers(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 {
		return false
	}
	for _, in := range fn.Blocks[0].Instrs {
		if call, ok := in.(*ssa.Call); ok {
			if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
				return true
			}
		}
	}
	return false
}

// readsResult tells whether an instruction before a return reads the variable
// of a result for it.
func readsResult(fn *ssa.Function, ret *ssa.Return, in ssa.Instruction) bool {
	load, ok := in.(*ssa.UnOp)
	if !ok {
		return false
	}
	v, ok := load.X.(*ssa.Alloc)
	for i, r := range ret.Results {
		if ok && r == ssa.Value(load) && v.Pos() == fn.Signature.Results().At(i).Pos() {
			return true
		}
	}
	return false
}

// deferOutside is such a defer. Its list comes as a pointer without a type.
func deferOutside(f Function, x *ssa.Defer, do Step) Step {
	list := f.Register(x.DeferStack)
	return func(fr *ixgo.Frame) {
		(*Interface)(unsafe.Pointer(&Registers(fr)[list])).Type = fields.deferred
		do(fr)
	}
}
