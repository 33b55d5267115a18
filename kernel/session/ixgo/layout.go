package ixgo

// Where the interpreter keeps the steps of its functions and the frames of its
// calls: looked up by name and type, once. An interpreter that keeps them
// otherwise is told of in one sentence, not misread.

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// offsets are those of fields in the interpreter's memory.
type offsets struct {
	preloaded                                   uintptr        // of an Interp
	blocks, steps, instrs, index                uintptr        // of a function
	stack, caller, callee, panicking, pfn, next uintptr        // of a frame
	arg, recovered                              uintptr        // of a panic
	deferred                                    unsafe.Pointer // the type of a frame's list of deferred calls
	defers                                      uintptr        // of a frame: that list
	recover, fn                                 uintptr        // of a function
	template, main                              uintptr        // of a function
	interp, block, deferid                      uintptr        // of a frame
}

var fields, fieldsErr = findOffsets()

// methodTable is where an Interp has its methods: without that, not even a
// program that nobody stops can call those of earlier ones.
var methodTable, methodTableErr = func() (offset uintptr, err error) {
	f, ok := reflect.TypeFor[ixgo.Interp]().FieldByName("msets")
	if !ok || f.Type != reflect.TypeFor[Methods]() {
		err = fmt.Errorf("the interpreter has no field msets of type %v, as ixgo %s has", reflect.TypeFor[Methods](), Version)
	}
	return f.Offset, err
}()

func findOffsets() (p offsets, err error) {
	interp := reflect.TypeFor[ixgo.Interp]()
	frame := reflect.TypeFor[ixgo.Frame]()
	need := func(t reflect.Type, name string, want reflect.Type) (uintptr, reflect.Type) {
		f, ok := t.FieldByName(name)
		if (!ok || want != nil && f.Type != want) && err == nil {
			err = fmt.Errorf("the interpreter's %v has no field %s of type %v, as ixgo %s has", t, name, want, Version)
		}
		return f.Offset, f.Type
	}
	elem := func(t reflect.Type, kind reflect.Kind) reflect.Type {
		if t == nil || t.Kind() != kind {
			if err == nil {
				err = fmt.Errorf("the interpreter has %v where ixgo %s has a %v", t, Version, kind)
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
				err = fmt.Errorf("the interpreter keeps %s of its %v elsewhere than ixgo %s", f.Name, t, Version)
			}
		}
		if t.Size() != twin.Size() && err == nil {
			err = fmt.Errorf("the interpreter's %v has %d bytes, in ixgo %s %d", t, t.Size(), Version, twin.Size())
		}
	}
	var t reflect.Type
	_, t = need(interp, "funcs", nil)
	function := elem(elem(t, reflect.Map), reflect.Pointer)
	p.blocks, _ = need(function, "Blocks", reflect.TypeFor[[]int]())
	p.steps, _ = need(function, "Instrs", reflect.TypeFor[[]Step]())
	p.instrs, _ = need(function, "ssaInstrs", reflect.TypeFor[[]ssa.Instruction]())
	p.index, _ = need(function, "index", reflect.TypeFor[map[ssa.Value]uint32]())
	p.stack, _ = need(frame, "stack", reflect.TypeFor[[]any]())
	p.caller, _ = need(frame, "caller", reflect.TypeFor[*ixgo.Frame]())
	p.callee, _ = need(frame, "callee", reflect.TypeFor[*ixgo.Frame]())
	p.pfn, _ = need(frame, "pfn", reflect.PointerTo(function))
	p.next, _ = need(frame, "ipc", reflect.TypeFor[int]())
	if p.defers, t = need(frame, "_defer", nil); t != nil {
		p.deferred = TypeWord(reflect.PointerTo(t))
		alike(elem(t, reflect.Pointer), reflect.TypeFor[deferred]())
	}
	p.panicking, t = need(frame, "_panic", nil)
	panicking := elem(t, reflect.Pointer)
	alike(panicking, reflect.TypeFor[panicked]())
	p.arg, _ = need(panicking, "arg", reflect.TypeFor[any]())
	p.recovered, _ = need(panicking, "recovered", reflect.TypeFor[bool]())
	p.recover, _ = need(function, "Recover", reflect.TypeFor[[]Step]())
	p.fn, _ = need(function, "Fn", reflect.TypeFor[*ssa.Function]())
	p.interp, _ = need(frame, "interp", reflect.PointerTo(interp))
	p.preloaded, _ = need(interp, "preloadTypes", reflect.TypeFor[Types]())
	p.template, _ = need(function, "stack", reflect.TypeFor[[]any]())
	p.main, _ = need(function, "Main", reflect.TypeFor[*ssa.BasicBlock]())
	p.block, _ = need(frame, "block", reflect.TypeFor[*ssa.BasicBlock]())
	p.deferid, _ = need(frame, "deferid", reflect.TypeFor[uint64]())
	return p, err
}
