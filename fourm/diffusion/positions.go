package diffusion

// Positions of a grid from a table of another (docs/4m.md, 2.2).

import "math"

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

// bicubic gives them by bicubic interpolation: cell centres are mapped to cell
// centres, and what lies beyond the edge is as at the edge.
func (p positions) bicubic(rows, cols int) []float32 {
	if rows == p.side && cols == p.side {
		return p.nearest(rows, cols)
	}
	down, across := cubics(p.side, rows), cubics(p.side, cols)
	return p.each(rows, cols, func(r, c int, plane []float32) float32 {
		sum := float32(0)
		for i, y := range down[r].at {
			line := float32(0)
			for j, x := range across[c].at {
				line += across[c].weight[j] * plane[y*p.side+x]
			}
			sum += down[r].weight[i] * line
		}
		return sum
	})
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

// cubic says of which four cells one of the result is made.
type cubic struct {
	at     [4]int
	weight [4]float32
}

// cubics gives them for n cells of m, with PyTorch's coefficient of -0.75.
func cubics(m, n int) []cubic {
	const a = -0.75
	near := func(x float32) float32 { return ((a+2)*x-(a+3))*x*x + 1 }
	far := func(x float32) float32 { return ((a*x-5*a)*x+8*a)*x - 4*a }
	scale := float32(m) / float32(n)
	out := make([]cubic, n)
	for i := range out {
		x := scale*(float32(i)+0.5) - 0.5
		first := int(math.Floor(float64(x)))
		f := x - float32(first)
		out[i].weight = [4]float32{far(f + 1), near(f), near(1 - f), far(2 - f)}
		for k := range out[i].at {
			out[i].at[k] = min(max(first-1+k, 0), m-1)
		}
	}
	return out
}
