package cpu

// What is computed from a tile's scores: its part of the result, and of the
// derivatives.

import (
	"runtime"
	"sync/atomic"
)

// fewQueries are not worth a tile of scores, half of which stay unused; they are
// computed one by one.
const fewQueries = 8

// forward computes the queries of a tile.
func (t *attendTile) forward(queries keyRun) {
	if queries.to-queries.from <= fewQueries {
		for i := queries.from; i < queries.to; i++ {
			t.row(i)
		}
		return
	}
	t.begin(queries)
	width := t.H * t.D
	out := t.out[queries.from*width:]
	var c keyCursor
	blocks := 0
	for ; t.block(&c); blocks++ {
		t.scores()
		t.raise(blocks > 0)
		for i := 0; blocks > 0 && i < t.n; i++ {
			row := out[i*width : i*width+t.D]
			timesSlice(row, row, t.fade[i])
		}
		vec.exps(t.rows(t.s), t.groups, t.top, t.scale, t.sum)
		t.mix(out, width, t.s, t.v, t.VStride, blocks > 0)
	}
	for i := range t.n {
		row := out[i*width : i*width+t.D]
		if blocks == 0 || t.sum[i] == 0 {
			clear(row)
		} else {
			timesSlice(row, row, 1/t.sum[i])
		}
	}
}

// raise lifts the largest scores to those of the block. What earlier blocks
// added up fades by the difference.
func (t *attendTile) raise(begun bool) {
	copy(t.fade, t.top)
	vec.tops(t.rows(t.s), t.groups, t.top)
	if !begun {
		return
	}
	vec.exps(t.fade, t.groups, t.top, t.scale, t.spare)
	vec.mul(t.sum, t.sum, t.fade, false)
	vec.mul(t.mean, t.mean, t.fade, false)
}

// backward computes the derivatives of the queries of the head's tile n, and
// adds those of its keys and values when it is its turn. With weights p and
// dp = dout vᵀ: ds = p (dp - sum(p dp)), dq = ds k, dk = dsᵀ q, dv = pᵀ dout.
func (t *attendTile) backward(n int, queries keyRun, turns *atomic.Int32) {
	t.begin(queries)
	width := t.H * t.D
	dq := t.dq[queries.from*t.QStride:]
	t.columns(t.dot, t.ddense, t.out[queries.from*width:], width)
	// once over the keys for sums
	var c keyCursor
	blocks := 0
	for ; t.block(&c); blocks++ {
		t.scores()
		t.raise(blocks > 0)
		vec.exps(t.rows(t.s), t.groups, t.top, t.scale, t.sum)
		t.against(t.ds, t.v, t.VStride, t.dot)
		vec.dots(t.rows(t.s), t.rows(t.ds), t.groups, t.mean)
	}
	for i, s := range t.sum {
		if s > 0 {
			t.sum[i] = 1 / s
		}
		t.mean[i] *= t.sum[i]
	}
	// and once more for derivatives; a block without another is there still
	mine := false
	c = keyCursor{}
	for i := 0; t.block(&c); i++ {
		if !t.only {
			t.scores()
			vec.exps(t.rows(t.s), t.groups, t.top, t.scale, t.spare)
			t.against(t.ds, t.v, t.VStride, t.dot)
		}
		vec.slopes(t.rows(t.s), t.rows(t.ds), t.groups, t.sum, t.mean, t.scale)
		t.mix(dq, t.QStride, t.ds, t.k, t.KStride, i > 0)
		if !mine {
			t.wait(n, turns)
			mine = true
		}
		for _, p := range t.pieces {
			multiply(p.to-p.from, t.D, t.n, t.ds[p.at*lanes:], lanes, 1, t.dense, t.D, t.dk[p.from*t.KStride:], t.KStride, n > 0)
			multiply(p.to-p.from, t.D, t.n, t.s[p.at*lanes:], lanes, 1, t.ddense, t.D, t.dv[p.from*t.VStride:], t.VStride, n > 0)
		}
	}
	if blocks == 0 {
		for i := range t.n {
			clear(dq[i*t.QStride : i*t.QStride+t.D])
		}
		t.wait(n, turns)
	}
	turns.Store(int32(n) + 1)
}

// wait returns when all tiles before n have added what they have. The first
// tile clears what it does not see, and writes where the others add.
func (t *attendTile) wait(n int, turns *atomic.Int32) {
	for i := 0; turns.Load() != int32(n); i++ {
		if i > spins {
			runtime.Gosched()
		}
	}
	if n == 0 {
		t.unseen()
	}
}

// unseen clears dk and dv where no query of the tile sees the key.
func (t *attendTile) unseen() {
	at := 0
	for i := 0; i <= len(t.runs); i++ {
		to, next := t.Tk, t.Tk
		if i < len(t.runs) {
			to, next = t.runs[i].from, t.runs[i].to
		}
		for ; at < to; at++ {
			clear(t.dk[at*t.KStride : at*t.KStride+t.D])
			clear(t.dv[at*t.VStride : at*t.VStride+t.D])
		}
		at = next
	}
}
