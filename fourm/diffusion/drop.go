package diffusion

// Conditions left out in training, so that a decoder also learns what pictures
// are like without them: guidance needs that (Ho and Salimans, arXiv
// 2207.12598).

import (
	"math/rand/v2"

	"fourmlab/internal/fault"
)

// Drop hides the conditions of a share, 0 to 1, of the pictures: all of their
// places, but for some number of them from low to high, drawn evenly, at random
// places. With low and high 0 nothing of them is left. What is hidden already
// stays so.
func (c Condition) Drop(r *rand.Rand, share float64, low, high int) Condition {
	n := c.H * c.W
	if !(share >= 0 && share <= 1) || low < 0 || high < low || high > n {
		fault.Panic("Condition.Drop", "a share of %g and %d to %d places, expected 0 to 1 and at most %d", share, low, high, n)
	}
	hidden := make([]bool, c.B*n)
	copy(hidden, c.Hidden)
	for b := range c.B {
		if r.Float64() >= share {
			continue
		}
		kept := low + r.IntN(high-low+1)
		for _, i := range r.Perm(n)[kept:] {
			hidden[b*n+i] = true
		}
	}
	c.Hidden = hidden
	return c
}
