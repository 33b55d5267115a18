package fastpath

// Arithmetic of quick functions. The Go that is written here is compiled for
// each type, so overflow, shifts and division are what Go makes of them.

import (
	"go/token"
	"reflect"
	"unsafe"
)

type wholes interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type floats interface{ ~float32 | ~float64 }

// operand is a number that an operation takes: a constant, a slot or what has
// to be worked out.
type operand struct {
	constant bool
	k        int64
	off      uintptr // of its slot, or 0
	f        num
}

func (o operand) num() num {
	switch {
	case o.constant:
		k := o.k
		return func(*frame) int64 { return k }
	case o.off != 0:
		off := o.off
		return func(q *frame) int64 { return *slotAt(q, off) }
	}
	return o.f
}

func floatOf[T floats](bits int64) T {
	if unsafe.Sizeof(T(0)) == 4 {
		low := int32(bits)
		return *(*T)(unsafe.Pointer(&low))
	}
	return *(*T)(unsafe.Pointer(&bits))
}

func bitsOf[T floats](v T) int64 {
	if unsafe.Sizeof(v) == 4 {
		return int64(*(*int32)(unsafe.Pointer(&v)))
	}
	return *(*int64)(unsafe.Pointer(&v))
}

// binary gives an operation on numbers, or nil for one that is not known. What
// Go refuses, division by zero and shifts by less than nothing, is left to
// refuse.
func binary(k reflect.Kind, op token.Token, x, y operand, signed bool, refuse num) num {
	switch k {
	case reflect.Int:
		return whole2[int](op, x, y, signed, refuse)
	case reflect.Int8:
		return whole2[int8](op, x, y, signed, refuse)
	case reflect.Int16:
		return whole2[int16](op, x, y, signed, refuse)
	case reflect.Int32:
		return whole2[int32](op, x, y, signed, refuse)
	case reflect.Int64:
		return whole2[int64](op, x, y, signed, refuse)
	case reflect.Uint:
		return whole2[uint](op, x, y, signed, refuse)
	case reflect.Uint8:
		return whole2[uint8](op, x, y, signed, refuse)
	case reflect.Uint16:
		return whole2[uint16](op, x, y, signed, refuse)
	case reflect.Uint32:
		return whole2[uint32](op, x, y, signed, refuse)
	case reflect.Uint64:
		return whole2[uint64](op, x, y, signed, refuse)
	case reflect.Uintptr:
		return whole2[uintptr](op, x, y, signed, refuse)
	case reflect.Float32:
		return float2[float32](op, x, y)
	case reflect.Float64:
		return float2[float64](op, x, y)
	}
	return nil
}

func whole2[T wholes](op token.Token, x, y operand, signed bool, refuse num) num {
	f, g, a, b, k := x.num(), y.num(), x.off, y.off, T(y.k)
	switch op {
	case token.ADD:
		switch {
		case a != 0 && y.constant:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) + k) }
		case a != 0 && b != 0:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) + T(*slotAt(q, b))) }
		case y.constant:
			return func(q *frame) int64 { return int64(T(f(q)) + k) }
		case b != 0:
			return func(q *frame) int64 { return int64(T(f(q)) + T(*slotAt(q, b))) }
		}
		return func(q *frame) int64 { return int64(T(f(q)) + T(g(q))) }
	case token.SUB:
		switch {
		case a != 0 && y.constant:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) - k) }
		case a != 0 && b != 0:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) - T(*slotAt(q, b))) }
		}
		return func(q *frame) int64 { return int64(T(f(q)) - T(g(q))) }
	case token.MUL:
		switch {
		case a != 0 && y.constant:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) * k) }
		case a != 0 && b != 0:
			return func(q *frame) int64 { return int64(T(*slotAt(q, a)) * T(*slotAt(q, b))) }
		}
		return func(q *frame) int64 { return int64(T(f(q)) * T(g(q))) }
	case token.QUO:
		if y.constant && k != 0 {
			return func(q *frame) int64 { return int64(T(f(q)) / k) }
		}
		return func(q *frame) int64 {
			n, d := T(f(q)), T(g(q))
			if d == 0 {
				return refuse(q)
			}
			return int64(n / d)
		}
	case token.REM:
		if y.constant && k != 0 {
			return func(q *frame) int64 { return int64(T(f(q)) % k) }
		}
		return func(q *frame) int64 {
			n, d := T(f(q)), T(g(q))
			if d == 0 {
				return refuse(q)
			}
			return int64(n % d)
		}
	case token.AND:
		if y.constant {
			return func(q *frame) int64 { return int64(T(f(q)) & k) }
		}
		return func(q *frame) int64 { return int64(T(f(q)) & T(g(q))) }
	case token.OR:
		return func(q *frame) int64 { return int64(T(f(q)) | T(g(q))) }
	case token.XOR:
		return func(q *frame) int64 { return int64(T(f(q)) ^ T(g(q))) }
	case token.AND_NOT:
		return func(q *frame) int64 { return int64(T(f(q)) &^ T(g(q))) }
	case token.SHL:
		return func(q *frame) int64 {
			v, n := T(f(q)), g(q)
			if signed && n < 0 {
				return refuse(q)
			}
			return int64(v << uint64(n))
		}
	case token.SHR:
		return func(q *frame) int64 {
			v, n := T(f(q)), g(q)
			if signed && n < 0 {
				return refuse(q)
			}
			return int64(v >> uint64(n))
		}
	}
	return nil
}

func float2[T floats](op token.Token, x, y operand) num {
	f, g := x.num(), y.num()
	switch op {
	case token.ADD:
		return func(q *frame) int64 { return bitsOf(floatOf[T](f(q)) + floatOf[T](g(q))) }
	case token.SUB:
		return func(q *frame) int64 { return bitsOf(floatOf[T](f(q)) - floatOf[T](g(q))) }
	case token.MUL:
		return func(q *frame) int64 { return bitsOf(floatOf[T](f(q)) * floatOf[T](g(q))) }
	case token.QUO:
		return func(q *frame) int64 { return bitsOf(floatOf[T](f(q)) / floatOf[T](g(q))) }
	}
	return nil
}

// unary is negation and complement.
func unary(k reflect.Kind, op token.Token, x operand) num {
	switch k {
	case reflect.Float32:
		f := x.num()
		return func(q *frame) int64 { return bitsOf(-floatOf[float32](f(q))) }
	case reflect.Float64:
		f := x.num()
		return func(q *frame) int64 { return bitsOf(-floatOf[float64](f(q))) }
	}
	if op == token.SUB {
		return binary(k, op, operand{constant: true}, x, false, nil)
	}
	// In a type of all widths ^x is x ^ -1.
	return binary(k, op, x, operand{constant: true, k: -1}, false, nil)
}

// compare gives a comparison, or nil for one that is not known.
func compare(k reflect.Kind, op token.Token, x, y operand) cond {
	switch k {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return compareWhole[int64](op, x, y)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return compareWhole[uint64](op, x, y)
	case reflect.Float32:
		return compareFloat[float32](op, x, y)
	case reflect.Float64:
		return compareFloat[float64](op, x, y)
	}
	return nil
}

func compareWhole[T wholes](op token.Token, x, y operand) cond {
	f, g, a, b, k := x.num(), y.num(), x.off, y.off, T(y.k)
	slots := a != 0 && b != 0
	fixed := a != 0 && y.constant
	switch op {
	case token.LSS:
		switch {
		case fixed:
			return func(q *frame) bool { return T(*slotAt(q, a)) < k }
		case slots:
			return func(q *frame) bool { return T(*slotAt(q, a)) < T(*slotAt(q, b)) }
		}
		return func(q *frame) bool { return T(f(q)) < T(g(q)) }
	case token.LEQ:
		switch {
		case fixed:
			return func(q *frame) bool { return T(*slotAt(q, a)) <= k }
		case slots:
			return func(q *frame) bool { return T(*slotAt(q, a)) <= T(*slotAt(q, b)) }
		}
		return func(q *frame) bool { return T(f(q)) <= T(g(q)) }
	case token.GTR:
		if fixed {
			return func(q *frame) bool { return T(*slotAt(q, a)) > k }
		}
		return func(q *frame) bool { return T(f(q)) > T(g(q)) }
	case token.GEQ:
		if fixed {
			return func(q *frame) bool { return T(*slotAt(q, a)) >= k }
		}
		return func(q *frame) bool { return T(f(q)) >= T(g(q)) }
	case token.EQL:
		if fixed {
			return func(q *frame) bool { return T(*slotAt(q, a)) == k }
		}
		return func(q *frame) bool { return T(f(q)) == T(g(q)) }
	case token.NEQ:
		if fixed {
			return func(q *frame) bool { return T(*slotAt(q, a)) != k }
		}
		return func(q *frame) bool { return T(f(q)) != T(g(q)) }
	}
	return nil
}

func compareFloat[T floats](op token.Token, x, y operand) cond {
	f, g := x.num(), y.num()
	switch op {
	case token.LSS:
		return func(q *frame) bool { return floatOf[T](f(q)) < floatOf[T](g(q)) }
	case token.LEQ:
		return func(q *frame) bool { return floatOf[T](f(q)) <= floatOf[T](g(q)) }
	case token.GTR:
		return func(q *frame) bool { return floatOf[T](f(q)) > floatOf[T](g(q)) }
	case token.GEQ:
		return func(q *frame) bool { return floatOf[T](f(q)) >= floatOf[T](g(q)) }
	case token.EQL:
		return func(q *frame) bool { return floatOf[T](f(q)) == floatOf[T](g(q)) }
	case token.NEQ:
		return func(q *frame) bool { return floatOf[T](f(q)) != floatOf[T](g(q)) }
	}
	return nil
}

// convert gives a conversion between kinds of numbers.
func convert(from, to reflect.Kind, x operand) num {
	switch {
	case from == to:
		return x.num()
	case from == reflect.Float32:
		return fromFloat[float32](to, x)
	case from == reflect.Float64:
		return fromFloat[float64](to, x)
	case from == reflect.Bool || to == reflect.Bool:
		return nil
	case to == reflect.Float32:
		return toFloat[float32](from, x)
	case to == reflect.Float64:
		return toFloat[float64](from, x)
	}
	return binary(to, token.ADD, x, operand{constant: true}, false, nil)
}

func toFloat[T floats](from reflect.Kind, x operand) num {
	f := x.num()
	switch from {
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return func(q *frame) int64 { return bitsOf(T(uint64(f(q)))) }
	}
	return func(q *frame) int64 { return bitsOf(T(f(q))) }
}

func fromFloat[T floats](to reflect.Kind, x operand) num {
	f := x.num()
	switch to {
	case reflect.Int:
		return func(q *frame) int64 { return int64(int(floatOf[T](f(q)))) }
	case reflect.Int8:
		return func(q *frame) int64 { return int64(int8(floatOf[T](f(q)))) }
	case reflect.Int16:
		return func(q *frame) int64 { return int64(int16(floatOf[T](f(q)))) }
	case reflect.Int32:
		return func(q *frame) int64 { return int64(int32(floatOf[T](f(q)))) }
	case reflect.Int64:
		return func(q *frame) int64 { return int64(floatOf[T](f(q))) }
	case reflect.Uint:
		return func(q *frame) int64 { return int64(uint(floatOf[T](f(q)))) }
	case reflect.Uint8:
		return func(q *frame) int64 { return int64(uint8(floatOf[T](f(q)))) }
	case reflect.Uint16:
		return func(q *frame) int64 { return int64(uint16(floatOf[T](f(q)))) }
	case reflect.Uint32:
		return func(q *frame) int64 { return int64(uint32(floatOf[T](f(q)))) }
	case reflect.Uint64:
		return func(q *frame) int64 { return int64(uint64(floatOf[T](f(q)))) }
	case reflect.Uintptr:
		return func(q *frame) int64 { return int64(uintptr(floatOf[T](f(q)))) }
	case reflect.Float32:
		return func(q *frame) int64 { return bitsOf(float32(floatOf[T](f(q)))) }
	case reflect.Float64:
		return func(q *frame) int64 { return bitsOf(float64(floatOf[T](f(q)))) }
	}
	return nil
}
