package cpu

// The matrix product as it is called, and what is checked before.

// Plus is what is added to a product as it is stored. The zero value adds
// nothing.
type Plus struct {
	Bias     []float32 // (n), to every row
	Residual []float32 // (m, n); it may be C, but not lie across it
	Stride   int       // floats from row to row of Residual
}

// Gemm computes C = op(A) op(B), or adds it to C. op(A) is (m, k): A itself
// with row stride lda, or A's transpose when transA (A is (k, m)). op(B) is
// (k, n) in the same way. C is (m, n) with row stride ldc.
//
// Each number of C is summed in one order: the products of a block of K one
// after the other, with one rounding each where the processor can, and the
// sums of the blocks one after the other. So a number depends on its row of
// op(A) and its column of op(B) alone, not on m, n, transposes, packing or the
// number of workers.
func Gemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	p := newProduct(transA, m, n, k, a, lda, c, ldc, addTo(c, ldc, add))
	p.times(transB, b, ldb)
	p.onAllWorkers()
}

// GemmPlus computes C = op(A) op(B) + bias + residual, where there are such;
// all else is Gemm's.
func GemmPlus(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, plus Plus) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	plus.check(m, n)
	p := newProduct(transA, m, n, k, a, lda, c, ldc, plus)
	p.times(transB, b, ldb)
	p.onAllWorkers()
}

// GemmSerial is Gemm on the calling goroutine, for use inside a task.
func GemmSerial(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool) {
	checkGemm(transA, transB, m, n, k, a, lda, b, ldb, c, ldc)
	p := newProduct(transA, m, n, k, a, lda, c, ldc, addTo(c, ldc, add))
	p.times(transB, b, ldb)
	p.inParts(1)
}

// addTo is what adds a product to C.
func addTo(c []float32, ldc int, add bool) Plus {
	if !add {
		return Plus{}
	}
	return Plus{Residual: c, Stride: ldc}
}

func checkGemm(transA, transB bool, m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	br, bc := k, n
	if transB {
		br, bc = n, k
	}
	checkA(transA, m, k, a, lda)
	if n < 0 || !fits(br, bc, ldb, len(b)) || !fits(m, n, ldc, len(c)) {
		tooShort()
	}
}

func checkA(transA bool, m, k int, a []float32, lda int) {
	if transA {
		m, k = k, m
	}
	if m < 0 || k < 0 || !fits(m, k, lda, len(a)) {
		tooShort()
	}
}

func (p Plus) check(m, n int) {
	if p.Bias != nil && m > 0 && len(p.Bias) < n || p.Residual != nil && !fits(m, n, p.Stride, len(p.Residual)) {
		tooShort()
	}
}

// fits tells whether a matrix lies in a slice of have numbers. It multiplies
// nothing, so that no size is too large for it.
func fits(rows, cols, ld, have int) bool {
	return rows == 0 || cols == 0 || ld >= cols && have >= cols && (have-cols)/ld >= rows-1
}

func tooShort() { panic("cpu.Gemm: slices too short for their shapes") }
