package ops

// Position tables of one grid for another (docs/4m.md, 2.2).

import "math"

// StretchPositions gives the positions (toRows toCols, d) of a grid of other
// sizes than a table's (rows cols, d), by bicubic interpolation with PyTorch's
// coefficient of -0.75: cell centres are mapped to cell centres, and what lies
// beyond the edge is as at the edge. Of the same sizes it is the table itself.
func StretchPositions(table []float32, rows, cols, toRows, toCols int) []float32 {
	if toRows == rows && toCols == cols {
		return table
	}
	d := len(table) / (rows * cols)
	out := make([]float32, toRows*toCols*d)
	down, across := cubics(rows, toRows), cubics(cols, toCols)
	line := make([]float32, d)
	for r, y := range down {
		for c, x := range across {
			to := out[(r*toCols+c)*d:][:d]
			for i, row := range y.at {
				clear(line)
				for j, col := range x.at {
					for k, v := range table[(row*cols+col)*d:][:d] {
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

// cubic says of which four cells one of the result is made.
type cubic struct {
	at     [4]int
	weight [4]float32
}

// cubics gives them for n cells of m.
func cubics(m, n int) []cubic {
	const a = -0.75
	near := func(x float64) float64 { return ((a+2)*x-(a+3))*x*x + 1 }
	far := func(x float64) float64 { return ((a*x-5*a)*x+8*a)*x - 4*a }
	scale := float64(m) / float64(n)
	out := make([]cubic, n)
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
