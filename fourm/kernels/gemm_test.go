package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// Products of many odd shapes are compared in package cpu, where kernels can be
// emulated. Here is what a caller sees.

func TestGemmRefuses(t *testing.T) {
	x := func(n int) []float32 { return make([]float32, n) }
	w := cpu.Pack(true, 4, 5, x(20), 4)
	for what, f := range map[string]func(){
		"A":                 func() { cpu.Gemm(false, false, 4, 5, 4, x(15), 4, x(20), 5, x(20), 5, false) },
		"A transposed":      func() { cpu.Gemm(true, false, 4, 5, 3, x(11), 4, x(15), 5, x(20), 5, false) },
		"B":                 func() { cpu.Gemm(false, false, 4, 5, 4, x(16), 4, x(19), 5, x(20), 5, false) },
		"B transposed":      func() { cpu.GemmSerial(false, true, 4, 5, 4, x(16), 4, x(19), 4, x(20), 5, false) },
		"C":                 func() { cpu.Gemm(false, false, 4, 5, 4, x(16), 4, x(20), 5, x(19), 5, true) },
		"a stride":          func() { cpu.Gemm(false, false, 4, 5, 4, x(16), 3, x(20), 5, x(20), 5, false) },
		"a stride of 0":     func() { cpu.Gemm(false, false, 4, 5, 4, x(16), 0, x(20), 5, x(20), 5, false) },
		"a size below 0":    func() { cpu.Gemm(false, false, -1, 5, 4, x(16), 4, x(20), 5, x(20), 5, false) },
		"a size beyond all": func() { cpu.Gemm(false, false, 1<<40, 5, 1<<40, x(16), 1<<40, x(20), 5, x(20), 5, false) },
		"a depth below 0":   func() { cpu.Gemm(false, false, 4, 5, -4, x(16), 4, x(20), 5, x(20), 5, false) },
		"bias":              func() { cpu.GemmPlus(false, false, 4, 5, 4, x(16), 4, x(20), 5, x(20), 5, cpu.Plus{Bias: x(4)}) },
		"residual": func() {
			cpu.GemmPlus(false, false, 4, 5, 4, x(16), 4, x(20), 5, x(20), 5, cpu.Plus{Residual: x(19), Stride: 5})
		},
		"residual's stride":     func() { cpu.GemmPlus(false, false, 4, 5, 4, x(16), 4, x(20), 5, x(20), 5, cpu.Plus{Residual: x(40)}) },
		"what is to be packed":  func() { cpu.Pack(false, 4, 5, x(19), 5) },
		"a packing below 0":     func() { cpu.Pack(false, -4, 5, x(20), 5) },
		"A of a packed product": func() { w.Mul(4, x(15), 4, x(20), 5, false) },
		"C of a packed product": func() { w.Mul(4, x(16), 4, x(19), 5, false) },
		"rows below 0":          func() { w.Mul(-4, x(16), 4, x(20), 5, false) },
		"bias after packing":    func() { w.MulPlus(4, x(16), 4, x(20), 5, cpu.Plus{Bias: x(4)}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != "cpu.Gemm: slices too short for their shapes" {
					t.Errorf("%s too short: panic %v", what, got)
				}
			}()
			f()
		}()
	}
}

// TestGemmTogether multiplies in many goroutines at a time.
func TestGemmTogether(t *testing.T) {
	const n = 90
	d := roll(1)
	a, b := d.floats(n*n), d.floats(n*n)
	want := make([]float32, n*n)
	cpu.Gemm(false, true, n, n, n, a, n, b, n, want, n, false)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for range 20 {
				got := make([]float32, n*n)
				if g%2 == 0 {
					cpu.Gemm(false, true, n, n, n, a, n, b, n, got, n, false)
				} else {
					cpu.GemmSerial(false, true, n, n, n, a, n, b, n, got, n, false)
				}
				for i := range got {
					if got[i] != want[i] {
						t.Errorf("element %d is %g, expected %g", i, got[i], want[i])
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

// FuzzGemm tries sizes, strides and ways. Nothing may be written outside of
// the (m, n) of C.
func FuzzGemm(f *testing.F) {
	f.Add(uint16(3), uint16(17), uint16(9), uint8(0), uint16(1))
	f.Add(uint16(13), uint16(33), uint16(260), uint8(7), uint16(0))
	f.Add(uint16(1), uint16(300), uint16(5), uint8(12), uint16(3))
	f.Add(uint16(280), uint16(1), uint16(1), uint8(63), uint16(0xffff))
	f.Fuzz(func(t *testing.T, rows, cols, depth uint16, way uint8, pad uint16) {
		m, n, k := int(rows%300), int(cols%300), int(depth%600)
		for m*n*k > 1<<19 { // ref is slow
			m, n, k = (m+1)/2, (n+1)/2, (k+1)/2
		}
		ta, tb, add, bias, packed := way&1 != 0, way&2 != 0, way&4 != 0, way&8 != 0, way&16 != 0
		isas := cpu.ISAs()
		cpu.UseISA(isas[int(way>>5)%len(isas)])
		defer cpu.UseISA(isas[0])
		d := dice{rand.New(rand.NewPCG(uint64(m*n), uint64(k)))}
		matrix := func(rows, cols, pad int, turned bool) ([]float32, int) {
			if turned {
				rows, cols = cols, rows
			}
			return d.floats(max(0, (rows-1)*(cols+pad)+cols)), cols + pad
		}
		a, lda := matrix(m, k, int(pad&15), ta)
		b, ldb := matrix(k, n, int(pad>>4&15), tb)
		c, ldc := matrix(m, n, int(pad>>8&15), false)
		want := append([]float32(nil), c...)
		ref.Gemm(ta, tb, m, n, k, a, lda, b, ldb, want, ldc, add)
		plus := cpu.Plus{}
		if add {
			plus.Residual, plus.Stride = c, ldc
		}
		if bias {
			plus.Bias = d.floats(n)
			for i := range m {
				for j := range n {
					want[i*ldc+j] += plus.Bias[j]
				}
			}
		}
		switch {
		case packed && !ta && m > 0:
			cpu.Pack(tb, k, n, b, ldb).MulPlus(m, a, lda, c, ldc, plus)
		case bias:
			cpu.GemmPlus(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, plus)
		default:
			cpu.Gemm(ta, tb, m, n, k, a, lda, b, ldb, c, ldc, add)
		}
		top := 1.0
		for _, x := range want {
			top = math.Max(top, math.Abs(float64(x)))
		}
		for i := range want {
			if inside := i%ldc < n; inside && !(math.Abs(float64(c[i]-want[i])) <= 1e-5*top) || !inside && c[i] != want[i] {
				t.Fatalf("%s: %d x %d x %d, way %b, pad %x: element %d is %g, expected %g", fmt.Sprint(isas), m, n, k, way, pad, i, c[i], want[i])
			}
		}
	})
}
