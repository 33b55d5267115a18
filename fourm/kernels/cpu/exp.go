package cpu

// exp and the logistic function in single precision (2 ulp): x = n ln 2 + r,
// exp(r) by its Taylor polynomial, 2^n by bits. Over slices the processor's
// vector unit does eight at a time where it can.

import (
	"math"
	"unsafe"
)

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

// expEights and sigmoidEights, where set, do 8 numbers times eights.
var expEights, sigmoidEights func(dst, src unsafe.Pointer, eights uintptr)

// expSlice computes y = exp(x); y may be x.
func expSlice(y, x []float32) {
	i := 0
	if n := len(x) / 8; expEights != nil && n > 0 {
		_ = y[8*n-1]
		expEights(unsafe.Pointer(&y[0]), unsafe.Pointer(&x[0]), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		y[i] = exp32(x[i])
	}
}

// sigmoidSlice computes y = 1 / (1 + exp(-x)); y may be x.
func sigmoidSlice(y, x []float32) {
	i := 0
	if n := len(x) / 8; sigmoidEights != nil && n > 0 {
		_ = y[8*n-1]
		sigmoidEights(unsafe.Pointer(&y[0]), unsafe.Pointer(&x[0]), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		y[i] = 1 / (1 + exp32(-x[i]))
	}
}
