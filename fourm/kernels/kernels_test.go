// Package kernels_test compares the fast kernels with the plain loops, in one
// table of shapes that includes odd ones.
package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

type dice struct{ *rand.Rand }

func roll(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 7))} }

func (d dice) floats(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(d.NormFloat64())
	}
	return x
}

func (d dice) ints(n, below int) []int32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(d.IntN(below+1)) - 1
	}
	return x
}

// near fails when the largest difference exceeds tol times the largest entry.
func near(t *testing.T, what string, got, want []float32, tol float64) {
	t.Helper()
	top, worst, at := 1e-6, 0.0, 0
	for i := range want {
		top = math.Max(top, math.Abs(float64(want[i])))
		if d := math.Abs(float64(got[i] - want[i])); d > worst || math.IsNaN(d) {
			worst, at = d, i
		}
	}
	if !(worst <= tol*top) {
		t.Errorf("%s: element %d is %g, expected %g (largest entry %g)", what, at, got[at], want[at], top)
	}
}

func TestGemm(t *testing.T) {
	n := 0
	for _, s := range [][3]int{{1, 1, 1}, {6, 16, 8}, {7, 17, 9}, {13, 33, 321}, {128, 96, 64}, {100, 70, 700}, {250, 65, 64}, {5, 300, 1}, {400, 48, 33}, {3, 5, 0}} {
		for mode := range 8 {
			ta, tb, add := mode&1 != 0, mode&2 != 0, mode&4 != 0
			m, nn, k := s[0], s[1], s[2]
			d := roll(uint64(m*nn + k))
			lda, ldb, ldc := k+3, nn+1, nn+2
			if ta {
				lda = m + 3
			}
			if tb {
				ldb = k + 1
			}
			a, b, c := d.floats(max(k, m)*(max(k, m)+3)+3), d.floats(max(k, nn)*(max(k, nn)+1)+1), d.floats(m*ldc)
			want, serial := append([]float32(nil), c...), append([]float32(nil), c...)
			ref.Gemm(ta, tb, m, nn, k, a, lda, b, ldb, want, ldc, add)
			cpu.Gemm(ta, tb, m, nn, k, a, lda, b, ldb, c, ldc, add)
			cpu.GemmSerial(ta, tb, m, nn, k, a, lda, b, ldb, serial, ldc, add)
			what := fmt.Sprintf("gemm %v transA %v transB %v add %v", s, ta, tb, add)
			near(t, what, c, want, 1e-5)
			near(t, what+" serial", serial, want, 1e-5)
			n++
		}
	}
	t.Logf("%d cases", n)
}

func TestGemmRefusesShortSlices(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("expected a panic")
		}
	}()
	cpu.Gemm(false, false, 4, 4, 4, make([]float32, 15), 4, make([]float32, 16), 4, make([]float32, 16), 4, false)
}

func TestElementwise(t *testing.T) {
	for _, rd := range [][2]int{{1, 1}, {3, 5}, {7, 128}, {300, 33}, {2048, 16}} {
		r, dim := rd[0], rd[1]
		d := roll(uint64(r))
		n := r * dim
		a, b, c, g := d.floats(n), d.floats(n), d.floats(n), d.floats(dim)
		bias := d.floats(dim)
		pairs := []struct {
			what string
			f    func(k kernelSet, y []float32)
			n    int
			tol  float64
		}{
			{"add", func(k kernelSet, y []float32) { k.add(y, a, b) }, n, 1e-6},
			{"add bias", func(k kernelSet, y []float32) { copy(y, a); k.addBias(y, g) }, n, 1e-6},
			{"sum rows", func(k kernelSet, y []float32) { k.sumRows(y, a) }, dim, 1e-5},
			{"gate", func(k kernelSet, y []float32) { k.gate(y, a, b) }, n, 1e-6},
			{"gate back", func(k kernelSet, y []float32) { k.gateBack(y, c, a, b) }, n, 2e-6},
			{"silu", func(k kernelSet, y []float32) { k.silu(y, a) }, n, 1e-6},
			{"silu back", func(k kernelSet, y []float32) { k.siluBack(y, c, a) }, n, 2e-6},
			{"mul", func(k kernelSet, y []float32) { k.mul(y, a, b) }, n, 1e-6},
			{"gelu", func(k kernelSet, y []float32) { k.gelu(y, a) }, n, 1e-6},
			{"gelu back", func(k kernelSet, y []float32) { k.geluBack(y, c, a) }, n, 2e-6},
			{"norm", func(k kernelSet, y []float32) { k.norm(y, a, g, bias, 1e-6) }, n, 5e-6},
			{"norm without bias", func(k kernelSet, y []float32) { k.norm(y, a, g, nil, 1e-6) }, n, 5e-6},
			{"norm back", func(k kernelSet, y []float32) { k.normBack(y, c, a, g, 1e-6) }, n, 2e-5},
			{"norm back, gain and bias", func(k kernelSet, y []float32) { k.normBackParam(y[:dim], y[dim:2*dim], c, a, 1e-6) }, 2 * dim, 2e-5},
		}
		for _, p := range pairs {
			if dim == 1 && p.what == "norm back" {
				continue // a row of one number has no variance: 0/eps noise
			}
			got, want := make([]float32, p.n), make([]float32, p.n)
			p.f(fast, got)
			p.f(plain, want)
			near(t, fmt.Sprintf("%s (%d, %d)", p.what, r, dim), got, want, p.tol)
		}
	}
}

func TestAttention(t *testing.T) {
	for _, s := range []cpu.Heads{
		{B: 1, Tq: 1, Tk: 1, H: 1, D: 4}, {B: 2, Tq: 5, Tk: 7, H: 3, D: 8}, {B: 3, Tq: 33, Tk: 20, H: 2, D: 16}, {B: 2, Tq: 64, Tk: 64, H: 4, D: 32},
	} {
		d := roll(uint64(s.Tq))
		w := s.H * s.D
		s.QStride, s.KStride, s.VStride = w, 2*w, 2*w
		q, kv, do := d.floats(s.B*s.Tq*w), d.floats(s.B*s.Tk*2*w), d.floats(s.B*s.Tq*w)
		span := make([]int32, 4*s.B*s.Tq)
		for i := 0; i < len(span); i += 4 {
			span[i] = int32(d.IntN(s.Tk+1) - 1)                        // -1: nothing is seen
			span[i+1] = int32(d.IntN(s.Tk + 1))                        // often empty
			if room := span[i+1] - span[i]; span[i] >= 0 && room > 1 { // a hole that leaves the first key
				span[i+2] = span[i] + 1 + int32(d.IntN(int(room)))
				span[i+3] = span[i+2] + int32(d.IntN(int(span[i+1]-span[i+2])+1))
			}
		}
		got, want := make([]float32, len(q)), make([]float32, len(q))
		cpu.Attend(got, q, kv, kv[w:], s, span)
		ref.Attend(want, q, kv, kv[w:], s, span)
		near(t, fmt.Sprintf("attention %+v", s), got, want, 5e-6)
		dq, dkv := make([]float32, len(q)), make([]float32, len(kv))
		rq, rkv := make([]float32, len(q)), make([]float32, len(kv))
		cpu.AttendBack(dq, dkv, dkv[w:], do, q, kv, kv[w:], s, span)
		ref.AttendBack(rq, rkv, rkv[w:], do, q, kv, kv[w:], s, span)
		near(t, fmt.Sprintf("attention dq %+v", s), dq, rq, 1e-5)
		near(t, fmt.Sprintf("attention dkv %+v", s), dkv, rkv, 1e-5)
	}
}

func TestTablesAndLosses(t *testing.T) {
	d := roll(3)
	const rows, dim, v = 57, 12, 41
	tables := [][]float32{d.floats(9 * dim), d.floats(20 * dim)}
	index := make([]int32, 2*rows)
	for i := range rows {
		index[2*i] = int32(d.IntN(3)) - 1
		index[2*i+1] = int32(d.IntN(10)) - 1
		if index[2*i+1] > 8 {
			index[2*i+1] = 8
		}
	}
	got, want := d.floats(rows*dim), d.floats(rows*dim)
	cpu.Gather(got, index, tables, dim)
	ref.Gather(want, index, tables, dim)
	near(t, "gather", got, want, 0)
	do := d.floats(rows * dim)
	for id := range int32(2) {
		g, w := d.floats(len(tables[id])), d.floats(len(tables[id]))
		cpu.Scatter(g, do, index, id, dim)
		ref.Scatter(w, do, index, id, dim)
		near(t, "scatter", g, w, 1e-5)
	}

	logits, labels := d.floats(rows*v), d.ints(rows, v)
	if g, w := cpu.SoftmaxLoss(logits, labels, v), ref.SoftmaxLoss(logits, labels, v); math.Abs(float64(g-w)) > 1e-5 {
		t.Errorf("softmax loss %g, expected %g", g, w)
	}
	g, w := make([]float32, len(logits)), make([]float32, len(logits))
	cpu.SoftmaxLossBack(g, logits, labels, v, 0.7)
	ref.SoftmaxLossBack(w, logits, labels, v, 0.7)
	near(t, "softmax loss back", g, w, 1e-5)
	copy(g, logits)
	copy(w, logits)
	cpu.Softmax(g, v)
	ref.Softmax(w, v)
	near(t, "softmax", g, w, 1e-6)

	ids, idw := make([]int32, rows), make([]int32, rows)
	z := d.floats(rows * dim)
	cpu.Nearest(ids, z, tables[1], dim)
	ref.Nearest(idw, z, tables[1], dim)
	for i := range ids {
		if ids[i] != idw[i] {
			t.Errorf("nearest code of row %d is %d, expected %d", i, ids[i], idw[i])
		}
	}
}

func TestAdamW(t *testing.T) {
	d := roll(5)
	const n = 20000
	p, g := d.floats(n), d.floats(n)
	m, v := make([]float32, n), make([]float32, n)
	q := append([]float32(nil), p...)
	m2, v2 := make([]float32, n), make([]float32, n)
	for step := 1; step <= 5; step++ {
		cpu.AdamW(p, g, m, v, step, 1e-2, 0.9, 0.95, 1e-8, 0.05, 0.5)
		ref.AdamW(q, g, m2, v2, step, 1e-2, 0.9, 0.95, 1e-8, 0.05, 0.5)
	}
	near(t, "adamw", p, q, 1e-6)
	if a, b := cpu.SumSquares(p), ref.SumSquares(p); math.Abs(a-b) > 1e-9*b {
		t.Errorf("sum of squares %g, expected %g", a, b)
	}
}

type kernelSet struct {
	add                           func(y, a, b []float32)
	addBias, sumRows              func(y, b []float32)
	gate                          func(y, a, b []float32)
	gateBack                      func(da, dy, a, b []float32)
	silu, gelu                    func(y, x []float32)
	siluBack, geluBack            func(dx, dy, x []float32)
	mul                           func(y, a, b []float32)
	norm, normBack, normBackParam func(a, b, c, d []float32, eps float32)
}

var (
	fast  = kernelSet{cpu.Add, cpu.AddBias, cpu.SumRows, cpu.Gate, cpu.GateBack, cpu.Silu, cpu.Gelu, cpu.SiluBack, cpu.GeluBack, cpu.Mul, cpu.Norm, cpu.NormBack, cpu.NormBackParam}
	plain = kernelSet{ref.Add, ref.AddBias, ref.SumRows, ref.Gate, ref.GateBack, ref.Silu, ref.Gelu, ref.SiluBack, ref.GeluBack, ref.Mul, ref.Norm, ref.NormBack, ref.NormBackParam}
)

func BenchmarkGemm(b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		ta, tb  bool
	}{{2048, 384, 128, false, true}, {2048, 128, 341, false, true}, {2048, 128, 384, false, false}, {384, 128, 2048, true, false}, {1024, 1024, 1024, false, false}} {
		b.Run(fmt.Sprintf("%dx%dx%d,%v,%v", s.m, s.n, s.k, s.ta, s.tb), func(b *testing.B) {
			d := roll(1)
			x, y, z := d.floats(s.m*s.k), d.floats(s.n*s.k), make([]float32, s.m*s.n)
			lda, ldb := s.k, s.n
			if s.ta {
				lda = s.m
			}
			if s.tb {
				ldb = s.k
			}
			for b.Loop() {
				cpu.Gemm(s.ta, s.tb, s.m, s.n, s.k, x, lda, y, ldb, z, s.n, false)
			}
			b.ReportMetric(2*float64(s.m)*float64(s.n)*float64(s.k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkGate(b *testing.B) {
	d := roll(1)
	x, y, z := d.floats(1<<20), d.floats(1<<20), make([]float32, 1<<20)
	for b.Loop() {
		cpu.Gate(z, x, y)
	}
}
