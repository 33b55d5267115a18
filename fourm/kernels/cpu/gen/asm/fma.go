package asm

import "math"

// FMA is x y + z with one rounding, as the processor does it.
//
// The product is exact in double precision; the sum is rounded to odd there,
// which keeps what decides the rounding to single precision.
func FMA(x, y, z float32) float32 {
	p, c := float64(x)*float64(y), float64(z)
	s := p + c
	// what the sum lost (Knuth's two-sum)
	b := s - p
	lost := (p - (s - b)) + (c - b)
	if lost != 0 && math.Float64bits(s)&1 == 0 && !math.IsNaN(lost) {
		if (lost > 0) == (s > 0) {
			s = math.Float64frombits(math.Float64bits(s) + 1)
		} else {
			s = math.Float64frombits(math.Float64bits(s) - 1)
		}
	}
	return float32(s)
}
