package diffusion

// Positions of a grid from a table of another (docs/4m.md, 2.2).

import "fourmlab/fourm/ops"

// positions is a table as it lies in files: (D, side, side).
type positions struct {
	side, dim int
	data      []float32
}

// nearest gives the positions of a grid (rows, cols, D), each the nearest.
func (p positions) nearest(rows, cols int) []float32 {
	return p.each(rows, cols, func(r, c int, plane []float32) float32 {
		return plane[nearest(r, p.side, rows)*p.side+nearest(c, p.side, cols)]
	})
}

// bicubic gives them by bicubic interpolation.
func (p positions) bicubic(rows, cols int) []float32 {
	return ops.StretchPositions(p.nearest(p.side, p.side), p.side, p.side, rows, cols)
}

func (p positions) each(rows, cols int, f func(r, c int, plane []float32) float32) []float32 {
	out := make([]float32, rows*cols*p.dim)
	size := p.side * p.side
	for i := range out {
		k := i % p.dim
		out[i] = f(i/p.dim/cols, i/p.dim%cols, p.data[k*size:(k+1)*size])
	}
	return out
}
