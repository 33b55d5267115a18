package cpu

// The matrix product. B is packed into panels of 16 columns that stay in the
// cache; A is read in place; the inner kernel keeps a tile of up to 6 x 16
// sums in registers. Work is cut into tiles of C, so that no two workers ever
// add to the same element.

import "unsafe"

const (
	tileRows  = 6   // rows of the inner kernel
	tileCols  = 16  // columns of a panel
	blockK    = 320 // depth of a panel: 16 x 320 floats are 20 KiB
	blockRows = 96  // most rows of C that a task computes
	packLimit = 1 << 21
)

// inner computes one tile: rows x 16 sums over k, from A at a with the given
// strides (in floats) and the packed panel b, stored to or added to c.
type inner func(rows, k int, a unsafe.Pointer, rowStride, colStride int, b, c unsafe.Pointer, ldc int, add bool)

var tile inner = tileGo

// Gemm computes C = op(A) op(B), or adds it to C. op(A) is (m, k): A itself
// with row stride lda, or A's transpose when transA (A is (k, m)). op(B) is
// (k, n) in the same way. C is (m, n) with row stride ldc.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		clearUnlessAdding(m, n, c, ldc, add)
		return
	}
	poolOnce.Do(startPool)
	// columns per round, so that the packed part of B stays bounded
	width := max(packLimit/k/tileCols, 1) * tileCols
	for n0 := 0; n0 < n; n0 += width {
		w := min(width, n-n0)
		panels := (w + tileCols - 1) / tileCols
		buf := borrow(panels*tileCols*k + tileCols)
		pack := *buf
		For(panels, 1+(1<<14)/(tileCols*k), func(lo, hi int) {
			for p := lo; p < hi; p++ {
				packPanel(transB, k, min(tileCols, w-p*tileCols), b, ldb, n0+p*tileCols, pack[p*tileCols*k:])
			}
		})
		cols := (panels + 1) / 2
		if panels*tileCols < 256 || m >= 8*blockRows {
			cols = panels
		}
		strips := (panels + cols - 1) / cols
		// blocks small enough that every worker gets several
		rows := min(blockRows, max(m*strips/(4*workers)/tileRows, 2)*tileRows)
		blocks := (m + rows - 1) / rows
		For(blocks*strips, 1, func(lo, hi int) {
			for t := lo; t < hi; t++ {
				m0, p0 := t/strips*rows, t%strips*cols
				block(transA, m0, min(m, m0+rows), p0, min(panels, p0+cols), w, k, a, lda, pack, c[n0:], ldc, add)
			}
		})
		giveBack(buf)
	}
}

// GemmSerial is Gemm on the calling goroutine, for use inside a task.
func GemmSerial(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		clearUnlessAdding(m, n, c, ldc, add)
		return
	}
	panels := (n + tileCols - 1) / tileCols
	buf := borrow(panels*tileCols*k + tileCols)
	for p := range panels {
		packPanel(transB, k, min(tileCols, n-p*tileCols), b, ldb, p*tileCols, (*buf)[p*tileCols*k:])
	}
	block(transA, 0, m, 0, panels, n, k, a, lda, *buf, c, ldc, add)
	giveBack(buf)
}

func checkGemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	need := func(rows, cols, ld, have int) bool {
		return rows == 0 || cols == 0 || ld >= cols && have >= (rows-1)*ld+cols
	}
	ar, ac, br, bc := m, k, k, n
	if transA {
		ar, ac = k, m
	}
	if transB {
		br, bc = n, k
	}
	if m < 0 || n < 0 || k < 0 || !need(ar, ac, lda, len(a)) || !need(br, bc, ldb, len(b)) || !need(m, n, ldc, len(c)) {
		panic("cpu.Gemm: slices too short for their shapes")
	}
}

func clearUnlessAdding(m, n int, c []float32, ldc int, add bool) {
	if add {
		return
	}
	for i := range m {
		clear(c[i*ldc : i*ldc+n])
	}
}

// packPanel writes columns j0 to j0+cols of op(B) as (k, 16), zeros to the
// right of the last column.
func packPanel(transB bool, k, cols int, b []float32, ldb, j0 int, dst []float32) {
	if !transB {
		for kk := range k {
			d := dst[kk*tileCols : kk*tileCols+tileCols]
			s := b[kk*ldb+j0 : kk*ldb+j0+cols]
			if cols == tileCols {
				*(*[tileCols]float32)(d) = [tileCols]float32(s)
				continue
			}
			copy(d, s)
			clear(d[cols:])
		}
		return
	}
	if cols < tileCols {
		clear(dst[:k*tileCols])
	}
	j := 0
	for ; j+4 <= cols; j += 4 { // four rows of B at a time fill a quarter of a line
		at := (j0 + j) * ldb
		s0, s1, s2, s3 := b[at:at+k], b[at+ldb:at+ldb+k], b[at+2*ldb:at+2*ldb+k], b[at+3*ldb:at+3*ldb+k]
		for kk, v := range s0 {
			d := (*[4]float32)(dst[kk*tileCols+j:])
			d[0], d[1], d[2], d[3] = v, s1[kk], s2[kk], s3[kk]
		}
	}
	for ; j < cols; j++ {
		s := b[(j0+j)*ldb : (j0+j)*ldb+k]
		for kk, v := range s {
			dst[kk*tileCols+j] = v
		}
	}
}

// block computes rows m0 to m1 of panels p0 to p1.
func block(transA bool, m0, m1, p0, p1, n, k int, a []float32, lda int, pack, c []float32, ldc int, add bool) {
	rs, cs := lda, 1
	if transA {
		rs, cs = 1, lda
	}
	var edge [tileRows * tileCols]float32
	for k0 := 0; k0 < k; k0 += blockK {
		kc := min(blockK, k-k0)
		plus := add || k0 > 0
		for p := p0; p < p1; p++ {
			w := min(tileCols, n-p*tileCols)
			bp := unsafe.Pointer(&pack[p*tileCols*k+k0*tileCols])
			for i := m0; i < m1; i += tileRows {
				r := min(tileRows, m1-i)
				ap := unsafe.Pointer(&a[i*rs+k0*cs])
				at := i*ldc + p*tileCols
				if w == tileCols {
					tile(r, kc, ap, rs, cs, bp, unsafe.Pointer(&c[at]), ldc, plus)
					continue
				}
				tile(r, kc, ap, rs, cs, bp, unsafe.Pointer(&edge[0]), tileCols, false)
				for x := range r {
					row := c[at+x*ldc : at+x*ldc+w]
					if !plus {
						copy(row, edge[x*tileCols:])
						continue
					}
					for j := range row {
						row[j] += edge[x*tileCols+j]
					}
				}
			}
		}
	}
}

// tileGo is the inner kernel in Go.
func tileGo(rows, k int, a unsafe.Pointer, rowStride, colStride int, b, c unsafe.Pointer, ldc int, add bool) {
	for r := range rows {
		var sum [tileCols]float32
		for kk := range k {
			v := *(*float32)(unsafe.Add(a, 4*(r*rowStride+kk*colStride)))
			row := (*[tileCols]float32)(unsafe.Add(b, 4*kk*tileCols))
			for j := range sum {
				sum[j] += v * row[j]
			}
		}
		out := (*[tileCols]float32)(unsafe.Add(c, 4*r*ldc))
		for j := range sum {
			if add {
				out[j] += sum[j]
			} else {
				out[j] = sum[j]
			}
		}
	}
}
