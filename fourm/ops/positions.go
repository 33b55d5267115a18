package ops

// The fixed position tables (docs/4m.md, 4.4), in float32 and in the official
// order of operations: a phase of some hundreds is rounded by more than its
// sine may be off, so that other orders give other tables.

import "math"

// LinePositions gives (n, d): the sines of p w_i, then their cosines, with
// w_i = 10000^(-2i/d).
func LinePositions(n, d int) []float32 {
	t := make([]float32, n*d)
	for p := range n {
		waves(t[p*d:p*d+d], float32(p))
	}
	return t
}

// GridPositions gives (rows cols, d) for tokens in row-major order: the first
// half of each vector encodes the row, the second the column, which is how
// the official table lies (docs/4m.md, 4.4).
func GridPositions(rows, cols, d int) []float32 {
	t := make([]float32, rows*cols*d)
	for i := range rows * cols {
		v := t[i*d : i*d+d]
		waves(v[:d/2], float32(i/cols))
		waves(v[d/2:], float32(i%cols))
	}
	return t
}

func waves(v []float32, p float32) {
	n := len(v) / 2
	for i := range n {
		omega := 1 / float32(math.Pow(10000, float64(float32(i)/float32(n))))
		w := float64(p * omega)
		v[i], v[n+i] = float32(math.Sin(w)), float32(math.Cos(w))
	}
}
