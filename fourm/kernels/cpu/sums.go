package cpu

// Sums over many rows, in an order that only their number and width decide.

import "sync"

const (
	partRows  = 32      // the least rows that a part of a sum has
	mostParts = 32      // the most parts of a sum
	partRoom  = 1 << 18 // the most floats that its parts take together
)

// sumInParts computes sum (N), a sum over rows, on all workers: add adds rows
// lo to hi to a part of it, and the parts are added up in their order.
func sumInParts(sum []float32, rows int, add func(part []float32, lo, hi int)) {
	n := len(sum)
	most := max(1, min(mostParts, partRoom/max(n, 1)))
	per := max(partRows, (rows+most-1)/most)
	parts := (rows + per - 1) / per
	clear(sum)
	if parts <= 1 {
		add(sum, 0, rows)
		return
	}
	buf := borrow(parts * n)
	all := *buf
	For(parts, 1, func(lo, hi int) {
		for p := lo; p < hi; p++ {
			part := all[p*n : p*n+n]
			clear(part)
			add(part, p*per, min(rows, p*per+per))
		}
	})
	For(n, grain, func(lo, hi int) { addRows(sum[lo:hi], all[lo:], n, parts) })
	giveBack(buf)
}

// SumRows computes s (N), the sum of the rows of y (R, N).
func SumRows(s, y []float32) {
	n := len(s)
	if n == 0 {
		return
	}
	if rows := len(y) / n; rows < 2*partRows || 2*n > partRoom { // by columns
		clear(s)
		For(n, 1024, func(lo, hi int) {
			if rows > 0 {
				addRows(s[lo:hi], y[lo:], n, rows)
			}
		})
	} else {
		sumInParts(s, rows, func(part []float32, lo, hi int) { addRows(part, y[lo*n:], n, hi-lo) })
	}
}

// addRows adds rows of y, n apart, to s: four at a time, from the quarters of
// y, for memory gives several streams faster than one.
func addRows(s, y []float32, n, rows int) {
	q := rows / 4
	for r := range q {
		_ = y[(3*q+r)*n+len(s)-1]
		vec.addFour(s, y[r*n:], uintptr(q*n))
	}
	for r := 4 * q; r < rows; r++ {
		addSlice(s, s, y[r*n:])
	}
}

const squareParts = 64

// squareSums lends SumSquares room for the sums of its parts.
var squareSums = sync.Pool{New: func() any { return new([squareParts]float64) }}

// SumSquares gives the sum of the squares of x, in double precision and in an
// order that does not depend on the workers.
func SumSquares(x []float32) float64 {
	per := max(grain, (len(x)+squareParts-1)/squareParts)
	sums := squareSums.Get().(*[squareParts]float64)
	clear(sums[:])
	For((len(x)+per-1)/per, 1, func(lo, hi int) {
		for p := lo; p < hi; p++ {
			sums[p] = vec.squares(x[p*per : min(len(x), p*per+per)])
		}
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	squareSums.Put(sums)
	return total
}
