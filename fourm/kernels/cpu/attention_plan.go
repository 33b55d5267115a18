package cpu

// How the work of attention is cut: into tiles of queries that see the same
// keys where that can be, and into jobs of tiles.

import (
	"sync"
	"sync/atomic"
)

// leastAlike is the least queries with one span that make a tile by themselves.
const leastAlike = 8

// span4 is the span of a query.
func span4(span []int32, query int) [4]int32 { return [4]int32(span[4*query:]) }

// tileExtent gives how many of the queries from first to end make the next tile:
// up to 32 with one span, or, where spans change too often, of several.
func tileExtent(span []int32, first, end int) int {
	equal := func(i int) int { // as many as have the span of query i
		n := 1
		for n < lanes && i+n < end && span4(span, i+n) == span4(span, i) {
			n++
		}
		return n
	}
	n := equal(first)
	if n >= leastAlike {
		return n
	}
	for first+n < end && n < lanes {
		more := equal(first + n)
		if more >= leastAlike {
			break
		}
		n += more
	}
	return min(n, lanes)
}

// attendPlan is how an attention is cut: the tiles of each sample, and the jobs, in
// the order of samples, heads and tiles. Tiles follow from spans alone; how
// many make a job may differ from machine to machine and changes no result.
type attendPlan struct {
	heads int     // of a sample
	ends  []int32 // where tiles end, one sample behind the other
	at    []int32 // where a sample's tiles begin, and where the last one's end
	whole bool    // a job is a head
	turns []atomic.Int32
}

// attendJob is some tiles of a head, from inclusive, to exclusive.
type attendJob struct{ head, from, to int }

var attendPlans = sync.Pool{New: func() any { return new(attendPlan) }}

// plan cuts an attention into tiles.
func (s Heads) plan(span []int32) *attendPlan {
	p := attendPlans.Get().(*attendPlan)
	p.heads, p.ends, p.at = s.H, p.ends[:0], append(p.at[:0], 0)
	for b := range s.B {
		for i := 0; i < s.Tq; {
			i += tileExtent(span[4*b*s.Tq:], i, s.Tq)
			p.ends = append(p.ends, int32(i))
		}
		p.at = append(p.at, int32(len(p.ends)))
	}
	if n := s.B * s.H; cap(p.turns) < n {
		p.turns = make([]atomic.Int32, n)
	}
	p.turns = p.turns[:s.B*s.H]
	for i := range p.turns {
		p.turns[i].Store(0)
	}
	return p
}

func (p *attendPlan) done() { attendPlans.Put(p) }

// cut gives the number of jobs. A job is a head where there are each times as
// many heads as workers, who are busy with them alone, and a tile elsewhere.
func (p *attendPlan) cut(each int) int {
	poolOnce.Do(startPool)
	p.whole = len(p.turns) >= each*workers || len(p.ends) == 0
	if p.whole {
		return len(p.turns)
	}
	return len(p.ends) * p.heads
}

// job gives a job by its number.
func (p *attendPlan) job(i int) attendJob {
	if p.whole {
		b := i / p.heads
		return attendJob{i, 0, int(p.at[b+1] - p.at[b])}
	}
	b := 0
	for i >= int(p.at[b+1])*p.heads {
		b++
	}
	i -= int(p.at[b]) * p.heads
	tiles := int(p.at[b+1] - p.at[b])
	return attendJob{b*p.heads + i/tiles, i % tiles, i%tiles + 1}
}

// tile gives the queries of a tile of a head.
func (p *attendPlan) tile(head, n int) keyRun {
	ends := p.ends[p.at[head/p.heads]:]
	if n == 0 {
		return keyRun{0, int(ends[0])}
	}
	return keyRun{int(ends[n-1]), int(ends[n])}
}
