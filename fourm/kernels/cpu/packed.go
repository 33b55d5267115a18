package cpu

// Matrices that are multiplied by again and again, packed once.

// Packed is op(B) of a product as the kernels read it, for weights that do not
// change from call to call. It takes as much memory again as B.
type Packed struct {
	t    *tiling
	k, n int
	b    []float32 // blocks of K, panels, (depth of the block, columns of a panel)
}

// Pack packs op(B), (k, n): B with row stride ldb, or its transpose. What is
// written to b later changes nothing.
func Pack(transB bool, k, n int, b []float32, ldb int) *Packed {
	checkGemm(false, transB, 0, n, k, nil, k, b, ldb, nil, n)
	w := &Packed{t: tile, k: k, n: n}
	cols := w.t.cols
	panels := ceil(n, cols)
	w.b = make([]float32, panels*cols*k)
	depth, blocks := blocksOf(k)
	row, col := ldb, 1
	if transB {
		row, col = 1, ldb
	}

	For(panels, 1+(1<<14)/(cols*(k+1)), func(lo, hi int) {
		for kb := range blocks {
			l := kb * depth
			d := min(depth, k-l)
			for j := lo; j < hi; j++ {
				w.t.pack(transB, d, min(cols, n-j*cols), cols, offset(at(b), l*row+j*cols*col), ldb, offset(at(w.b), l*panels*cols+j*cols*d))
			}
		}
	})
	return w
}

// Mul computes C = A op(B), or adds it to C, bit by bit as Gemm does: A is
// (m, k) with row stride lda, C (m, n) with row stride ldc.
func (w *Packed) Mul(m int, a []float32, lda int, c []float32, ldc int, add bool) {
	w.check(m, a, lda, c, ldc)
	w.mul(m, a, lda, c, ldc, addTo(c, ldc, add))
}

// MulPlus computes C = A op(B) + bias + residual, as GemmPlus does.
func (w *Packed) MulPlus(m int, a []float32, lda int, c []float32, ldc int, plus Plus) {
	w.check(m, a, lda, c, ldc)
	plus.check(m, w.n)
	w.mul(m, a, lda, c, ldc, plus)
}

func (w *Packed) check(m int, a []float32, lda int, c []float32, ldc int) {
	checkA(false, m, w.k, a, lda)
	if !fits(m, w.n, ldc, len(c)) {
		tooShort()
	}
}

func (w *Packed) mul(m int, a []float32, lda int, c []float32, ldc int, plus Plus) {
	p := newProduct(false, m, w.n, w.k, a, lda, c, ldc, plus)
	p.tiling, p.packed, p.b = w.t, true, at(w.b)
	p.onAllWorkers()
}
