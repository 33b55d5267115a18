package cpu

// A linear map of few rows: a text that is read token by token, one row a
// sample. Its time is that of reading the weights, so they are read once and
// where they lie, which is what packing them would cost already.

import "unsafe"

// fewRows is up to how many rows the weights are read where they lie.
const fewRows = 4

// Linear computes y (rows, out) = x (rows, in) wᵀ, with w (out, in). A row of
// y depends on its row of x alone, and in the last bits on whether rows are
// more than 4.
func Linear(y, x, w []float32, rows, out, in int) {
	if rows > fewRows || in < 8 {
		Gemm(false, true, rows, out, in, x, in, w, in, y, out, false)
		return
	}
	checkGemm(false, true, rows, out, in, x, in, w, in, y, out)
	if rows == 0 {
		return
	}
	chunk := (1 + (1<<15)/in + 3) / 4 * 4
	For((out+chunk-1)/chunk, 1, func(lo, hi int) {
		lo, hi = lo*chunk, min(out, hi*chunk)
		for j := lo; j < hi; j += 4 {
			n := min(4, hi-j)
			for r := range rows {
				dots(y[r*out+j:r*out+j+n], x[r*in:r*in+in], w[j*in:])
			}
		}
	})
}

// dots gives the products of x with up to four rows of its length.
func dots(y, x, w []float32) {
	k := len(x)
	if len(y) < 4 || vec.dots4 == nil {
		for j := range y {
			y[j] = dot(x, w[j*k:j*k+k])
		}
		return
	}
	_ = w[4*k-1]
	vec.dots4(unsafe.Pointer(&y[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&w[0]), uintptr(4*k), uintptr(k/8))
	for l := k &^ 7; l < k; l++ {
		for j := range 4 {
			y[j] += x[l] * w[j*k+l]
		}
	}
}

// dot sums in eight parts, in the order of vec.dots4.
func dot(x, w []float32) float32 {
	var s [8]float32
	k := len(x) &^ 7
	for l := 0; l < k; l += 8 {
		for i := range s {
			s[i] += x[l+i] * w[l+i]
		}
	}
	sum := ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
	for l := k; l < len(x); l++ {
		sum += x[l] * w[l]
	}
	return sum
}
