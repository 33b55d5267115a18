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
