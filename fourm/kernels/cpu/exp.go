package cpu

// exp in single precision (2 ulp): exp(x) = 2^n 2^f with n + f = x log2(e), f
// from -1/2 to 1/2, 2^f by a polynomial with the least relative error, 2^n by
// bits.

import "math"

const (
	log2e = 1.44269504088896341
	shift = 12582912 // 1.5 * 2^23: adding it rounds to a whole number
	expC1 = 0.693147
	expC2 = 0.24022242
	expC3 = 0.055507336
	expC4 = 0.009671513
	expC5 = 0.0013264727
)

// exp32 gives exp(x), zero below -88.03 and no more than 2^127.
func exp32(x float32) float32 {
	y := min(max(x*log2e, -127), 127)
	n := y + shift
	k := int32(math.Float32bits(n)) - 0x4B400000
	f := y - (n - shift)
	f2 := f * f
	p := (expC1*f + 1) + ((expC3*f+expC2)+(expC5*f+expC4)*f2)*f2
	return math.Float32frombits(math.Float32bits(p) + uint32(k)<<23)
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
