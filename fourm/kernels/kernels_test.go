// Package kernels_test compares the fast kernels with the plain loops, in one
// table of shapes that includes odd ones.
package kernels_test

import (
	"math"
	"math/rand/v2"
	"testing"
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
