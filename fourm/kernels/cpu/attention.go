package cpu

// Scaled dot-product attention. Queries are taken in tiles of up to 32, keys in
// blocks that some query of the tile sees, with a running maximum and sum, so
// that the matrix of scores is never there as a whole (Dao et al., arXiv
// 2205.14135). attention_plan.go cuts the work, attention_tile.go is a tile and
// its scores, attention_pass.go what is computed from them, attention_row.go a
// query by itself.

import (
	"fmt"
	"sync/atomic"
)

// Heads gives the shape of an attention: B samples, Tq queries, Tk keys,
// H heads of D numbers. Rows of q, k and v are QStride, KStride and VStride
// floats apart, so that they may lie in one packed tensor, or in a cache that
// has room for more keys than are seen.
type Heads struct {
	B, Tq, Tk, H, D           int
	QStride, KStride, VStride int
}

// Attend computes softmax(q kᵀ / sqrt(D)) v into out (B, Tq, H D).
//
// span (B, Tq, 4) holds for every query two half-open ranges of keys: those
// that it may see, and a hole among them. A query that is left without a key
// sees all keys alike, as 4M's masked fill with the most negative finite
// number has it (docs/4m.md, 4.2); one whose first range begins below 0 sees
// nothing and gets zeros, as where there is no key. Keys and values that no
// query sees are not read.
func Attend(out, q, k, v []float32, s Heads, span []int32) {
	s.check("Attend", span)
	p := s.plan(span)
	For(p.cut(8), 1, func(lo, hi int) {
		t := newTile(s, false)
		for i := lo; i < hi; i++ {
			j := p.job(i)
			t.head(out, q, k, v, span, j.head)
			for n := j.from; n < j.to; n++ {
				t.forward(p.tile(j.head, n))
			}
		}
		t.done()
	})
	p.done()
}

// AttendBack computes dq, dk and dv, laid out as q, k and v are, from dout
// (B, Tq, H D).
func AttendBack(dq, dk, dv, dout, q, k, v []float32, s Heads, span []int32) {
	s.check("AttendBack", span)
	p := s.plan(span)
	// The tiles of a head add to dk and dv in their order, whoever computes them.
	// Jobs are begun in order, so one that waits for its turn waits for one that
	// is at work.
	var begun atomic.Int64
	For(p.cut(2), 1, func(lo, hi int) {
		t := newTile(s, true)
		for range hi - lo {
			j := p.job(int(begun.Add(1)) - 1)
			t.head(dout, q, k, v, span, j.head)
			t.dq, t.dk, t.dv = s.parts(dq, dk, dv, j.head)
			if s.Tq == 0 {
				t.unseen()
			}
			for n := j.from; n < j.to; n++ {
				t.backward(n, p.tile(j.head, n), &p.turns[j.head])
			}
		}
		t.done()
	})
	p.done()
}

// parts gives what of each tensor belongs to a head, counted over samples.
func (s Heads) parts(q, k, v []float32, head int) (qh, kh, vh []float32) {
	b, h := head/s.H, head%s.H
	return tailOf(q, b*s.Tq*s.QStride+h*s.D), tailOf(k, b*s.Tk*s.KStride+h*s.D), tailOf(v, b*s.Tk*s.VStride+h*s.D)
}

// tail gives x from i on, and nothing where there is no such row.
func tailOf(x []float32, i int) []float32 { return x[min(i, len(x)):] }

// check panics where spans are too few or reach beyond the keys.
func (s Heads) check(name string, span []int32) {
	n := 4 * s.B * s.Tq
	if len(span) < n {
		panic(fmt.Sprintf("cpu.%s: span has %d numbers, expected 4 for each of %d queries", name, len(span), s.B*s.Tq))
	}
	for i := 0; i < n; i += 4 {
		if lo, hi := span[i], span[i+1]; int(hi) > s.Tk && 0 <= lo && lo < hi {
			panic(fmt.Sprintf("cpu.%s: query %d sees keys %d to %d, but there are %d", name, i/4, lo, hi, s.Tk))
		}
	}
}
