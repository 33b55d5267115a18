package optim_test

import (
	"math"
	"testing"

	"fourmlab/fourm/optim"
)

// The learning rate climbs to its peak, falls to nearly nothing, and is never
// 0 while it warms up.
func TestWarm(t *testing.T) {
	const warm, total = 10, 100
	for s := 1; s < total; s++ {
		a, b := optim.Warm(2, s-1, warm, total), optim.Warm(2, s, warm, total)
		if up := b > a; up != (s <= warm) || a <= 0 || b > 2 {
			t.Fatalf("steps %d and %d have %g and %g", s-1, s, a, b)
		}
	}
	if optim.Warm(2, warm, warm, total) != 2 || optim.Warm(2, total, warm, total) > 1e-9 || math.Abs(optim.Warm(2, 55, warm, total)-1) > 1e-9 {
		t.Error("the peak, the middle or the end is off")
	}
}
