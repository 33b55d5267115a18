package vq

// Position tables of one grid for another (docs/4m.md, 2.2).

import (
	"math"

	"fourmlab/fourm/ops"
)

// table is positions (rows cols, d) of a grid.
type table struct {
	rows, cols int
	data       []float32
}

// officialTable is the table of the official code: its cells are numbered by
// columns, those of the grid by rows (docs/4m.md, 11.11).
func officialTable(rows, cols, d int) table {
	return table{rows, cols, ops.GridPositions(cols, rows, d)}
}

// stretch gives the positions of a grid of other sizes, by bicubic interpolation:
// cell centres are mapped to cell centres, and what lies beyond the edge is as at
// the edge.
func (t table) stretch(rows, cols int) []float32 {
	if rows == t.rows && cols == t.cols {
		return t.data
	}
	d := len(t.data) / (t.rows * t.cols)
	out := make([]float32, rows*cols*d)
	down, across := taps(t.rows, rows), taps(t.cols, cols)
	line := make([]float32, d)
	for r, y := range down {
		for c, x := range across {
			to := out[(r*cols+c)*d:][:d]
			for i, row := range y.at {
				clear(line)
				for j, col := range x.at {
					for k, v := range t.data[(row*t.cols+col)*d:][:d] {
						line[k] += x.weight[j] * v
					}
				}
				for k, v := range line {
					to[k] += y.weight[i] * v
				}
			}
		}
	}
	return out
}

// tap says of which four cells one of the result is made.
type tap struct {
	at     [4]int
	weight [4]float32
}

// taps gives them for n cells of m.
func taps(m, n int) []tap {
	const a = -0.75
	near := func(x float64) float64 { return ((a+2)*x-(a+3))*x*x + 1 }
	far := func(x float64) float64 { return ((a*x-5*a)*x+8*a)*x - 4*a }
	scale := float64(m) / float64(n)
	out := make([]tap, n)
	for i := range out {
		x := scale*(float64(i)+0.5) - 0.5
		first := int(math.Floor(x))
		f := x - float64(first)
		out[i].weight = [4]float32{float32(far(f + 1)), float32(near(f)), float32(near(1 - f)), float32(far(2 - f))}
		for k := range 4 {
			out[i].at[k] = min(max(first-1+k, 0), m-1)
		}
	}
	return out
}
