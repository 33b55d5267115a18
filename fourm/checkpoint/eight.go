package checkpoint

// Numbers of 8 bits (Micikevicius et al. 2022, arXiv 2209.05433; the scales of
// OCP's Microscaling Formats 1.0): every value is exact in float32.

import "math"

// eights holds what each byte stands for, by type.
var eights = [3][256]float32{}

func eighth(dtype string) int {
	switch dtype {
	case "F8_E4M3":
		return 0
	case "F8_E5M2":
		return 1
	}
	return 2 // F8_E8M0
}

func init() {
	nan := float32(math.NaN())
	for i := range 256 {
		sign := 1 - 2*float64(i>>7)
		// E4M3: 4 bits of exponent, 3 of fraction, no infinities, one NaN a sign.
		exp, frac := i>>3&15, float64(i&7)
		switch {
		case i&127 == 127:
			eights[0][i] = nan
		case exp == 0:
			eights[0][i] = float32(math.Ldexp(sign*frac, -9))
		default:
			eights[0][i] = float32(math.Ldexp(sign*(8+frac), exp-10))
		}
		// E5M2: the upper half of a half-precision number.
		eights[1][i] = fromHalf(uint16(i) << 8)
		// E8M0: a power of two.
		eights[2][i] = float32(math.Ldexp(1, i-127))
	}
	eights[2][255] = nan
}
