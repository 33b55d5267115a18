package cpu

// One matrix product under way, and its end: how its work is shared out, and
// what is done where there is nothing to multiply or the sum was cut.

import (
	"sync"
	"unsafe"
)

// maxDepth is the most products in a block of a sum: with it, a panel of B and
// a strip of A lie in the first cache together.
const maxDepth = 256

// product is one call of Gemm or Mul.
type product struct {
	*tiling
	m, n, k        int
	transA, transB bool
	packed         bool // b is what Pack made
	a, b, c        unsafe.Pointer
	lda, ldb, ldc  int
	e              unsafe.Pointer // what is added, with row stride lde, or nil
	lde            int
	bias           unsafe.Pointer // or nil

	chunk   int // products in a block of the sum; the last may have fewer
	blocks  int
	grid    grid
	partial unsafe.Pointer // (blocks, m, n): the blocks' sums, where they are made apart

	run, sum func(lo, hi int) // the methods parts and sums
}

// products are kept for good, so that a call allocates nothing.
var products struct {
	sync.Mutex
	free []*product
}

func newProduct(transA bool, m, n, k int, a []float32, lda int, c []float32, ldc int, plus Plus) *product {
	var p *product
	products.Lock()
	if f := products.free; len(f) > 0 {
		p, products.free = f[len(f)-1], f[:len(f)-1]
	}
	products.Unlock()
	if p == nil {
		p = new(product)
		p.run, p.sum = p.parts, p.sums
	}
	p.tiling, p.m, p.n, p.k = tile, m, n, k
	p.transA, p.a, p.lda = transA, at(a), lda
	p.c, p.ldc = at(c), ldc
	p.e, p.lde, p.bias = at(plus.Residual), plus.Stride, at(plus.Bias)
	p.chunk, p.blocks = blocksOf(k)
	return p
}

// times says what op(A) is multiplied by.
func (p *product) times(transB bool, b []float32, ldb int) {
	p.transB, p.b, p.ldb = transB, at(b), ldb
}

// blocksOf cuts a sum of k products into blocks of about one size.
func blocksOf(k int) (depth, blocks int) {
	if k == 0 {
		return 0, 0
	}
	depth = (ceil(k, ceil(k, maxDepth)) + 7) &^ 7
	return depth, ceil(k, depth)
}

func ceil(a, b int) int { return (a + b - 1) / b }

// at is the address of the numbers of a slice.
func at(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// offset is the address of the number so many behind p; nil stays nil.
func offset(p unsafe.Pointer, numbers int) unsafe.Pointer {
	if p == nil {
		return nil
	}
	return unsafe.Add(p, 4*numbers)
}

func (p *product) onAllWorkers() {
	poolOnce.Do(startPool)
	p.inParts(workers)
}

// inParts computes the product in parts for so many workers, and ends it.
func (p *product) inParts(workers int) {
	switch {
	case p.m == 0 || p.n == 0:
	case p.k == 0:
		p.sums(0, p.m)
	default:
		p.onGrid(p.plan(workers))
	}
	p.done()
}

// done keeps the product for the next call, and nothing that it points to.
func (p *product) done() {
	*p = product{run: p.run, sum: p.sum}
	products.Lock()
	products.free = append(products.free, p)
	products.Unlock()
}

func (p *product) onGrid(g grid) {
	p.grid = g
	if g.sums == 1 {
		each(g.parts(), p.run)
		return
	}
	buf := borrow(p.blocks * p.m * p.n)
	p.partial = at(*buf)
	each(g.parts(), p.run)
	For(p.m, 1+(1<<14)/(p.blocks*p.n), p.sum)
	giveBack(buf)
}

// each is For with parts of 1.
func each(n int, f func(lo, hi int)) {
	if n == 1 {
		f(0, 1)
		return
	}
	For(n, 1, f)
}

// sums adds up the sums of blocks, and what is added to them, in the order in
// which the kernels do it where the sum is not cut.
func (p *product) sums(lo, hi int) {
	row := func(x unsafe.Pointer, at int) []float32 { return unsafe.Slice((*float32)(offset(x, at)), p.n) }
	for i := lo; i < hi; i++ {
		c := row(p.c, i*p.ldc)
		switch {
		case p.e == nil && p.partial == nil:
			clear(c)
		case p.e == nil:
			copy(c, row(p.partial, i*p.n))
		case p.partial == nil:
			copy(c, row(p.e, i*p.lde))
		default:
			addSlice(c, row(p.partial, i*p.n), row(p.e, i*p.lde))
		}
		if p.bias != nil {
			addSlice(c, c, row(p.bias, 0))
		}
		for kb := 1; kb < p.blocks; kb++ {
			addSlice(c, c, row(p.partial, (kb*p.m+i)*p.n))
		}
	}
}
