package cpu

// Functions over slices: eight numbers at a time in the processor's vector
// unit where it has one, the rest one by one.

import "unsafe"

// vector holds what the vector unit does, each for 8 numbers times eights;
// nil where there is none.
type vector struct {
	sigmoid func(dst, src unsafe.Pointer, eights uintptr)
	phi     func(phi, e, src unsafe.Pointer, eights uintptr)
	expRow  func(dst, src unsafe.Pointer, eights uintptr, top, scale float32) float32
	max     func(src unsafe.Pointer, eights uintptr) float32
	add     func(dst, a, b unsafe.Pointer, eights uintptr)
	sum     func(src unsafe.Pointer, eights uintptr) float32
	squares func(src unsafe.Pointer, eights uintptr, mean float32) float32
}

var vec vector

func at(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// sigmoidSlice computes y = 1 / (1 + exp(-x)); y may be x.
func sigmoidSlice(y, x []float32) {
	y = y[:len(x)]
	i := 0
	if n := len(x) / 8; vec.sigmoid != nil && n > 0 {
		vec.sigmoid(at(y), at(x), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		y[i] = 1 / (1 + exp32(-x[i]))
	}
}

// phiSlice computes phi = Phi(x) and e = exp(-x²/2).
func phiSlice(phi, e, x []float32) {
	phi, e = phi[:len(x)], e[:len(x)]
	i := 0
	if n := len(x) / 8; vec.phi != nil && n > 0 {
		vec.phi(at(phi), at(e), at(x), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		phi[i], e[i] = phi32(x[i])
	}
}

// expRow computes y = exp((x - top) scale) and gives its sum; y may be x.
func expRow(y, x []float32, top, scale float32) float32 {
	y = y[:len(x)]
	i, sum := 0, float32(0)
	if n := len(x) / 8; vec.expRow != nil && n > 0 {
		sum = vec.expRow(at(y), at(x), uintptr(n), top, scale)
		i = 8 * n
	}
	for ; i < len(x); i++ {
		y[i] = exp32((x[i] - top) * scale)
		sum += y[i]
	}
	return sum
}

// maxSlice gives the largest of at least one number.
func maxSlice(x []float32) float32 {
	top, i := x[0], 0
	if n := len(x) / 8; vec.max != nil && n > 0 {
		top = vec.max(at(x), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		top = max(top, x[i])
	}
	return top
}

// addSlice computes y = a + b; y may be a or b.
func addSlice(y, a, b []float32) {
	a, b = a[:len(y)], b[:len(y)]
	i := 0
	if n := len(y) / 8; vec.add != nil && n > 0 {
		vec.add(at(y), at(a), at(b), uintptr(n))
		i = 8 * n
	}
	for ; i < len(y); i++ {
		y[i] = a[i] + b[i]
	}
}

// sumSlice gives the sum of x.
func sumSlice(x []float32) float32 {
	i, s := 0, float32(0)
	if n := len(x) / 8; vec.sum != nil && n > 0 {
		s = vec.sum(at(x), uintptr(n))
		i = 8 * n
	}
	for ; i < len(x); i++ {
		s += x[i]
	}
	return s
}

// squaresSlice gives the sum of (x - mean)².
func squaresSlice(x []float32, mean float32) float32 {
	i, s := 0, float32(0)
	if n := len(x) / 8; vec.squares != nil && n > 0 {
		s = vec.squares(at(x), uintptr(n), mean)
		i = 8 * n
	}
	for ; i < len(x); i++ {
		s += (x[i] - mean) * (x[i] - mean)
	}
	return s
}
