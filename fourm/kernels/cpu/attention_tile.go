package cpu

// A tile of attention: up to 32 queries of a head and the keys that they see.
// Its scores lie with the keys as rows and the queries as lanes, so that
// softmax runs down the rows, all queries at once.

import (
	"math"
	"slices"
	"sync"
)

// blockKeys is the most keys whose scores are there at once: with heads of 64
// numbers a worker then needs less than 256 KiB, for any number of keys.
const blockKeys = 384

type (
	// keyRun is a range of keys, from inclusive, to exclusive.
	keyRun struct{ from, to int }
	// keyPiece is one whose scores begin at row at of the block.
	keyPiece struct {
		keyRun
		at int
	}
)

// attendTile is what a worker keeps while it computes tiles.
type attendTile struct {
	Heads
	unit            float32 // what scores are multiplied by
	span            []int32
	out, q, k, v    []float32 // of the head; out is dout on the way back
	dq, dk, dv      []float32
	buf             *[]float32
	dense, ddense   []float32 // (32, D): queries and rows of dout
	qt, dot         []float32 // (D, 32): these by columns
	s, ds           []float32 // (keys, 32): scores or weights, and their derivatives
	top, sum, scale []float32 // by lane: largest score, sum of exponentials, factor of scores
	mean, fade      []float32 // by lane: mean of derivatives; what earlier blocks still count
	spare           []float32
	bounds          []float32  // (4, 32): spans, as hide takes them
	packed          []float32  // (keys, D): see mix
	n, groups       int        // queries, and their eights
	alike           bool       // all see the same keys
	runs            []keyRun   // the keys that some query sees
	pieces          []keyPiece // those of them that are in the block
	keys            int        // their number
	only            bool       // there is no other block
	kept            []keyRun   // the keys whose rows are packed
}

var attendTiles = sync.Pool{New: func() any {
	return &attendTile{runs: make([]keyRun, 0, 2*lanes), kept: make([]keyRun, 0, 2*lanes), pieces: make([]keyPiece, 0, 2*lanes)}
}}

// newTile gives a tile with room to work in, for the way back too if back.
func newTile(s Heads, back bool) *attendTile {
	t := attendTiles.Get().(*attendTile)
	t.Heads, t.unit = s, float32(1/math.Sqrt(float64(s.D)))
	keys := max(1, min(blockKeys, s.Tk))
	need := 10*lanes + (2*lanes+keys)*s.D + keys*lanes
	if back {
		need += 2*lanes*s.D + keys*lanes
	}
	t.buf = borrow(need)
	left := *t.buf
	take := func(n int) (x []float32) {
		x, left = left[:n:n], left[n:]
		return x
	}
	t.top, t.sum, t.scale = take(lanes), take(lanes), take(lanes)
	t.mean, t.fade, t.spare = take(lanes), take(lanes), take(lanes)
	t.bounds, t.packed, t.s = take(4*lanes), take(keys*s.D), take(keys*lanes)
	t.dense, t.qt = take(lanes*s.D), take(lanes*s.D)
	if back {
		t.ds, t.ddense, t.dot = take(keys*lanes), take(lanes*s.D), take(lanes*s.D)
	}
	return t
}

func (t *attendTile) done() {
	giveBack(t.buf)
	*t = attendTile{runs: t.runs[:0], kept: t.kept[:0], pieces: t.pieces[:0]}
	attendTiles.Put(t)
}

// head turns to a head, counted over samples.
func (t *attendTile) head(out, q, k, v []float32, span []int32, head int) {
	b, h := head/t.H, head%t.H
	t.out = tailOf(out, b*t.Tq*t.H*t.D+h*t.D)
	t.q, t.k, t.v = t.parts(q, k, v, head)
	t.span = span[4*b*t.Tq:]
	t.kept = t.kept[:0]
}

// begin turns to some queries and to what they see.
func (t *attendTile) begin(queries keyRun) {
	first, n := queries.from, queries.to-queries.from
	t.n, t.groups = n, (n+7)/8
	for i := range lanes {
		t.top[i], t.sum[i], t.mean[i], t.scale[i] = lowest, 0, 0, t.unit
	}
	t.columns(t.qt, t.dense, t.q[first*t.QStride:], t.QStride)
	t.alike, t.runs = true, t.runs[:0]
	all := false
	var see visible
	for i := range n {
		if i == 0 || span4(t.span, first+i) != span4(t.span, first+i-1) {
			see = t.sees(first + i)
			t.add(keyRun{see.from, see.hole.from})
			t.add(keyRun{see.hole.to, see.to})
			t.alike = i == 0
		}
		if see.all { // whatever the key, the score is 0
			t.scale[i], all = 0, true
			clear(t.dense[i*t.D : i*t.D+t.D])
		}
		t.bounds[i], t.bounds[lanes+i] = float32(see.from), float32(see.to)
		t.bounds[2*lanes+i], t.bounds[3*lanes+i] = float32(see.hole.from), float32(see.hole.to)
	}
	clear(t.bounds[lanes+n : 2*lanes]) // no query, no key
	if all {
		transpose(t.qt, t.dense, t.across(), t.D)
	}
}

// across is how many lanes products with the tile's queries take.
func (t *attendTile) across() int { return (t.n + 15) / 16 * 16 }

// columns copies the tile's rows of x, stride apart, to dense (32, D), and by
// columns to y (D, 32), zeros for lanes without a query.
func (t *attendTile) columns(y, dense, x []float32, stride int) {
	copyRows(dense, x, stride, t.n, t.D)
	clear(dense[t.n*t.D : t.across()*t.D])
	transpose(y, dense, t.across(), t.D)
}

// visible is what a query sees: a range of keys and the hole in it, which may be
// empty; all says that it sees them all alike.
type visible struct {
	keyRun
	hole keyRun
	all  bool
}

// sees reads the span of a query.
func (t *attendTile) sees(query int) visible {
	sp := t.span[4*query : 4*query+4]
	lo, hi := int(sp[0]), int(sp[1])
	if lo < 0 {
		return visible{}
	}
	a, b := max(int(sp[2]), lo), min(int(sp[3]), hi)
	if a >= b {
		a, b = hi, hi
	}
	if lo >= hi || a == lo && b == hi {
		return visible{keyRun: keyRun{0, t.Tk}, hole: keyRun{t.Tk, t.Tk}, all: true}
	}
	return visible{keyRun: keyRun{lo, hi}, hole: keyRun{a, b}}
}

// add adds keys to those that some query sees: runs are in order and apart.
func (t *attendTile) add(r keyRun) {
	if r.from >= r.to {
		return
	}
	i := 0
	for i < len(t.runs) && t.runs[i].to < r.from {
		i++
	}
	j := i
	for ; j < len(t.runs) && t.runs[j].from <= r.to; j++ {
		r = keyRun{min(r.from, t.runs[j].from), max(r.to, t.runs[j].to)}
	}
	t.runs = slices.Replace(t.runs, i, j, r)
}

// keyCursor is where the next block begins: a run, and how far into it.
type keyCursor struct{ run, key int }

// block takes the next keys; false when there are none.
func (t *attendTile) block(c *keyCursor) bool {
	t.pieces, t.keys = t.pieces[:0], 0
	t.only = *c == keyCursor{}
	for room := len(t.s) / lanes; c.run < len(t.runs) && t.keys < room; {
		r := t.runs[c.run]
		from := r.from + c.key
		n := min(r.to-from, room-t.keys)
		t.pieces = append(t.pieces, keyPiece{keyRun{from, from + n}, t.keys})
		t.keys += n
		if c.key += n; from+n == r.to {
			*c = keyCursor{c.run + 1, 0}
		}
	}
	t.only = t.only && c.run == len(t.runs)
	return t.keys > 0
}

// scores computes the products of the block's keys with the queries, -Inf
// where a query does not see a key.
func (t *attendTile) scores() {
	t.against(t.s, t.k, t.KStride, t.qt)
	if t.alike {
		return
	}
	for _, p := range t.pieces {
		vec.hide(t.s[p.at*lanes:(p.at+p.to-p.from)*lanes], t.groups, float32(p.from), t.bounds)
	}
}

// against computes the products of the block's rows of x with the columns of y
// (D, 32) into s.
func (t *attendTile) against(s, x []float32, stride int, y []float32) {
	for _, p := range t.pieces {
		multiply(p.to-p.from, t.across(), t.D, x[p.from*stride:], stride, 1, y, lanes, s[p.at*lanes:], lanes, false)
	}
}

// mix computes sᵀ x over the block's rows of x into the queries' rows of y, or
// adds it. Many rows of x that lie far apart would push one another out
// of the nearest cache, so they are copied together first. Tiles of a head that
// see the same keys do that once: a pass mixes but one x.
func (t *attendTile) mix(y []float32, width int, s, x []float32, stride int, add bool) {
	const many = 32
	if t.keys < many {
		for _, p := range t.pieces {
			multiply(t.n, t.D, p.to-p.from, s[p.at*lanes:], 1, lanes, x[p.from*stride:], stride, y, width, add)
			add = true
		}
		return
	}
	if !t.only || !slices.Equal(t.kept, t.runs) {
		for _, p := range t.pieces {
			copyRows(t.packed[p.at*t.D:], x[p.from*stride:], stride, p.to-p.from, t.D)
		}
		t.kept = t.kept[:0]
		if t.only {
			t.kept = append(t.kept, t.runs...)
		}
	}
	multiply(t.n, t.D, t.keys, s, 1, lanes, t.packed, t.D, y, width, add)
}

// rows gives the part of s that the block has.
func (t *attendTile) rows(s []float32) []float32 { return s[:t.keys*lanes] }
