package cpu

// exp in single precision (2 ulp): x = n ln 2 + r, exp(r) by its Taylor
// polynomial, 2^n by bits.

import "math"

const (
	log2e = 1.44269504088896341
	ln2hi = 0.693359375
	ln2lo = -2.12194440e-4
	shift = 12582912 // 1.5 * 2^23: adding it rounds to a whole number
)

func exp32(x float32) float32 {
	x = min(max(x, -87), 88)
	n := x*log2e + shift
	k := int32(math.Float32bits(n)) - 0x4B400000
	n -= shift
	r := x - n*ln2hi
	r -= n * ln2lo
	p := float32(1.0 / 720)
	p = p*r + 1.0/120
	p = p*r + 1.0/24
	p = p*r + 1.0/6
	p = p*r + 0.5
	p = p*r + 1
	p = p*r + 1
	return p * math.Float32frombits(uint32(k+127)<<23)
}

// phi32 is the normal distribution function by Abramowitz and Stegun 7.1.26,
// absolute error 1e-7, and exp(-x²/2).
func phi32(x float32) (phi, e float32) {
	e = exp32(-0.5 * x * x)
	z := x * 0.70710678118
	if z < 0 {
		z = -z
	}
	t := 1 / (1 + 0.3275911*z)
	tail := 0.5 * e * t * (0.254829592 + t*(-0.284496736+t*(1.421413741+t*(-1.453152027+t*1.061405429))))
	if x < 0 {
		return tail, e
	}
	return 1 - tail, e
}
