package cpu

// The inside of a part of a product. A block of A's rows is packed and stays
// in the second cache; panel after panel of B is packed into the first, and
// multiplied by all of the block while the processor is told to fetch the next.
//
// Pointers here always point into their matrix, never behind its end: the
// garbage collector follows them.

import (
	"sync"
	"unsafe"
)

// blockRows is the most rows of A in a block: with blocks of the sum of
// maxDepth, 384 KiB.
const blockRows = 384

// desk is where one worker multiplies.
type desk struct {
	*product
	block
	x             tiles
	strips, panel []float32 // of the block of A, of B, packed
}

// block is rows m0 to m1 and columns n0 to n1 of C, and depth products of each
// sum from l.
type block struct{ m0, m1, n0, n1, l, depth int }

// desks are kept for good, so that a call allocates nothing.
var desks struct {
	sync.Mutex
	free []*desk
}

// parts computes some parts of C.
func (p *product) parts(lo, hi int) {
	var d *desk
	desks.Lock()
	if f := desks.free; len(f) > 0 {
		d, desks.free = f[len(f)-1], f[:len(f)-1]
	}
	desks.Unlock()
	if d == nil {
		d = &desk{strips: make([]float32, (blockRows+maxRows)*(maxDepth+8)), panel: make([]float32, maxCols*maxDepth)}
	}
	d.product = p
	for t := lo; t < hi; t++ {
		d.part(p.region(t))
	}
	d.product, d.x = nil, tiles{}
	desks.Lock()
	desks.free = append(desks.free, d)
	desks.Unlock()
}

// part computes a region, in blocks of rows of about one size.
func (d *desk) part(r region) {
	rows := ceil(ceil(r.m1-r.m0, ceil(r.m1-r.m0, blockRows)), d.rows) * d.rows
	for m0 := r.m0; m0 < r.m1; m0 += rows {
		for kb := r.k0; kb < r.k1; kb++ {
			l := kb * d.chunk
			d.block = block{m0, min(r.m1, m0+rows), r.n0, r.n1, l, min(d.chunk, d.k-l)}
			d.compute(kb)
		}
	}
}

// compute computes the block; kb is the place of its products in the sum.
func (d *desk) compute(kb int) {
	c, e := matrix{d.c, d.ldc}, matrix{d.e, d.lde}
	bias := d.bias
	if d.partial != nil {
		c, e, bias = matrix{offset(d.partial, kb*d.m*d.n), d.n}, matrix{}, nil
	} else if kb > 0 {
		e, bias = c, nil
	}
	d.x = tiles{k: uintptr(d.depth), ldc: uintptr(4 * c.ld), lde: uintptr(4 * e.ld)}
	d.layA()
	if d.m1-d.m0 <= d.rows && (d.packed || !d.transB) {
		d.row(c, e, bias)
	} else {
		d.columns(c, e, bias)
	}
}

// matrix is where numbers lie, ld from row to row; or nothing.
type matrix struct {
	p  unsafe.Pointer
	ld int
}

func (m matrix) at(i, j int) unsafe.Pointer { return offset(m.p, i*m.ld+j) }

// columns multiplies the block of A by one panel of B after the other.
func (d *desk) columns(c, e matrix, bias unsafe.Pointer) {
	x := &d.x
	a := x.a
	x.cStep, x.eStep = uintptr(d.rows)*x.ldc, uintptr(d.rows)*x.lde
	full, rest := (d.m1-d.m0)/d.rows, (d.m1-d.m0)%d.rows
	f := d.fetching(full)
	for n0 := d.n0; n0 < d.n1; n0 += d.cols {
		d.layB(n0)
		x.packed = d.bothPacked()
		x.bias, x.mask = offset(bias, n0), nil
		if n0+d.cols > d.n1 {
			x.mask = maskOf(d.n1 - n0)
		}
		// run computes count tiles from tile i on
		run := func(i, count, rows int) {
			x.count = uintptr(count)
			x.a = unsafe.Add(a, uintptr(i)*x.aStep)
			x.c, x.e = c.at(d.m0+i*d.rows, n0), e.at(d.m0+i*d.rows, n0)
			d.tiles[rows](x)
		}
		i := 0
		if n0+d.cols < d.n1 {
			from := f.from(d, n0+d.cols)
			x.fetchStride, x.fetchStep = uintptr(4*f.stride), uintptr(4*f.step)
			for r := range f.runs {
				x.fetch = from + uintptr(4*r*f.next)
				run(i, f.count, d.rows)
				i += f.count
			}
			x.fetch = 0
		}
		if i < full {
			run(i, full-i, d.rows)
		}
		if rest > 0 {
			run(full, 1, rest)
		}
	}
}

// row multiplies a block of A that has no more rows than a tile by all panels,
// which are ready to be read.
func (d *desk) row(c, e matrix, bias unsafe.Pointer) {
	x := &d.x
	x.aStep, x.cStep = 0, uintptr(4*d.cols)
	x.eStep, x.biasStep = x.cStep, x.cStep
	run := func(n0, count int) {
		x.count = uintptr(count)
		x.c, x.e, x.bias = c.at(d.m0, n0), e.at(d.m0, n0), offset(bias, n0)
		x.packed = d.bothPacked()
		d.tiles[d.m1-d.m0](x)
	}
	full, rest := (d.n1-d.n0)/d.cols, (d.n1-d.n0)%d.cols
	if full > 0 {
		if d.packed {
			d.layB(d.n0)
			x.bStep = uintptr(4 * d.cols * d.depth)
		} else {
			x.b, x.bStride, x.bStep = d.source(d.n0), uintptr(4*d.ldb), x.cStep
		}
		run(d.n0, full)
	}
	if rest > 0 {
		d.layB(d.n1 - rest)
		x.mask = maskOf(rest)
		run(d.n1-rest, 1)
	}
}
