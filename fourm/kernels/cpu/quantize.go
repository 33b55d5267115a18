package cpu

// The nearest code of a codebook by cosine similarity.

import "math"

// Nearest writes into ids (R) the code of codes (K, D) that has the largest
// cosine with each row of z (R, D); the first one of equals.
func Nearest(ids []int32, z, codes []float32, d int) {
	const rows, block = 16, 256 // rows of z at a time, and codes
	k := len(codes) / d
	buf := borrow(len(codes))
	unit := *buf
	For(k, 1+grain/d, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			Unit(unit[i*d:i*d+d], codes[i*d:i*d+d])
		}
	})
	For((len(ids)+rows-1)/rows, 1, func(lo, hi int) {
		// z by columns, so that a row is a lane, and its dot products with a block
		work := borrow(d*lanes + d*rows + block*rows + 2*rows)
		zt, dense := (*work)[:d*lanes], (*work)[d*lanes:][:d*rows]
		dots, best := (*work)[d*lanes+d*rows:][:block*rows], (*work)[d*lanes+d*rows+block*rows:]
		for t := lo; t < hi; t++ {
			at := t * rows
			n := min(rows, len(ids)-at)
			clear(dense[copy(dense, z[at*d:(at+n)*d]):])
			transpose(zt, dense, rows, d)
			clear(best)
			for i := range rows {
				best[i] = float32(math.Inf(-1))
			}
			for c := 0; c < k; c += block {
				m := min(block, k-c)
				multiply(m, rows, d, unit[c*d:], d, 1, zt, lanes, dots, rows, false)
				vec.best(dots[:m*rows], best[:rows], best[rows:], float32(c))
			}
			for i := range n {
				ids[at+i] = int32(best[rows+i])
			}
		}
		giveBack(work)
	})
	giveBack(buf)
}

// Unit writes x / |x| into y; zeros stay zeros.
func Unit(y, x []float32) {
	s, f := vec.squares(x), float32(0)
	if s > 0 {
		f = float32(1 / math.Sqrt(s))
	}
	timesSlice(y, x, f)
}
