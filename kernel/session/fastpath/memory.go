package fastpath

// Memory of quick functions: between registers and slots, and what pointers
// point to.

import (
	"reflect"
	"unsafe"

	patched "fourmlab/kernel/session/ixgo"
)

// basic are the types of numbers that have no names of their own.
var basic = map[reflect.Kind]reflect.Type{
	reflect.Bool: reflect.TypeFor[bool](),
	reflect.Int:  reflect.TypeFor[int](), reflect.Int8: reflect.TypeFor[int8](), reflect.Int16: reflect.TypeFor[int16](),
	reflect.Int32: reflect.TypeFor[int32](), reflect.Int64: reflect.TypeFor[int64](),
	reflect.Uint: reflect.TypeFor[uint](), reflect.Uint8: reflect.TypeFor[uint8](), reflect.Uint16: reflect.TypeFor[uint16](),
	reflect.Uint32: reflect.TypeFor[uint32](), reflect.Uint64: reflect.TypeFor[uint64](), reflect.Uintptr: reflect.TypeFor[uintptr](),
	reflect.Float32: reflect.TypeFor[float32](), reflect.Float64: reflect.TypeFor[float64](),
}

// unbox reads a number from a register.
func unbox(k reflect.Kind, w *patched.Interface) int64 { return peek(k, w.Data) }

// peek reads a number from memory.
func peek(k reflect.Kind, p unsafe.Pointer) int64 {
	switch k {
	case reflect.Bool:
		return int64(*(*uint8)(p))
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr, reflect.Float64:
		return *(*int64)(p)
	case reflect.Int8:
		return int64(*(*int8)(p))
	case reflect.Int16:
		return int64(*(*int16)(p))
	case reflect.Int32, reflect.Float32:
		return int64(*(*int32)(p))
	case reflect.Uint8:
		return int64(*(*uint8)(p))
	case reflect.Uint16:
		return int64(*(*uint16)(p))
	case reflect.Uint32:
		return int64(*(*uint32)(p))
	}
	panic("not a number: " + k.String())
}

// boxed gives a function that makes an interface value of a number. Small
// numbers need no memory.
func boxed(k reflect.Kind, t unsafe.Pointer) func(int64) patched.Interface {
	switch k {
	case reflect.Bool, reflect.Uint8, reflect.Int8:
		return func(v int64) patched.Interface { return as(uint8(v), t) }
	case reflect.Int16, reflect.Uint16:
		return func(v int64) patched.Interface { return as(uint16(v), t) }
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return func(v int64) patched.Interface { return as(uint32(v), t) }
	}
	return func(v int64) patched.Interface { return as(uint64(v), t) }
}

// as makes an interface value of another type with the same memory.
func as[T any](v T, typ unsafe.Pointer) patched.Interface {
	x := any(v)
	return patched.Interface{Type: typ, Data: (*patched.Interface)(unsafe.Pointer(&x)).Data}
}

// load reads a number through a pointer.
func load(k reflect.Kind, p ptr, refuse num) num {
	switch k {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr, reflect.Float64:
		return loadAs[int64](p, refuse)
	case reflect.Int8:
		return loadAs[int8](p, refuse)
	case reflect.Int16:
		return loadAs[int16](p, refuse)
	case reflect.Int32, reflect.Float32:
		return loadAs[int32](p, refuse)
	case reflect.Bool, reflect.Uint8:
		return loadAs[uint8](p, refuse)
	case reflect.Uint16:
		return loadAs[uint16](p, refuse)
	}
	return loadAs[uint32](p, refuse)
}

func loadAs[T wholes](p ptr, refuse num) num {
	return func(q *frame) int64 {
		a := (*T)(p(q))
		if a == nil {
			return refuse(q)
		}
		return int64(*a)
	}
}

// store writes a number through a pointer.
func store(k reflect.Kind, p ptr, v operand, first bool, refuse num) do {
	switch k {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr, reflect.Float64:
		return storeAs[int64](p, v, first, refuse)
	case reflect.Int16, reflect.Uint16:
		return storeAs[int16](p, v, first, refuse)
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return storeAs[int32](p, v, first, refuse)
	}
	return storeAs[uint8](p, v, first, refuse)
}

// storeAs looks for the address first, or for the value.
func storeAs[T wholes](p ptr, v operand, first bool, refuse num) do {
	f := v.num()
	if first {
		return func(q *frame) {
			a := (*T)(p(q))
			x := f(q)
			if a == nil {
				refuse(q)
				return
			}
			*a = T(x)
		}
	}
	return func(q *frame) {
		x := f(q)
		a := (*T)(p(q))
		if a == nil {
			refuse(q)
			return
		}
		*a = T(x)
	}
}

// direct tells whether an interface value of the type holds the value itself
// and not its address.
func direct(t reflect.Type) bool {
	x := reflect.New(t).Elem().Interface()
	return (*patched.Interface)(unsafe.Pointer(&x)).Data == nil
}

// sliceHeader is a slice or the beginning of a string.
type sliceHeader struct {
	data     unsafe.Pointer
	len, cap int
}

// element gives the address of an element of a slice.
func element(h ptr, i operand, size uintptr, refuse ptr) ptr {
	f := i.num()
	if off := i.off; off != 0 {
		return func(q *frame) unsafe.Pointer {
			s, i := (*sliceHeader)(h(q)), *slotAt(q, off)
			if s == nil || uint64(i) >= uint64(s.len) {
				return refuse(q)
			}
			return unsafe.Add(s.data, uintptr(i)*size)
		}
	}
	return func(q *frame) unsafe.Pointer {
		s := (*sliceHeader)(h(q))
		i := f(q)
		if s == nil || uint64(i) >= uint64(s.len) {
			return refuse(q)
		}
		return unsafe.Add(s.data, uintptr(i)*size)
	}
}

// within gives the address of an element of an array that is pointed to.
func within(p ptr, i operand, n int64, size uintptr, refuse ptr) ptr {
	f := i.num()
	return func(q *frame) unsafe.Pointer {
		a := p(q)
		i := f(q)
		if a == nil || uint64(i) >= uint64(n) {
			return refuse(q)
		}
		return unsafe.Add(a, uintptr(i)*size)
	}
}
