package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// elementwise is one kernel: fast and plain compute len(y) numbers from the
// three arguments.
type elementwise struct {
	name        string
	fast, plain func(y, a, b, c []float32)
	tol         float64
}

func one(name string, fast, plain func(y, x []float32), tol float64) elementwise {
	wrap := func(f func(y, x []float32)) func(y, a, b, c []float32) {
		return func(y, a, _, _ []float32) { f(y, a) }
	}
	return elementwise{name, wrap(fast), wrap(plain), tol}
}

func two(name string, fast, plain func(y, a, b []float32), tol float64) elementwise {
	wrap := func(f func(y, a, b []float32)) func(y, a, b, c []float32) {
		return func(y, a, b, _ []float32) { f(y, a, b) }
	}
	return elementwise{name, wrap(fast), wrap(plain), tol}
}

// eight is the table of one column of eight levels.
var eight = []float32{1, 0.1, 3.5, 0.5, -4, 3}

var elementwises = []elementwise{
	two("add", cpu.Add, ref.Add, 1e-7),
	two("mul", cpu.Mul, ref.Mul, 1e-7),
	two("gate", cpu.Gate, ref.Gate, 1e-6),
	{"gate back", func(y, a, b, c []float32) { cpu.GateBack(y, make([]float32, len(y)), a, b, c) },
		func(y, a, b, c []float32) { ref.GateBack(y, make([]float32, len(y)), a, b, c) }, 2e-6},
	one("silu", cpu.Silu, ref.Silu, 1e-6),
	two("silu back", cpu.SiluBack, ref.SiluBack, 2e-6),
	one("gelu", cpu.Gelu, ref.Gelu, 1e-6),
	one("tanh", cpu.Tanh, ref.Tanh, 1e-7), two("tanh back", cpu.TanhBack, ref.TanhBack, 3e-7),
	two("gelu back", cpu.GeluBack, ref.GeluBack, 2e-6),
	one("sign", cpu.Sign, ref.Sign, 0),
	one("levels", func(y, x []float32) { cpu.Levels(y, x, eight) }, func(y, x []float32) { ref.Levels(y, x, eight) }, 0),
	two("levels back", func(y, a, b []float32) { cpu.LevelsBack(y, a, b, eight) }, func(y, a, b []float32) { ref.LevelsBack(y, a, b, eight) }, 1e-6),
}

// window gives n numbers that begin at some offset, and a function that says
// whether all around them is as it was.
func window(d dice, n, offset int) (x []float32, intact func() bool) {
	all := d.floats(n + offset + 9)
	was := append([]float32(nil), all...)
	return all[offset : offset+n], func() bool {
		for i, v := range all {
			if (i < offset || i >= offset+n) && v != was[i] {
				return false
			}
		}
		return true
	}
}

func TestElementwise(t *testing.T) {
	sizes := []int{300, 8191, 8192, 8193, 50001}
	for n := range 71 {
		sizes = append(sizes, n)
	}
	for _, k := range elementwises {
		for i, n := range sizes {
			d := roll(uint64(n))
			what := fmt.Sprintf("%s of %d", k.name, n)
			a, b, c := d.floats(n + 1)[1:], d.floats(n), d.floats(n + 3)[3:]
			y, intact := window(d, n, i%9)
			want := make([]float32, n)
			k.fast(y, a, b, c)
			k.plain(want, a, b, c)
			nearOne(t, what, y, want, k.tol)
			if !intact() {
				t.Errorf("%s writes beside its result", what)
			}
			// where an argument lies
			for j, x := range [][]float32{a, b, c} {
				args := [][]float32{append([]float32(nil), a...), append([]float32(nil), b...), append([]float32(nil), c...)}
				args[j] = append([]float32(nil), x...)
				k.fast(args[j], args[0], args[1], args[2])
				same(t, what+" in place", args[j], y)
			}
		}
	}
}

// nearOne is near for numbers some of which might have been as large as 1: of
// few, all may lie where a function crosses zero.
func nearOne(t *testing.T, what string, got, want []float32, tol float64) {
	t.Helper()
	near(t, what, append(got[:len(got):len(got)], 1), append(want[:len(want):len(want)], 1), tol)
}

// same fails unless all numbers are the same to the last bit.
func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: element %d is %g, expected exactly %g", what, i, got[i], want[i])
		}
	}
}

// A number does not depend on where it lies, nor on whether results are so
// many that they go past the cache.
func TestElementwiseAnywhere(t *testing.T) {
	const n, part = 1<<22 + 37, 1 << 16
	d := roll(9)
	a, b, c := make([]float32, n), make([]float32, n), make([]float32, n)
	for i := 0; i < n; i += part {
		for _, x := range [][]float32{a, b, c} {
			copy(x[i:], d.floats(4099)) // a pattern of no even length
		}
	}
	y, z := make([]float32, n), make([]float32, n)
	for _, k := range elementwises {
		k.fast(y, a, b, c)
		for i := 0; i < n; i += part - 5 {
			j := min(n, i+part-5)
			k.fast(z[i:j], a[i:j], b[i:j], c[i:j])
		}
		same(t, k.name, y, z)
	}
}

func TestGateBack(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 70, 20001} {
		d := roll(uint64(n))
		a, b, dy := d.floats(n), d.floats(n), d.floats(n)
		da, ok := window(d, n, 3)
		db, fine := window(d, n, 2)
		wa, wb := make([]float32, n), make([]float32, n)
		cpu.GateBack(da, db, dy, a, b)
		ref.GateBack(wa, wb, dy, a, b)
		nearOne(t, fmt.Sprintf("da of %d", n), da, wa, 2e-6)
		nearOne(t, fmt.Sprintf("db of %d", n), db, wb, 2e-6)
		if !ok() || !fine() {
			t.Errorf("both derivatives of %d gates write beside their results", n)
		}
		cpu.GateBack(a, b, dy, a, b)
		same(t, "da in place", a, da)
		same(t, "db in place", b, db)
	}
}

// What is no number, or has no end, must show.
func TestElementwiseOddNumbers(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := []float32{nan, inf, -inf, 0, 100, -100, 1e30, -1e30, nan, 5}
	ones := []float32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	for _, k := range elementwises {
		y := make([]float32, len(x))
		k.fast(y, x, ones, ones)
		if !isNaN(y[0]) || !isNaN(y[8]) {
			t.Errorf("%s of no number is %g and %g", k.name, y[0], y[8])
		}
		if isNaN(y[4]) || isNaN(y[5]) || isNaN(y[6]) {
			t.Errorf("%s of large numbers is %g", k.name, y)
		}
	}
	row := []float32{1, nan, 2}
	if cpu.Softmax(row, 3); !isNaN(row[0]) || !isNaN(row[2]) {
		t.Errorf("softmax with what is no number is %g", row)
	}
	row = []float32{1, -inf, 1}
	if cpu.Softmax(row, 3); row[0] != 0.5 || row[1] != 0 || row[2] != 0.5 {
		t.Errorf("softmax without its second number is %g", row)
	}
}

func isNaN(x float32) bool { return x != x }
