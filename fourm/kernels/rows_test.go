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

// Norms in some columns are those of the groups that lie there, bit by bit,
// and nothing else is written.
func TestNormColumns(t *testing.T) {
	for _, s := range []struct {
		rows, dim int
		c         cpu.Columns
	}{{1, 3, cpu.Columns{Width: 3, From: 0, To: 3}}, {5, 4, cpu.Columns{Width: 13, From: 1, To: 9}}, {70, 16, cpu.Columns{Width: 96, From: 32, To: 64}}, {300, 64, cpu.Columns{Width: 1152, From: 384, To: 768}}, {2, 5, cpu.Columns{Width: 20, From: 15, To: 20}}} {
		d := roll(uint64(s.rows))
		n, each := s.rows*s.c.Width, s.c.To-s.c.From
		x, dy, g, b := d.floats(n), d.floats(n), d.floats(s.dim), d.floats(s.dim)
		cut := func(x []float32) (part []float32) {
			for r := range s.rows {
				part = append(part, x[r*s.c.Width+s.c.From:r*s.c.Width+s.c.To]...)
			}
			return part
		}
		check := func(what string, f, whole func(y []float32)) {
			t.Helper()
			y := d.floats(n)
			want, part := append([]float32(nil), y...), make([]float32, s.rows*each)
			whole(part)
			for i, v := range part {
				want[i/each*s.c.Width+s.c.From+i%each] = v
			}
			f(y)
			same(t, fmt.Sprintf("%s in %+v", what, s), y, want)
		}
		check("norm", func(y []float32) { cpu.NormColumns(y, x, g, b, 1e-6, s.c) }, func(y []float32) { cpu.Norm(y, cut(x), g, b, 1e-6) })
		check("norm back", func(y []float32) { cpu.NormBackColumns(y, dy, x, g, 1e-6, s.c) }, func(y []float32) { cpu.NormBack(y, cut(dy), cut(x), g, 1e-6) })
		got, want := make([]float32, 2*s.dim), make([]float32, 2*s.dim)
		cpu.NormBackParamColumns(got[:s.dim], got[s.dim:], dy, x, 1e-6, s.c)
		cpu.NormBackParam(want[:s.dim], want[s.dim:], cut(dy), cut(x), 1e-6)
		same(t, fmt.Sprintf("gain and bias in %+v", s), got, want)
	}
}
