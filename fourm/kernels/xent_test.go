package kernels_test

import (
	"fmt"
	"math"
	"testing"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/kernels/ref"
)

// The loss over a vocabulary and its gradients, for more rows than are made at
// a time, for few, and for none.
func TestHeadLoss(t *testing.T) {
	for _, s := range []struct{ rows, d, v, every int }{{1, 1, 2, 1}, {5, 3, 7, 2}, {40, 16, 130, 3}, {700, 8, 33, 1}, {9, 8, 20, 100}} {
		d := roll(uint64(s.rows))
		y, w := d.floats(s.rows*s.d), d.floats(s.v*s.d)
		labels := make([]int32, s.rows)
		for i := range labels {
			labels[i] = -1
			if (i+1)%s.every == 0 {
				labels[i] = int32(d.IntN(s.v))
			}
		}
		what := fmt.Sprintf("head loss %+v", s)
		dy, dw := d.floats(len(y)), d.floats(len(w))
		ry, rw := make([]float32, len(y)), make([]float32, len(w))
		got, want := cpu.HeadLoss(dy, dw, y, w, labels, s.d, s.v, 0.7), ref.HeadLoss(ry, rw, y, w, labels, s.d, s.v, 0.7)
		if math.Abs(float64(got-want)) > 1e-5 || cpu.HeadLoss(nil, nil, y, w, labels, s.d, s.v, 0) != got {
			t.Errorf("%s is %g, expected %g", what, got, want)
		}
		near(t, what+" dy", dy, ry, 1e-5)
		near(t, what+" dw", dw, rw, 1e-5)
	}
}
