package cpu

// The nearest code of a codebook by cosine similarity.

import "math"

// Nearest writes into ids (R) the code of codes (K, D) that has the largest
// cosine with each row of z (R, D); the first one of equals.
func Nearest(ids []int32, z, codes []float32, d int) {
	k := len(codes) / d
	buf := borrow(len(codes))
	unit := *buf
	For(k, 1+grain/d, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			Unit(unit[i*d:i*d+d], codes[i*d:i*d+d])
		}
	})
	const rows = 64
	For(len(ids), rows, func(lo, hi int) {
		dots := borrow(rows * k)
		GemmSerial(false, true, hi-lo, k, d, z[lo*d:], d, unit, d, *dots, k, false)
		for r := lo; r < hi; r++ {
			row := (*dots)[(r-lo)*k : (r-lo)*k+k]
			best := 0
			for i, v := range row {
				if v > row[best] {
					best = i
				}
			}
			ids[r] = int32(best)
		}
		giveBack(dots)
	})
	giveBack(buf)
}

// Unit writes x / |x| into y; zeros stay zeros.
func Unit(y, x []float32) {
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	f := float32(0)
	if s > 0 {
		f = float32(1 / math.Sqrt(s))
	}
	for i, v := range x {
		y[i] = v * f
	}
}
