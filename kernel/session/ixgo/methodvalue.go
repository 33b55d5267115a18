package ixgo

// A method that reflection gives as a function, when it is deferred: it may
// recover as any other method value.

import (
	"reflect"
	"unsafe"

	"github.com/visualfc/funcval"
)

// boundMethod is how reflection keeps such a function.
type boundMethod struct {
	funcval.FuncVal
	stack, argLen uintptr
	registers     [2]uint8
	method        int
	receiver      reflect.Value
}

type probe struct{}

func (probe) Method() {}

// boundCode is what all such functions call, 0 where reflection keeps them
// otherwise than it is written here.
var boundCode = func() uintptr {
	v := reflect.ValueOf(probe{}).Method(0)
	f := (*boundMethod)((*Interface)(unsafe.Pointer(new(any(v.Interface())))).Data)
	if f.Fn != v.Pointer() || f.method != 0 || *(*unsafe.Pointer)(unsafe.Pointer(&f.receiver)) != TypeWord(reflect.TypeFor[probe]()) {
		return 0
	}
	return f.Fn
}()

// bound gives the receiver and the name of the method that a function is.
func bound(fn any) (receiver any, name string) {
	if boundCode == 0 || fn == nil || reflect.TypeOf(fn).Kind() != reflect.Func {
		return nil, ""
	}
	code := (*Interface)(unsafe.Pointer(&fn)).Data
	if code == nil || *(*uintptr)(code) != boundCode {
		return nil, ""
	}
	f := (*boundMethod)(code)
	if !f.receiver.CanInterface() {
		return nil, ""
	}
	t := f.receiver.Type()
	if t.Kind() == reflect.Interface {
		if f.receiver.IsNil() || f.method >= t.NumMethod() {
			return nil, ""
		}
		return f.receiver.Elem().Interface(), t.Method(f.method).Name
	}
	if f.method >= t.NumMethod() {
		return nil, ""
	}
	return f.receiver.Interface(), t.Method(f.method).Name
}
