package cpu

// Tables of which a step reads few rows: a vocabulary of 30,000 words and a
// batch of 1,000. Their gradients are those rows alone, and the optimiser
// leaves the memory of rows that were never read as it is.

// ScatterRows is Scatter without the table: out (N, D) gets at the first place
// that shows a row the sum of dout over all that show it, and zeros elsewhere.
// It reads nothing of row 0 where pad is true. first (R) is scratch, -1
// everywhere before and after.
func ScatterRows(out, dout []float32, index []int32, t int32, d int, pad bool, first []int32) {
	for i := 0; i < len(index); i += 2 {
		row := out[i/2*d : i/2*d+d]
		r := index[i+1]
		if index[i] != t || r < 0 || r == 0 && pad {
			clear(row)
			continue
		}
		from := dout[i/2*d : i/2*d+d]
		if k := first[r]; k >= 0 {
			to := out[int(k)*d : int(k)*d+d]
			addSlice(to, to, from)
			clear(row)
			continue
		}
		first[r] = int32(i / 2)
		copy(row, from)
	}
	for i := 0; i < len(index); i += 2 {
		if r := index[i+1]; index[i] == t && r >= 0 {
			first[r] = -1
		}
	}
}

// AdamWRows is AdamW for a table p (R, D) whose row r has the gradient at row
// at[r] of g, or none where that is negative. seen tells by row whether m or v
// may differ from zero, and is kept up. Every number becomes what AdamW with a
// whole table of gradients makes it.
func AdamWRows(p, g, m, v []float32, d int, at []int32, seen []bool, step int, lr, beta1, beta2, eps, decay, scale float64) {
	c := adamwOf(step, lr, beta1, beta2, eps, decay, scale)
	zeros := make([]float32, d)
	For(len(at), 1+grain/d, func(lo, hi int) {
		for r := lo; r < hi; {
			if at[r] < 0 && !seen[r] {
				from := r
				for r < hi && at[r] < 0 && !seen[r] {
					r++
				}
				if c.keep != 1 {
					timesSlice(p[from*d:r*d], p[from*d:r*d], c.keep)
				}
				continue
			}
			dr := zeros
			if k := int(at[r]); k >= 0 {
				dr, seen[r] = g[k*d:k*d+d], true
			}
			c.slice(p[r*d:r*d+d], dr, m[r*d:r*d+d], v[r*d:r*d+d])
			r++
		}
	})
}
