package cpu_test

// Products of odd shapes, by every way there is to compute them.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/cpu/gen/kern"
	"fourmlab/fourm/kernels/ref"
)

// shape is a product, with rows of its matrices farther apart than they are
// long, and matrices that begin inside of slices.
type shape struct {
	m, n, k        int
	transA, transB bool
	pad            [4]int // of A, B, C and the residual
}

func (s shape) String() string {
	return fmt.Sprintf("%d x %d x %d, transposed %v %v, rows padded by %v", s.m, s.n, s.k, s.transA, s.transB, s.pad)
}

// shapes are a few of each kind, and many at random.
func shapes(r *rand.Rand, random int) []shape {
	var all []shape
	for _, x := range [][3]int{
		{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {0, 0, 0}, {1, 1, 1}, {6, 16, 8}, {12, 32, 4}, {4, 8, 3}, {7, 17, 9}, {13, 33, 257},
		{1, 70, 300}, {5, 100, 40}, {25, 100, 40}, {40, 7, 600}, {260, 20, 10}, {530, 33, 5}, {97, 64, 512}, {30, 10, 256},
	} {
		for way := range 4 {
			all = append(all, shape{x[0], x[1], x[2], way&1 != 0, way&2 != 0, [4]int{}})
		}
	}
	for range random {
		s := shape{1 + r.IntN(40), 1 + r.IntN(40), 1 + r.IntN(40), r.IntN(2) == 0, r.IntN(2) == 0, [4]int{}}
		if r.IntN(4) == 0 {
			s.n += r.IntN(200)
		}
		for i := range s.pad {
			s.pad[i] = r.IntN(5)
		}
		all = append(all, s)
	}
	return all
}

// operands are the matrices of a shape; out is what surrounds the result.
type operands struct {
	a, b, c, res, bias []float32
	lda, ldb, ldc, ldr int
}

func (s shape) operands(r *rand.Rand) operands {
	draw := func(n int) []float32 {
		x := make([]float32, n+3)
		for i := range x {
			x[i] = float32(r.NormFloat64())
		}
		return x[2 : 2+n : 2+n] // exactly as long as it must be
	}
	matrix := func(rows, cols, pad int) ([]float32, int) {
		if rows == 0 || cols == 0 {
			return nil, cols
		}
		return draw((rows-1)*(cols+pad) + cols), cols + pad
	}
	swap := func(t bool, a, b int) (int, int) {
		if t {
			return b, a
		}
		return a, b
	}
	var o operands
	rows, cols := swap(s.transA, s.m, s.k)
	o.a, o.lda = matrix(rows, cols, s.pad[0])
	rows, cols = swap(s.transB, s.k, s.n)
	o.b, o.ldb = matrix(rows, cols, s.pad[1])
	o.c, o.ldc = matrix(s.m, s.n, s.pad[2])
	o.res, o.ldr = matrix(s.m, s.n, s.pad[3])
	o.bias = draw(s.n)
	return o
}

func clone(x []float32) []float32 { return append([]float32(nil), x...) }

// far gives the first number of got that is not within tol of the largest.
func far(got, want []float32, tol float64) (int, bool) {
	top := 1e-6
	for _, w := range want {
		top = math.Max(top, math.Abs(float64(w)))
	}
	for i := range want {
		if !(math.Abs(float64(got[i]-want[i])) <= tol*top) {
			return i, true
		}
	}
	return 0, false
}

// check computes a shape in all ways and compares them with ref, and those that
// must agree by bits with each other.
func (s shape) check(t *testing.T, r *rand.Rand) {
	t.Helper()
	o := s.operands(r)
	var plain []float32 // C alone
	compare := func(what string, got, want []float32, bits []float32) {
		t.Helper()
		if i, bad := far(got, want, 1e-5); bad {
			t.Fatalf("%v, %s: element %d is %g, expected %g", s, what, i, got[i], want[i])
		}
		for i := range bits {
			if math.Float32bits(got[i]) != math.Float32bits(bits[i]) {
				t.Fatalf("%v, %s: element %d is %g, and %g by Gemm", s, what, i, got[i], bits[i])
			}
		}
	}
	packed := cpu.Pack(s.transB, s.k, s.n, o.b, o.ldb)
	for _, add := range []bool{false, true} {
		want, got := clone(o.c), clone(o.c)
		ref.Gemm(s.transA, s.transB, s.m, s.n, s.k, o.a, o.lda, o.b, o.ldb, want, o.ldc, add)
		cpu.Gemm(s.transA, s.transB, s.m, s.n, s.k, o.a, o.lda, o.b, o.ldb, got, o.ldc, add)
		compare(fmt.Sprint("add ", add), got, want, nil)
		if !add {
			plain = got
		}
		other := clone(o.c)
		cpu.GemmSerial(s.transA, s.transB, s.m, s.n, s.k, o.a, o.lda, o.b, o.ldb, other, o.ldc, add)
		compare("serial", other, want, got)
		if !s.transA {
			other = clone(o.c)
			packed.Mul(s.m, o.a, o.lda, other, o.ldc, add)
			compare("packed", other, want, got)
		}
	}
	for _, plus := range []cpu.Plus{{}, {Bias: o.bias}, {Residual: o.res, Stride: o.ldr}, {o.bias, o.res, o.ldr}} {
		what := fmt.Sprintf("bias %v residual %v", plus.Bias != nil, plus.Residual != nil)
		want, got := clone(plain), clone(o.c)
		for i := range s.m {
			for j := range s.n {
				at := i*o.ldc + j
				if plus.Residual != nil {
					want[at] += o.res[i*o.ldr+j]
				}
				if plus.Bias != nil {
					want[at] += o.bias[j]
				}
			}
		}
		cpu.GemmPlus(s.transA, s.transB, s.m, s.n, s.k, o.a, o.lda, o.b, o.ldb, got, o.ldc, plus)
		compare(what, got, want, nil)
		if !s.transA {
			other := clone(o.c)
			packed.MulPlus(s.m, o.a, o.lda, other, o.ldc, plus)
			compare("packed, "+what, other, want, got)
		}
	}
}

func TestShapes(t *testing.T) {
	best := cpu.ISAs()[0]
	defer cpu.UseISA(best)
	for _, isa := range cpu.ISAs() {
		t.Run(isa, func(t *testing.T) {
			cpu.UseISA(isa)
			r := rand.New(rand.NewPCG(1, 2))
			for _, s := range shapes(r, 300) {
				s.check(t, r)
			}
		})
	}
	for _, isa := range []kern.ISA{kern.AVX2, kern.AVX512} {
		t.Run("emulated "+isa.Name, func(t *testing.T) {
			cpu.UseEmulated(t, isa)
			r := rand.New(rand.NewPCG(1, 2))
			all := shapes(r, 40)
			for i, s := range all {
				if s.m*s.n*s.k < 40000 || i%4 == 0 {
					s.check(t, r)
				}
			}
		})
	}
}
