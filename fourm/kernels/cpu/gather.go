package cpu

// Rows from tables, and gradients back into them: token, position and
// modality embeddings.

// Gather writes out (N, D): row i is row index[2i+1] of tables[index[2i]], or
// zeros where either is negative.
func Gather(out []float32, index []int32, tables [][]float32, d int) {
	For(len(index)/2, 1+grain/d, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			t, r := index[2*i], int(index[2*i+1])
			row := out[i*d : i*d+d]
			if t < 0 || r < 0 {
				clear(row)
				continue
			}
			copy(row, tables[t][r*d:r*d+d])
		}
	})
}

// Scatter computes dtable (R, D), the gradient of table number t: the sum of
// dout's rows over the places that show each row.
func Scatter(dtable, dout []float32, index []int32, t int32, d int) {
	clear(dtable)
	For(d, 64, func(lo, hi int) {
		for i := 0; i < len(index); i += 2 {
			if index[i] != t || index[i+1] < 0 {
				continue
			}
			r := int(index[i+1])
			dst := dtable[r*d+lo : r*d+hi]
			addSlice(dst, dst, dout[i/2*d+lo:i/2*d+hi])
		}
	})
}
