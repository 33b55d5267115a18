package ixgo

// Values as they lie in memory: what package reflect does slowly.

import (
	"reflect"
	"unsafe"
)

//go:linkname typedMove runtime.typedmemmove
func typedMove(typ, dst, src unsafe.Pointer)

//go:linkname newValue reflect.unsafe_New
func newValue(typ unsafe.Pointer) unsafe.Pointer

// Move copies a value of the type, which is given as TypeWord gives it.
func Move(typ, dst, src unsafe.Pointer) { typedMove(typ, dst, src) }

// New makes a zero value of the type.
func NewValue(typ unsafe.Pointer) unsafe.Pointer { return newValue(typ) }

// Interface is an interface value as it lies in memory: its type, and the address of
// its value, or the value itself where that is a pointer.
type Interface struct {
	Type, Data unsafe.Pointer
}

// TypeWord is a type as the first word of an interface value that holds it.
func TypeWord(t reflect.Type) unsafe.Pointer { return (*Interface)(unsafe.Pointer(&t)).Data }
