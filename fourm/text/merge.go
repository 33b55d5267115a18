package text

// The merges of WordPiece training: a heap of pairs by how often they are
// seen, corrected when a pair comes to the top, so that a merge costs no more
// than the words that it changes.

import (
	"container/heap"
	"maps"
	"slices"
	"strings"
)

// symbols are two neighbouring pieces, by number.
type symbols struct{ a, b int32 }

// candidate is a pair as it was counted when it entered the heap.
type candidate struct {
	symbols
	count int
}

// candidates is a heap, the commonest pair first; of equals the one whose
// pieces are older.
type candidates []candidate

func (c candidates) Len() int      { return len(c) }
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)   { *c = append(*c, x.(candidate)) }
func (c candidates) Less(i, j int) bool {
	x, y := c[i], c[j]
	if x.count != y.count {
		return x.count > y.count
	}
	return x.a < y.a || x.a == y.a && x.b < y.b
}
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// merger holds the words of a text as pieces, one word behind the other, and
// counts their pairs. A merge touches the places of its pair and no others, so
// that a long word costs no more than as many letters in short ones.
type merger struct {
	names []string
	index map[string]int32
	piece []int32 // by place; gone: joined to the one before it
	prev  []int32 // place of the neighbour in the word, -1: none
	next  []int32
	times []int // by place: how often its word is there
	count map[symbols]int
	where map[symbols][]int32 // places at which a pair begins, or began
	queue candidates
}

// gone marks a place whose piece was joined to the one before it.
const gone = -1

// learn gives pieces to append to the special ones, until there are size in
// all, or no pair is seen least times. A piece that no file may hold is not
// made.
func learn(special []string, counts map[string]int, size, least int) []string {
	m := &merger{index: map[string]int32{}, count: map[symbols]int{}, where: map[symbols][]int32{}}
	for _, p := range special {
		m.number(p)
	}
	for _, p := range alphabet(counts) {
		m.number(p)
	}
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		m.add(w, counts[w])
	}
	for p, n := range m.count {
		m.queue = append(m.queue, candidate{p, n})
	}
	heap.Init(&m.queue)
	for len(m.names) < size && len(m.queue) > 0 {
		top := heap.Pop(&m.queue).(candidate)
		if now := m.count[top.symbols]; now != top.count {
			if now > 0 {
				heap.Push(&m.queue, candidate{top.symbols, now})
			}
			continue
		}
		if top.count < max(least, 1) {
			break
		}
		if len(m.names[top.a])+len(m.names[top.b]) <= maxPiece {
			m.merge(top.symbols)
		}
	}
	return m.names[len(special):]
}

// number gives the number of a piece, a new one where it is new.
func (m *merger) number(piece string) int32 {
	if n, ok := m.index[piece]; ok {
		return n
	}
	n := int32(len(m.names))
	m.index[piece] = n
	m.names = append(m.names, piece)
	return n
}

// add takes in a word that is there n times.
func (m *merger) add(word string, n int) {
	for i, r := range word {
		p := string(r)
		if i > 0 {
			p = "##" + p
		}
		at, before := int32(len(m.piece)), int32(-1)
		m.piece = append(m.piece, m.index[p])
		if i > 0 {
			before = at - 1
			m.next[before] = at
			q := symbols{m.piece[before], m.piece[at]}
			m.count[q] += n
			m.where[q] = append(m.where[q], before)
		}
		m.prev, m.next, m.times = append(m.prev, before), append(m.next, -1), append(m.times, n)
	}
}

// merge joins a pair at all places, from left to right: of overlapping pairs
// the first counts. The joined piece may be one that other pairs have made
// before.
func (m *merger) merge(p symbols) {
	joined := m.number(m.names[p.a] + strings.TrimPrefix(m.names[p.b], "##"))
	places := m.where[p]
	delete(m.where, p)
	slices.Sort(places)
	grown := map[symbols]bool{}
	for _, at := range places {
		behind := m.next[at]
		if m.piece[at] != p.a || behind < 0 || m.piece[behind] != p.b {
			continue // another merge was there first
		}
		n := m.times[at]
		more := func(at int32, q symbols) {
			m.count[q] += n
			m.where[q] = append(m.where[q], at)
			grown[q] = true
		}
		m.count[p] -= n
		if before := m.prev[at]; before >= 0 {
			m.count[symbols{m.piece[before], p.a}] -= n
			more(before, symbols{m.piece[before], joined})
		}
		after := m.next[behind]
		if after >= 0 {
			m.count[symbols{p.b, m.piece[after]}] -= n
			more(at, symbols{joined, m.piece[after]})
			m.prev[after] = at
		}
		m.piece[at], m.piece[behind], m.next[at] = joined, gone, after
	}
	for q := range grown {
		heap.Push(&m.queue, candidate{q, m.count[q]})
	}
}
