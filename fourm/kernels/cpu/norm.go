package cpu

// Layer normalisation over the last axis, and its derivatives. The statistics
// of a row are taken anew where they are needed: a row lies in the nearest
// cache while it is worked on.

// Norm computes y = (x - mean) / sqrt(var + eps) * g + b by rows; x and y are
// (R, D), g and b (D). b may be nil.
func Norm(y, x, g, b []float32, eps float32) {
	d := len(g)
	For(len(x)/d, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			x := x[r*d : r*d+d]
			mean, rstd := vec.moments(x, eps)
			vec.norm(y[r*d:r*d+d], x, g, b, mean, rstd)
		}
	})
}

// NormBack computes dx from dy: with h = (x - mean) rstd and e = dy g,
// dx = rstd (e - mean(e) - h mean(e h)).
func NormBack(dx, dy, x, g []float32, eps float32) {
	d := len(g)
	For(len(x)/d, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			x, dy := x[r*d:r*d+d], dy[r*d:r*d+d]
			mean, rstd := vec.moments(x, eps)
			se, sh := vec.normSums(dy, x, g, mean)
			vec.normBack(dx[r*d:r*d+d], dy, x, g, mean, rstd, se/float32(d), sh*rstd*rstd/float32(d))
		}
	})
}

// NormBackParam computes dg (D), the sum over rows of dy h, and db (D), the
// sum of dy. db may be nil.
func NormBackParam(dg, db, dy, x []float32, eps float32) {
	d := len(dg)
	width := d
	if db != nil {
		width = 2 * d
	}
	buf := borrow(width)
	sum := *buf
	sumInParts(sum, len(x)/d, func(part []float32, lo, hi int) {
		for r := lo; r < hi; r++ {
			x := x[r*d : r*d+d]
			mean, rstd := vec.moments(x, eps)
			vec.normParam(part[:d], part[d:], dy[r*d:r*d+d], x, mean, rstd)
		}
	})
	copy(dg, sum)
	copy(db, sum[d:])
	giveBack(buf)
}
