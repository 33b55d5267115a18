package cpu

// Layer normalisation over the last axis, and its derivatives.

import "math"

// moments gives the mean and 1 / sqrt(var + eps) of a row.
func moments(x []float32, eps float32) (mean, rstd float32) {
	mean = sumSlice(x) / float32(len(x))
	q := squaresSlice(x, mean)
	return mean, float32(1 / math.Sqrt(float64(q/float32(len(x))+eps)))
}

// Norm computes y = (x - mean) / sqrt(var + eps) * g + b by rows; x and y are
// (R, D), g and b (D). b may be nil.
func Norm(y, x, g, b []float32, eps float32) {
	d := len(g)
	For(len(x)/d, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			x, y := x[r*d:r*d+d], y[r*d:r*d+d]
			mean, rstd := moments(x, eps)
			if b == nil {
				for i := range y {
					y[i] = (x[i] - mean) * rstd * g[i]
				}
				continue
			}
			for i := range y {
				y[i] = (x[i]-mean)*rstd*g[i] + b[i]
			}
		}
	})
}

// NormBack computes dx from dy: with h = (x - mean) rstd and e = dy g,
// dx = rstd (e - mean(e) - h mean(e h)).
func NormBack(dx, dy, x, g []float32, eps float32) {
	d := len(g)
	For(len(x)/d, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			x, dy, dx := x[r*d:r*d+d], dy[r*d:r*d+d], dx[r*d:r*d+d]
			mean, rstd := moments(x, eps)
			var se, sh float32
			for i := range x {
				e := dy[i] * g[i]
				se += e
				sh += e * (x[i] - mean)
			}
			se /= float32(d)
			sh *= rstd * rstd / float32(d)
			for i := range x {
				dx[i] = rstd * (dy[i]*g[i] - se - (x[i]-mean)*sh)
			}
		}
	})
}

// NormBackParam computes dg (D), the sum over rows of dy h, and db (D), the
// sum of dy. db may be nil.
func NormBackParam(dg, db, dy, x []float32, eps float32) {
	d := len(dg)
	rows := len(x) / d
	buf := borrow(2 * rows)
	st := *buf
	For(rows, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			st[2*r], st[2*r+1] = moments(x[r*d:r*d+d], eps)
		}
	})
	clear(dg)
	clear(db)
	For(d, 64, func(lo, hi int) {
		dg := dg[lo:hi]
		for r := range rows {
			mean, rstd := st[2*r], st[2*r+1]
			x, dy := x[r*d+lo:r*d+hi], dy[r*d+lo:r*d+hi]
			for i := range dg {
				dg[i] += dy[i] * (x[i] - mean) * rstd
			}
			if db != nil {
				db := db[lo:hi]
				for i := range db {
					db[i] += dy[i]
				}
			}
		}
	})
	giveBack(buf)
}
