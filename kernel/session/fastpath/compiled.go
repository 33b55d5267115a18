package fastpath

// Calls of compiled functions that take and give numbers, such as math.Sqrt and
// methods that reach an element (At, Set): by way of the interpreter each costs
// a boxed number an argument and a call through reflection, which is a hundred
// times what the element does.

import (
	"go/types"
	"reflect"
	"strings"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// compiled makes the call of a compiled function quick, where it is one of
// math's or a method with a pointer as receiver, and of a shape that is known.
func (m *builder) compiled(in *ssa.Call, fn *ssa.Function) bool {
	if len(fn.Blocks) > 0 || fn.Pkg == nil && fn.Signature.Recv() == nil {
		return false
	}
	var call func([]argument) num
	if recv := fn.Signature.Recv(); recv != nil {
		call = m.compiledMethod(fn, recv.Type())
	} else if fn.Pkg.Pkg.Path() == "math" {
		call = mathFunction(fn.Name())
	}
	if call == nil {
		return false
	}
	args, _ := m.arguments(in, in.Call.Args)
	next, f := m.pc+1, call(args)
	off := m.slotOf[in]
	if off == 0 {
		m.out = append(m.out, func(q *frame) {
			*patched.Next(q.fr) = next
			f(q)
		})
		return true
	}
	m.out = append(m.out, func(q *frame) {
		*patched.Next(q.fr) = next
		*slotAt(q, off) = f(q)
	})
	return true
}

// mathFunction gives one of math's by its name; nil where it is of another
// shape.
func mathFunction(name string) func([]argument) num {
	p, ok := ixgo.LookupPackage("math")
	if !ok || !p.Funcs[name].IsValid() {
		return nil
	}
	switch f := p.Funcs[name].Interface().(type) {
	case func(float64) float64:
		return func(a []argument) num {
			x := a[0].f
			return func(q *frame) int64 { return bitsOf(f(floatOf[float64](x(q)))) }
		}
	case func(float64, float64) float64:
		return func(a []argument) num {
			x, y := a[0].f, a[1].f
			return func(q *frame) int64 { return bitsOf(f(floatOf[float64](x(q)), floatOf[float64](y(q)))) }
		}
	}
	return nil
}

// compiledMethod gives a method of a compiled type. Those of the standard
// library may block, or are the session's own, and stay as they are.
func (m *builder) compiledMethod(fn *ssa.Function, recv types.Type) func([]argument) num {
	p, ok := types.Unalias(recv).(*types.Pointer)
	if !ok {
		return nil
	}
	named, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || standard(named.Obj().Pkg().Path()) {
		return nil
	}
	make := shapes[lettersOf(fn.Signature)]
	if make == nil {
		return nil
	}
	t := patched.TypeOf(m.program.in, recv)
	if t == nil || t.Kind() != reflect.Pointer {
		return nil
	}
	method, ok := t.MethodByName(fn.Name())
	if !ok {
		return nil
	}
	code := method.Func.UnsafePointer()
	// a function value is a pointer to where its code is named
	return func(a []argument) num { return make(unsafe.Pointer(&struct{ code unsafe.Pointer }{code}), a) }
}

// standard tells whether a package is of the standard library: the first part
// of its path has no dot, and is not the program's own module.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	own, _, _ := strings.Cut(reflect.TypeFor[Compiler]().PkgPath(), "/")
	return !strings.Contains(first, ".") && first != own
}

// lettersOf writes a signature in letters: i is an int, f a float32, d a float64,
// what is behind the colon the result; "" is any other.
func lettersOf(sig *types.Signature) string {
	letter := func(t types.Type) string {
		b, ok := t.Underlying().(*types.Basic)
		if !ok {
			return "?"
		}
		switch b.Kind() {
		case types.Int:
			return "i"
		case types.Float32:
			return "f"
		case types.Float64:
			return "d"
		}
		return "?"
	}
	s := ""
	for p := range sig.Params().Variables() {
		s += letter(p.Type())
	}
	s += ":"
	for r := range sig.Results().Variables() {
		s += letter(r.Type())
	}
	if strings.Contains(s, "?") || sig.Variadic() {
		return ""
	}
	return s
}

// shapes are those of methods that reach an element, by their letters.
var shapes = map[string]func(f unsafe.Pointer, a []argument) num{
	":i": get0[int], ":f": get0[float32], ":d": get0[float64],
	"i:i": get1[int], "i:f": get1[float32], "i:d": get1[float64],
	"ii:i": get2[int], "ii:f": get2[float32], "ii:d": get2[float64],
	"iii:i": get3[int], "iii:f": get3[float32], "iii:d": get3[float64],
	"ii:": set1[int], "if:": set1[float32], "id:": set1[float64],
	"iii:": set2[int], "iif:": set2[float32], "iid:": set2[float64],
	"iiii:": set3[int], "iiif:": set3[float32], "iiid:": set3[float64],
}

type counted interface{ int | float32 | float64 }

// funcAt gives the function behind a pointer as what its shape says it is.
func funcAt[F any](f unsafe.Pointer) F { return *(*F)(unsafe.Pointer(&f)) }

// slotFrom and slotTo bring a number into a slot and out of it.
func slotFrom[T counted](v T) int64 {
	if unsafe.Sizeof(v) == 4 {
		return int64(*(*int32)(unsafe.Pointer(&v)))
	}
	return *(*int64)(unsafe.Pointer(&v))
}

func slotTo[T counted](bits int64) T { return *(*T)(unsafe.Pointer(&bits)) }

func pointerIn(q *frame, r int) unsafe.Pointer { return register(q, r).Data }

func get0[T counted](f unsafe.Pointer, a []argument) num {
	call, r := funcAt[func(unsafe.Pointer) T](f), a[0].r
	return func(q *frame) int64 { return slotFrom(call(pointerIn(q, r))) }
}

func get1[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x := funcAt[func(unsafe.Pointer, int) T](f), a[0].r, a[1].f
	return func(q *frame) int64 { return slotFrom(call(pointerIn(q, r), int(x(q)))) }
}

func get2[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x, y := funcAt[func(unsafe.Pointer, int, int) T](f), a[0].r, a[1].f, a[2].f
	return func(q *frame) int64 { return slotFrom(call(pointerIn(q, r), int(x(q)), int(y(q)))) }
}

func get3[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x, y, z := funcAt[func(unsafe.Pointer, int, int, int) T](f), a[0].r, a[1].f, a[2].f, a[3].f
	return func(q *frame) int64 {
		return slotFrom(call(pointerIn(q, r), int(x(q)), int(y(q)), int(z(q))))
	}
}

func set1[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x, v := funcAt[func(unsafe.Pointer, int, T)](f), a[0].r, a[1].f, a[2].f
	return func(q *frame) int64 { call(pointerIn(q, r), int(x(q)), slotTo[T](v(q))); return 0 }
}

func set2[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x, y, v := funcAt[func(unsafe.Pointer, int, int, T)](f), a[0].r, a[1].f, a[2].f, a[3].f
	return func(q *frame) int64 { call(pointerIn(q, r), int(x(q)), int(y(q)), slotTo[T](v(q))); return 0 }
}

func set3[T counted](f unsafe.Pointer, a []argument) num {
	call, r, x, y, z, v := funcAt[func(unsafe.Pointer, int, int, int, T)](f), a[0].r, a[1].f, a[2].f, a[3].f, a[4].f
	return func(q *frame) int64 {
		call(pointerIn(q, r), int(x(q)), int(y(q)), int(z(q)), slotTo[T](v(q)))
		return 0
	}
}
