package ops_test

import (
	"math"
	"slices"
	"testing"

	"fourmlab/fourm/ops"
)

// A table of 2x3 on a grid of 3x4, as PyTorch's F.interpolate makes it (bicubic,
// align_corners false); the same grid is the same table.
func TestStretchPositions(t *testing.T) {
	table := []float32{0, 1, 4, 2, 5, 3}
	want := []float32{-0.23292717, -0.02228636, 1.98102522, 4.33329201, 0.85644531, 2.22436523, 3.39990234, 3.53588867, 1.94581759, 4.47101641, 4.81878042, 2.73848677}
	got := ops.StretchPositions(table, 2, 3, 3, 4)
	for i, v := range want {
		if math.Abs(float64(got[i]-v)) > 2e-6 {
			t.Errorf("place %d is %g, expected %g", i, got[i], v)
		}
	}
	if !slices.Equal(ops.StretchPositions(table, 2, 3, 2, 3), table) {
		t.Error("the table of the same grid is another")
	}
}
