package cpu

// Where the kernels find A and B, and what is fetched meanwhile.

import "unsafe"

// layA points the kernels to the block's rows of op(A): packed where they are
// read often or lie badly, else where they are.
func (d *desk) layA() {
	x := &d.x
	rows, cols := d.m1-d.m0, d.n1-d.n0
	row, col := d.lda, 1
	if d.transA {
		row, col = 1, d.lda
	}
	a := offset(d.a, d.m0*row+d.l*col)
	// packing costs about as much as half a panel; in place, what is read falls
	// on itself in the cache where A is transposed or its stride is even
	if bad := d.transA || d.lda%256 == 0; rows > 1 && (cols > 4*d.cols || bad && cols > d.cols) {
		d.packA(a, rows)
		x.a, x.rowStride, x.colStride, x.aStep = at(d.strips), 4, uintptr(4*d.rows), uintptr(4*d.apart())
		return
	}
	x.a, x.rowStride, x.colStride, x.aStep = a, uintptr(4*row), uintptr(4*col), uintptr(4*row*d.rows)
}

// bothPacked is 1 where A and B lie as pack writes them, else 0.
func (d *desk) bothPacked() uintptr {
	if x := &d.x; x.rowStride == 4 && x.colStride == uintptr(4*d.rows) && x.bStride == uintptr(4*d.cols) {
		return 1
	}
	return 0
}

// apart is how far packed strips are from each other: what is packed may hang
// over by 7 numbers.
func (d *desk) apart() int { return d.rows*d.depth + 8 }

// packA packs the block's rows of op(A), which begin at a.
func (d *desk) packA(a unsafe.Pointer, rows int) {
	to, apart := at(d.strips), d.apart()
	i := 0
	if n := rows / d.rows; d.transA && d.spread != nil && n > 0 {
		d.spread(uintptr(d.depth), a, uintptr(4*d.lda), to, uintptr(n), uintptr(4*apart), maskOf(d.rows))
		i = n * d.rows
	}
	row := d.lda
	if d.transA {
		row = 1
	}
	if eights := d.depth &^ 7; !d.transA && d.strip != nil && eights > 0 {
		for ; i+d.rows <= rows; i += d.rows {
			src, dst := offset(a, i*row), offset(to, i/d.rows*apart)
			d.strip(uintptr(eights), src, uintptr(4*row), dst)
			if rest := d.depth - eights; rest > 0 {
				d.pack(true, rest, d.rows, d.rows, offset(src, eights), row, offset(dst, eights*d.rows))
			}
		}
	}
	for ; i < rows; i += d.rows {
		d.pack(!d.transA, d.depth, min(d.rows, rows-i), d.rows, offset(a, i*row), d.lda, offset(to, i/d.rows*apart))
	}
}

// layB points the kernels to the block's panel of op(B) at column n0.
func (d *desk) layB(n0 int) {
	d.x.bStride, d.x.bStep = uintptr(4*d.cols), 0
	d.x.b = d.source(n0)
	if !d.packed {
		d.pack(d.transB, d.depth, min(d.cols, d.n1-n0), d.cols, d.x.b, d.ldb, at(d.panel))
		d.x.b = at(d.panel)
	}
}

// source is where the block's column n0 of op(B) begins, in B or in what Pack
// made of it.
func (d *desk) source(n0 int) unsafe.Pointer {
	switch {
	case d.packed:
		return offset(d.b, d.l*ceil(d.n, d.cols)*d.cols+n0*d.depth)
	case d.transB:
		return offset(d.b, n0*d.ldb+d.l)
	}
	return offset(d.b, d.l*d.ldb+n0)
}

// fetching is a plan to fetch a panel before it is read: runs of count tiles,
// each fetching lines stride numbers apart, and step numbers on from tile to
// tile; a run begins next numbers behind the one before.
type fetching struct{ runs, count, stride, step, next int }

// line is how many numbers a line of the cache holds.
const line = 16

// fetching plans for columns of some tiles.
func (d *desk) fetching(count int) fetching {
	var f fetching
	depth := d.depth
	switch {
	case d.fetches == 0:
	case d.packed: // one line after the other
		f = fetching{1, ceil(d.cols*depth, line*d.fetches), line, line * d.fetches, 0}
	case d.transB: // its columns are rows of B: as many at a time as a tile fetches
		f = fetching{runs: ceil(d.cols, d.fetches), stride: d.ldb, next: d.fetches * d.ldb}
		f.count = min(ceil(depth, line), count/f.runs)
		f.step = ceil(depth, max(f.count, 1))
	default: // a line or two of each row
		f = fetching{d.cols / line, ceil(depth, d.fetches), d.ldb, d.fetches * d.ldb, line}
	}
	if f.runs > 0 {
		f.count = min(f.count, count/f.runs)
	}
	if f.count == 0 {
		return fetching{}
	}
	return f
}

// from is the address that is fetched first for the panel at column n0. Rows
// of B are fetched by their ends: the panel before had their beginnings.
func (f fetching) from(d *desk, n0 int) uintptr {
	at := uintptr(d.source(n0))
	if !d.packed && !d.transB {
		at += 4 * (line - 1)
	}
	return at
}
