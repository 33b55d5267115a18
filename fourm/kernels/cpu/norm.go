package cpu

// Layer normalisation over the last axis, or over groups of some columns, and
// its derivatives. The statistics of a row are taken anew where they are
// needed: a row lies in the nearest cache while it is worked on.

// Columns are those from From to before To of rows of Width numbers, which are
// normalised in groups of as many as the gain has: queries and keys head by
// head, where they lie packed side by side.
type Columns struct{ Width, From, To int }

// groups gives how many groups of d there are in a slice of so many numbers.
func (c Columns) groups(numbers, d int) int { return numbers / c.Width * ((c.To - c.From) / d) }

// at is where group i of d begins.
func (c Columns) at(i, d int) int {
	each := (c.To - c.From) / d
	return i/each*c.Width + c.From + i%each*d
}

// Norm computes y = (x - mean) / sqrt(var + eps) * g + b by rows; x and y are
// (R, D), g and b (D). b may be nil.
func Norm(y, x, g, b []float32, eps float32) {
	NormColumns(y, x, g, b, eps, Columns{len(g), 0, len(g)})
}

// NormColumns is Norm in some columns of x and y; it leaves the others of y
// alone.
func NormColumns(y, x, g, b []float32, eps float32, c Columns) {
	d := len(g)
	For(c.groups(len(x), d), 1+grain/d, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at := c.at(i, d)
			x := x[at : at+d]
			mean, rstd := vec.moments(x, eps)
			vec.norm(y[at:at+d], x, g, b, mean, rstd)
		}
	})
}

// NormBack computes dx from dy: with h = (x - mean) rstd and e = dy g,
// dx = rstd (e - mean(e) - h mean(e h)).
func NormBack(dx, dy, x, g []float32, eps float32) {
	NormBackColumns(dx, dy, x, g, eps, Columns{len(g), 0, len(g)})
}

// NormBackColumns is NormBack in some columns of all three; it leaves the
// others of dx alone.
func NormBackColumns(dx, dy, x, g []float32, eps float32, c Columns) {
	d := len(g)
	For(c.groups(len(x), d), 1+grain/d, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at := c.at(i, d)
			x, dy := x[at:at+d], dy[at:at+d]
			mean, rstd := vec.moments(x, eps)
			se, sh := vec.normSums(dy, x, g, mean)
			vec.normBack(dx[at:at+d], dy, x, g, mean, rstd, se/float32(d), sh*rstd*rstd/float32(d))
		}
	})
}

// NormBackParam computes dg (D), the sum over rows of dy h, and db (D), the
// sum of dy. db may be nil.
func NormBackParam(dg, db, dy, x []float32, eps float32) {
	NormBackParamColumns(dg, db, dy, x, eps, Columns{len(dg), 0, len(dg)})
}

// NormBackParamColumns is NormBackParam over the groups of some columns.
func NormBackParamColumns(dg, db, dy, x []float32, eps float32, c Columns) {
	d := len(dg)
	width := d
	if db != nil {
		width = 2 * d
	}
	buf := borrow(width)
	sum := *buf
	sumInParts(sum, c.groups(len(x), d), func(part []float32, lo, hi int) {
		for i := lo; i < hi; i++ {
			at := c.at(i, d)
			x := x[at : at+d]
			mean, rstd := vec.moments(x, eps)
			vec.normParam(part[:d], part[d:], dy[at:at+d], x, mean, rstd)
		}
	})
	copy(dg, sum)
	copy(db, sum[d:])
	giveBack(buf)
}
