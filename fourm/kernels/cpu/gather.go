package cpu

// Rows from tables, and gradients back into them: token, position and
// modality embeddings.

import "unsafe"

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
	clearAll(dtable)
	ScatterAdd(dtable, dout, index, t, d)
}

// ScatterAdd is Scatter added to what dtable holds, which must not be dout.
// Work is split by columns, so that a row's sum has the order of its places.
func ScatterAdd(dtable, dout []float32, index []int32, t int32, d int) {
	For(d, 64, func(lo, hi int) {
		for i := 0; i+1 < len(index); i += 2 {
			if index[i] != t || index[i+1] < 0 {
				continue
			}
			r := int(index[i+1])
			dst := dtable[r*d+lo : r*d+hi]
			addSlice(dst, dst, dout[i/2*d+lo:i/2*d+hi])
		}
	})
}

// clearAll clears x on all workers; a large x past the cache, where it would take
// the place of what is in use.
func clearAll(x []float32) {
	const block = 1 << 15
	if len(x) < 8*block {
		clear(x)
		return
	}
	head := int(-uintptr(unsafe.Pointer(&x[0])) / 4 & 7) // to a multiple of 32 bytes
	clear(x[:head])
	x = x[head:]
	n := len(x) / 32 * 32
	For(n, block, func(lo, hi int) { vec.zero(x[lo:hi]) })
	clear(x[n:])
}
