package ops

// The fixed position tables (inventory 4.4).

import "math"

// LinePositions gives (n, d): the sines of p w_i, then their cosines, with
// w_i = 10000^(-2i/d).
func LinePositions(n, d int) []float32 {
	t := make([]float32, n*d)
	for p := range n {
		waves(t[p*d:p*d+d], float64(p))
	}
	return t
}

// GridPositions gives (rows cols, d) for tokens in row-major order: the first
// half of each vector encodes the row, the second the column, which is how
// the official table lies (summary, B1).
func GridPositions(rows, cols, d int) []float32 {
	t := make([]float32, rows*cols*d)
	for i := range rows * cols {
		v := t[i*d : i*d+d]
		waves(v[:d/2], float64(i/cols))
		waves(v[d/2:], float64(i%cols))
	}
	return t
}

func waves(v []float32, p float64) {
	n := len(v) / 2
	for i := range n {
		w := p * math.Pow(10000, -float64(i)/float64(n))
		v[i], v[n+i] = float32(math.Sin(w)), float32(math.Cos(w))
	}
}
