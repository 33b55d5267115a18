package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// rowShapes are rows and columns: all small widths, and what reaches each way
// of cutting a sum.
func rowShapes() [][2]int {
	s := [][2]int{{1, 1}, {3, 5}, {7, 128}, {63, 40}, {64, 33}, {65, 8}, {300, 33}, {2048, 16}, {1500, 384}, {70, 5000}, {5, 9000}, {40000, 1}}
	for n := 1; n <= 70; n++ {
		s = append(s, [2]int{1 + n%5, n})
	}
	return s
}

// Norms, and sums over rows.
func TestRows(t *testing.T) {
	type norms struct {
		addBias, sumRows              func(y, b []float32)
		norm, normBack, normBackParam func(a, b, c, d []float32, eps float32)
	}
	fast := norms{cpu.AddBias, cpu.SumRows, cpu.Norm, cpu.NormBack, cpu.NormBackParam}
	plain := norms{ref.AddBias, ref.SumRows, ref.Norm, ref.NormBack, ref.NormBackParam}
	for _, s := range rowShapes() {
		rows, dim := s[0], s[1]
		d := roll(uint64(rows*dim + dim))
		n := rows * dim
		x, dy, g, bias := d.floats(n + 1)[1:], d.floats(n + 2)[2:], d.floats(dim), d.floats(dim)
		for i := range x {
			x[i] += 3 // a mean that is not small
		}
		for _, p := range []struct {
			what string
			f    func(k norms, y []float32)
			n    int
			tol  float64
		}{
			{"add bias", func(k norms, y []float32) { copy(y, x); k.addBias(y, g) }, n, 1e-7},
			{"sum rows", func(k norms, y []float32) { k.sumRows(y, x) }, dim, 1e-5},
			{"norm", func(k norms, y []float32) { k.norm(y, x, g, bias, 1e-6) }, n, 5e-6},
			{"norm without bias", func(k norms, y []float32) { k.norm(y, x, g, nil, 1e-6) }, n, 5e-6},
			{"norm back", func(k norms, y []float32) { k.normBack(y, dy, x, g, 1e-6) }, n, 2e-5},
			{"norm back, gain and bias", func(k norms, y []float32) { k.normBackParam(y[:dim], y[dim:], dy, x, 1e-6) }, 2 * dim, 2e-5},
			{"norm back, gain", func(k norms, y []float32) { k.normBackParam(y, nil, dy, x, 1e-6) }, dim, 2e-5},
		} {
			what := fmt.Sprintf("%s (%d, %d)", p.what, rows, dim)
			if dim <= 2 && p.what == "norm back" {
				continue // hardly a variance: derivatives are rounding's
			}
			got, intact := window(d, p.n, dim%9)
			want := make([]float32, p.n)
			p.f(fast, got)
			p.f(plain, want)
			near(t, what, got, want, p.tol)
			if !intact() {
				t.Errorf("%s writes beside its result", what)
			}
		}
	}
}

func TestSumSquares(t *testing.T) {
	for n := range 300 {
		x := roll(uint64(n)).floats(n + 3)[3:]
		if a, b := cpu.SumSquares(x), ref.SumSquares(x); math.Abs(a-b) > 1e-12*b {
			t.Errorf("sum of %d squares %g, expected %g", n, a, b)
		}
	}
	for _, n := range []int{8192, 8193, 100_003, 700_001} {
		x := roll(uint64(n)).floats(n)
		if a, b := cpu.SumSquares(x), ref.SumSquares(x); math.Abs(a-b) > 1e-12*b {
			t.Errorf("sum of %d squares %g, expected %g", n, a, b)
		}
	}
}

func TestAdamW(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 31, 70, 20_000, 40_001} {
		d := roll(uint64(n))
		p, intact := window(d, n, n%9)
		g := d.floats(n + 1)[1:]
		m, v := make([]float32, n), make([]float32, n)
		q := append([]float32(nil), p...)
		m2, v2 := make([]float32, n), make([]float32, n)
		for step := 1; step <= 5; step++ {
			beta2 := 0.95
			if n%2 == 1 {
				beta2 = 0.999
			}
			cpu.AdamW(p, g, m, v, step, 1e-2, 0.9, beta2, 1e-8, 0.05, 0.5)
			ref.AdamW(q, g, m2, v2, step, 1e-2, 0.9, beta2, 1e-8, 0.05, 0.5)
		}
		near(t, fmt.Sprintf("adamw of %d", n), p, q, 1e-6)
		near(t, fmt.Sprintf("adamw's m of %d", n), m, m2, 1e-6)
		near(t, fmt.Sprintf("adamw's v of %d", n), v, v2, 1e-6)
		if !intact() {
			t.Errorf("adamw of %d writes beside its parameters", n)
		}
	}
}
