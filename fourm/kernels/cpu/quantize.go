package cpu

// The code of a codebook that lies nearest, by cosine, distance or product.

import "math"

// Nearest writes into ids (R) the code of codes (K, D) that has the largest
// cosine with each row of z (R, D); the first one of equals.
func Nearest(ids []int32, z, codes []float32, d int) {
	search(ids, z, d, d, len(codes)/d, func(to []float32, i int) { Unit(to, codes[i*d:i*d+d]) })
}

// NearestPoint is Nearest by the Euclidean distance.
func NearestPoint(ids []int32, z, codes []float32, d int) {
	// |z - c|² is |z|² - 2 (z c - |c|²/2): the last is one more column, of which z has 1
	search(ids, z, d, d+1, len(codes)/d, func(to []float32, i int) {
		c := codes[i*d : i*d+d]
		to[copy(to, c)] = float32(-vec.squares(c) / 2)
	})
}

// NearestProduct is Nearest by the largest product z c.
func NearestProduct(ids []int32, z, codes []float32, d int) {
	search(ids, z, d, d, len(codes)/d, func(to []float32, i int) { copy(to, codes[i*d:i*d+d]) })
}

// search finds for each row of z (R, D) the first of k codes with the largest
// product, block by block, so that no more than a block of products is kept.
// put writes code i, of width numbers; those beyond D meet a 1 in z.
func search(ids []int32, z []float32, d, width, k int, put func(to []float32, i int)) {
	const rows, block = 16, 256 // rows of z at a time, and codes
	buf := borrow(k * width)
	code := *buf
	For(k, 1+grain/width, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			put(code[i*width:i*width+width], i)
		}
	})
	For((len(ids)+rows-1)/rows, 1, func(lo, hi int) {
		// z by columns, so that a row is a lane, and its products with a block
		work := borrow(width*lanes + width*rows + block*rows + 2*rows)
		zt, dense := (*work)[:width*lanes], (*work)[width*lanes:][:width*rows]
		dots, best := (*work)[width*lanes+width*rows:][:block*rows], (*work)[width*lanes+width*rows+block*rows:]
		for t := lo; t < hi; t++ {
			at := t * rows
			n := min(rows, len(ids)-at)
			for i := range rows {
				row := dense[i*width : i*width+width]
				clear(row)
				if i < n {
					for j := copy(row, z[(at+i)*d:(at+i)*d+d]); j < width; j++ {
						row[j] = 1
					}
				}
			}
			transpose(zt, dense, rows, width)
			clear(best)
			for i := range rows {
				best[i] = float32(math.Inf(-1))
			}
			for c := 0; c < k; c += block {
				m := min(block, k-c)
				multiply(m, rows, width, code[c*width:], width, 1, zt, lanes, dots, rows, false)
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

// UnitBack computes dx of Unit from dy, d numbers a row: (dy - u (u dy)) / |x|
// with u = x / |x|. A row of zeros has a gradient of zeros.
func UnitBack(dx, dy, x []float32, d int) {
	For(len(x)/d, 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			x, dy, dx := x[r*d:r*d+d], dy[r*d:r*d+d], dx[r*d:r*d+d]
			s, along := vec.squares(x), 0.0
			if s == 0 {
				clear(dx)
				continue
			}
			for i, v := range x {
				along += float64(v) * float64(dy[i])
			}
			f, norm := along/s, math.Sqrt(s)
			for i, v := range x {
				dx[i] = float32((float64(dy[i]) - float64(v)*f) / norm)
			}
		}
	})
}
