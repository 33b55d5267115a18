package session

// The interpreter has no accessors for what stopping a cell needs: the steps
// of its functions and the frames of its calls. What is reached for here is
// looked up by name and type once; an interpreter that keeps it otherwise is
// refused in one sentence, not misread.

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// step is what the interpreter does for one instruction.
type step = func(*ixgo.Frame)

// places are the offsets of fields in the interpreter's memory.
type places struct {
	funcs, msets                                uintptr        // of an Interp
	blocks, steps, instrs, index                uintptr        // of a function
	stack, caller, callee, panicking, pfn, next uintptr        // of a frame
	arg, recovered                              uintptr        // of a panic
	deferred                                    unsafe.Pointer // the type of a frame's list of deferred calls
	defers                                      uintptr        // of a frame: that list
	recover, fn                                 uintptr        // of a function

	// What quick functions need beyond that.
	preloaded              uintptr // of an Interp
	template, main         uintptr // of a function
	interp, block, deferid uintptr // of a frame
}

// An interpreter without what quick functions need runs them as it does.
var inner, innerErr, quickErr = findPlaces()

func findPlaces() (p places, err, quick error) {
	interp := reflect.TypeFor[ixgo.Interp]()
	frame := reflect.TypeFor[ixgo.Frame]()
	need := func(t reflect.Type, name string, want reflect.Type) (uintptr, reflect.Type) {
		f, ok := t.FieldByName(name)
		if (!ok || want != nil && f.Type != want) && err == nil {
			err = fmt.Errorf("the interpreter's %v has no field %s of type %v, as ixgo 1.1.1 has", t, name, want)
		}
		return f.Offset, f.Type
	}
	elem := func(t reflect.Type, kind reflect.Kind) reflect.Type {
		if t == nil || t.Kind() != kind {
			if err == nil {
				err = fmt.Errorf("the interpreter has %v where ixgo 1.1.1 has a %v", t, kind)
			}
			return reflect.TypeFor[struct{}]()
		}
		return t.Elem()
	}
	// alike compares one of the interpreter's structs with its twin here.
	alike := func(t, twin reflect.Type) {
		for i := range twin.NumField() {
			f := twin.Field(i)
			if off, _ := need(t, f.Name, nil); off != f.Offset && err == nil {
				err = fmt.Errorf("the interpreter keeps %s of its %v elsewhere than ixgo 1.1.1", f.Name, t)
			}
		}
		if t.Size() != twin.Size() && err == nil {
			err = fmt.Errorf("the interpreter's %v has %d bytes, in ixgo 1.1.1 %d", t, t.Size(), twin.Size())
		}
	}
	var t reflect.Type
	p.msets, _ = need(interp, "msets", reflect.TypeFor[methodSets]())
	p.funcs, t = need(interp, "funcs", nil)
	function := elem(elem(t, reflect.Map), reflect.Pointer)
	p.blocks, _ = need(function, "Blocks", reflect.TypeFor[[]int]())
	p.steps, _ = need(function, "Instrs", reflect.TypeFor[[]step]())
	p.instrs, _ = need(function, "ssaInstrs", reflect.TypeFor[[]ssa.Instruction]())
	p.index, _ = need(function, "index", reflect.TypeFor[map[ssa.Value]uint32]())
	p.stack, _ = need(frame, "stack", reflect.TypeFor[[]any]())
	p.caller, _ = need(frame, "caller", reflect.TypeFor[*ixgo.Frame]())
	p.callee, _ = need(frame, "callee", reflect.TypeFor[*ixgo.Frame]())
	p.pfn, _ = need(frame, "pfn", reflect.PointerTo(function))
	p.next, _ = need(frame, "ipc", reflect.TypeFor[int]())
	if p.defers, t = need(frame, "_defer", nil); t != nil {
		p.deferred = typeWord(reflect.PointerTo(t))
		alike(elem(t, reflect.Pointer), reflect.TypeFor[deferred]())
	}
	p.panicking, t = need(frame, "_panic", nil)
	panicking := elem(t, reflect.Pointer)
	alike(panicking, reflect.TypeFor[panicked]())
	p.arg, _ = need(panicking, "arg", reflect.TypeFor[any]())
	p.recovered, _ = need(panicking, "recovered", reflect.TypeFor[bool]())
	p.recover, _ = need(function, "Recover", reflect.TypeFor[[]step]())
	p.fn, _ = need(function, "Fn", reflect.TypeFor[*ssa.Function]())
	p.interp, _ = need(frame, "interp", reflect.PointerTo(interp))
	basis := err
	p.preloaded, _ = need(interp, "preloadTypes", reflect.TypeFor[preloaded]())
	p.template, _ = need(function, "stack", reflect.TypeFor[[]any]())
	p.main, _ = need(function, "Main", reflect.TypeFor[*ssa.BasicBlock]())
	p.block, _ = need(frame, "block", reflect.TypeFor[*ssa.BasicBlock]())
	p.deferid, _ = need(frame, "deferid", reflect.TypeFor[uint64]())
	return p, basis, err
}

// at gives the field of that offset.
func at[T any](base unsafe.Pointer, offset uintptr) *T {
	return (*T)(unsafe.Add(base, offset))
}

// function is the interpreter's form of one function.
type function struct {
	p      unsafe.Pointer
	blocks []int // where each block's steps begin
	steps  []step
	instrs []ssa.Instruction
	index  map[ssa.Value]uint32
}

// functionsOf lists the functions of a program.
func functionsOf(in *ixgo.Interp) map[*ssa.Function]function {
	out := map[*ssa.Function]function{}
	iter := reflect.ValueOf(in).Elem().FieldByName("funcs").MapRange()
	for iter.Next() {
		f := iter.Value().UnsafePointer()
		out[(*ssa.Function)(iter.Key().UnsafePointer())] = function{
			f, *at[[]int](f, inner.blocks), *at[[]step](f, inner.steps), *at[[]ssa.Instruction](f, inner.instrs), *at[map[ssa.Value]uint32](f, inner.index),
		}
	}
	return out
}

// register is where a frame of the function keeps a value.
func (f function) register(v ssa.Value) int { return int(f.index[v] & 0xffffff) }

// registers are the values of a running call.
func registers(fr *ixgo.Frame) []any { return *at[[]any](unsafe.Pointer(fr), inner.stack) }

// entered tells whether compiled code called the function.
func entered(fr *ixgo.Frame) bool {
	caller := *at[unsafe.Pointer](unsafe.Pointer(fr), inner.caller)
	return caller != nil && *at[unsafe.Pointer](caller, inner.pfn) == nil
}

// top copies the n innermost frames of a stack that may have a million.
func top(fr *ixgo.Frame, n int) *ixgo.Frame {
	if fr == nil || n == 0 {
		return nil
	}
	c := *fr
	caller := at[*ixgo.Frame](unsafe.Pointer(&c), inner.caller)
	*caller = top(*caller, n-1)
	return &c
}

// placed moves a copied frame back to a step that has a place in the text.
func placed(fr *ixgo.Frame) *ixgo.Frame {
	f := *at[unsafe.Pointer](unsafe.Pointer(fr), inner.pfn)
	if f == nil {
		return fr
	}
	instrs, next := *at[[]ssa.Instruction](f, inner.instrs), at[int](unsafe.Pointer(fr), inner.next)
	for *next > 1 && *next <= len(instrs) && !instrs[*next-1].Pos().IsValid() {
		*next--
	}
	return fr
}

// unwinding tells whether the frame is one of a deferred call that runs
// because of an interrupt.
func unwinding(fr *ixgo.Frame) bool {
	for ; fr != nil; fr = *at[*ixgo.Frame](unsafe.Pointer(fr), inner.caller) {
		p := *at[unsafe.Pointer](unsafe.Pointer(fr), inner.panicking)
		if p != nil && !*at[bool](p, inner.recovered) && interrupted(*at[any](p, inner.arg)) {
			return true
		}
	}
	return false
}

// sizeof is how much memory a value of the type takes, 0 where the type has
// parameters.
func sizeof(t types.Type) (n int64) {
	defer func() { recover() }()
	return types.SizesFor("gc", "amd64").Sizeof(t)
}
