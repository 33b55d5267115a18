package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

func TestBitEntropy(t *testing.T) {
	for _, groups := range [][]int{{1}, {2}, {5}, {3, 4}, {1, 1, 6}, {10}} {
		for _, sharp := range []float64{0.3, 1, 20, 200} {
			d := 0
			for _, n := range groups {
				d += n
			}
			for _, rows := range []int{1, 7, 40} {
				z := roll(uint64(rows)).floats(rows * d)
				got, want := make([]float32, len(z)), make([]float32, len(z))
				what := fmt.Sprintf("entropy of %d rows, groups %v, sharp %g", rows, groups, sharp)
				for _, diversity := range []float64{0, 0.7} {
					g := cpu.BitEntropy(got, z, groups, sharp, diversity, 1.5)
					w := ref.BitEntropy(want, z, groups, sharp, diversity, 1.5)
					if math.Abs(g-w) > 1e-5*(1+math.Abs(w)) {
						t.Errorf("%s: %g, expected %g", what, g, w)
					}
					near(t, what, got, want, 1e-4)
					if alone := cpu.BitEntropy(nil, z, groups, sharp, diversity, 0); alone != g {
						t.Errorf("%s: %g without gradients, %g with them", what, alone, g)
					}
				}
			}
		}
	}
	inf := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), 1, 2}
	dz := make([]float32, 4)
	if v := cpu.BitEntropy(dz, inf, []int{2}, 1, 1, 1); math.IsNaN(v) || dz[0] != 0 || dz[1] != 0 {
		t.Errorf("sure bits give %g and gradients %v", v, dz)
	}
	if v := cpu.BitEntropy(nil, []float32{float32(math.NaN()), 1}, []int{2}, 1, 1, 1); !math.IsNaN(v) {
		t.Errorf("what is no number gives %g", v)
	}
}
