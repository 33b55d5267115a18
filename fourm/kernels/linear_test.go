package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fourmlab/fourm/kernels/cpu"
)

// A map of few rows is the product of every number of rows, and writes
// nothing beside its result.
func TestLinear(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	fill := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = r.Float32() - 0.5
		}
		return x
	}
	for _, rows := range []int{0, 1, 2, 4, 5, 9} {
		for _, out := range []int{1, 3, 4, 5, 63, 130, 1027} {
			for _, in := range []int{1, 7, 8, 9, 40, 129, 384} {
				x, w := fill(rows*in), fill(out*in)
				y := fill(rows*out + 5)
				tail := append([]float32(nil), y[rows*out:]...)
				cpu.Linear(y, x, w, rows, out, in)
				for i := range rows {
					for j := range out {
						want, size := 0.0, 0.0
						for l := range in {
							p := float64(x[i*in+l]) * float64(w[j*in+l])
							want, size = want+p, size+math.Abs(p)
						}
						if got := float64(y[i*out+j]); !(math.Abs(got-want) <= 1e-6*size+1e-9) {
							t.Fatalf("%d rows, %d to %d: number %d of row %d is %g, expected %g", rows, in, out, j, i, got, want)
						}
					}
				}
				for i, v := range tail {
					if y[rows*out+i] != v {
						t.Fatalf("%d rows, %d to %d: wrote behind its end", rows, in, out)
					}
				}
			}
		}
	}
}

// Weights are read at the speed of memory.
func BenchmarkLinear(b *testing.B) {
	for _, rows := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(rows, " rows"), func(b *testing.B) {
			const out, in = 30000, 768
			x, w, y := make([]float32, rows*in), make([]float32, out*in), make([]float32, rows*out)
			for i := range w {
				w[i] = 1 // memory that was never written is not read
			}
			b.SetBytes(4 * out * in)
			for b.Loop() {
				cpu.Linear(y, x, w, rows, out, in)
			}
		})
	}
}
