package ixgo

// The frames of the interpreter's calls.

import (
	"fmt"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// fieldAt gives the field of that offset.
func fieldAt[T any](base unsafe.Pointer, offset uintptr) *T {
	return (*T)(unsafe.Add(base, offset))
}

// Registers are the values of a running call.
func Registers(fr *ixgo.Frame) []any { return *fieldAt[[]any](unsafe.Pointer(fr), fields.stack) }

// Next is the step that the frame does next, by its number; -1 is the end.
func Next(fr *ixgo.Frame) *int { return fieldAt[int](unsafe.Pointer(fr), fields.next) }

// Block is the basic block in which the frame is.
func Block(fr *ixgo.Frame) **ssa.BasicBlock {
	return fieldAt[*ssa.BasicBlock](unsafe.Pointer(fr), fields.block)
}

// Caller is the frame that called this one, nil for none.
func Caller(fr *ixgo.Frame) **ixgo.Frame {
	return fieldAt[*ixgo.Frame](unsafe.Pointer(fr), fields.caller)
}

// Callee is the frame that this one called last, nil for none.
func Callee(fr *ixgo.Frame) **ixgo.Frame {
	return fieldAt[*ixgo.Frame](unsafe.Pointer(fr), fields.callee)
}

// DeferID is what the interpreter knows the goroutine's deferred calls by.
func DeferID(fr *ixgo.Frame) *uint64 { return fieldAt[uint64](unsafe.Pointer(fr), fields.deferid) }

// NewFrame makes a frame of the function as the interpreter does.
func NewFrame(in *ixgo.Interp, f Function) *ixgo.Frame {
	fr := new(ixgo.Frame)
	p := unsafe.Pointer(fr)
	*fieldAt[*ixgo.Interp](p, fields.interp) = in
	*fieldAt[unsafe.Pointer](p, fields.pfn) = f.p
	*fieldAt[unsafe.Pointer](p, fields.block) = *fieldAt[unsafe.Pointer](f.p, fields.main)
	*fieldAt[[]any](p, fields.stack) = append([]any{}, *f.Template()...)
	return fr
}

// functionOf is the function of a frame as the interpreter has it, nil where
// the frame is none of a function.
func functionOf(fr *ixgo.Frame) unsafe.Pointer {
	return *fieldAt[unsafe.Pointer](unsafe.Pointer(fr), fields.pfn)
}

// entered tells whether compiled code called the function.
func entered(fr *ixgo.Frame) bool {
	caller := *Caller(fr)
	return caller != nil && functionOf(caller) == nil
}

// top copies the n innermost frames of a stack that may have a million.
func top(fr *ixgo.Frame, n int) *ixgo.Frame {
	if fr == nil || n == 0 {
		return nil
	}
	c := *fr
	caller := Caller(&c)
	*caller = top(*caller, n-1)
	return &c
}

// atPlace moves a copied frame back to a step that has a place in the text.
func atPlace(fr *ixgo.Frame) *ixgo.Frame {
	f := functionOf(fr)
	if f == nil {
		return fr
	}
	instrs, next := *fieldAt[[]ssa.Instruction](f, fields.instrs), Next(fr)
	for *next > 1 && *next <= len(instrs) && !instrs[*next-1].Pos().IsValid() {
		*next--
	}
	return fr
}

// unwinding tells whether the frame is one of a deferred call that runs
// because of an interrupt.
func unwinding(fr *ixgo.Frame) bool {
	for ; fr != nil; fr = *Caller(fr) {
		if p := *panicOf(fr); p != nil && !p.recovered && Interrupted(p.arg) {
			return true
		}
	}
	return false
}

// innermost is the deepest call below a frame when a panic left it. Frames are
// used again: one that has another caller, or has ended, is not below.
func innermost(fr *ixgo.Frame) *ixgo.Frame {
	for {
		next := *Callee(fr)
		if next == nil || *Caller(next) != fr || *Next(next) == -1 {
			return fr
		}
		fr = next
	}
}

// stackOf writes where a frame is, as the interpreter writes its stacks.
func stackOf(fr *ixgo.Frame) []byte {
	var b []byte
	if fr == nil || functionOf(fr) == nil {
		return nil
	}
	for _, f := range fr.CallerFrames() {
		b = fmt.Appendf(b, "%s()\n\t%s:%d\n", f.Function, f.File, f.Line)
	}
	return b
}
