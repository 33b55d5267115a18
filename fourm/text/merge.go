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

// merger holds the words of a text as pieces, and counts their pairs.
type merger struct {
	names []string
	index map[string]int32
	words [][]int32
	times []int // how often each word is there
	count map[symbols]int
	where map[symbols][]int32 // words that hold a pair, or held it
	queue candidates
}

// learn gives pieces to append to the special ones, until there are size in
// all, or no pair is seen least times.
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
		m.merge(top.symbols)
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
	var parts []int32
	for i, r := range word {
		p := string(r)
		if i > 0 {
			p = "##" + p
		}
		parts = append(parts, m.index[p])
	}
	at := int32(len(m.words))
	for i := 1; i < len(parts); i++ {
		p := symbols{parts[i-1], parts[i]}
		m.count[p] += n
		m.where[p] = append(m.where[p], at)
	}
	m.words, m.times = append(m.words, parts), append(m.times, n)
}

// merge joins a pair in all words. The joined piece may be one that other
// pairs have made before.
func (m *merger) merge(p symbols) {
	joined := m.number(m.names[p.a] + strings.TrimPrefix(m.names[p.b], "##"))
	at := m.where[p]
	delete(m.where, p)
	grown := map[symbols]bool{}
	for _, w := range at {
		word, n := m.words[w], m.times[w]
		more := func(a, b int32) {
			q := symbols{a, b}
			m.count[q] += n
			if list := m.where[q]; len(list) == 0 || list[len(list)-1] != w {
				m.where[q] = append(list, w)
			}
			grown[q] = true
		}
		out := word[:0]
		for i := 0; i < len(word); i++ {
			if i+1 == len(word) || word[i] != p.a || word[i+1] != p.b {
				out = append(out, word[i])
				continue
			}
			m.count[p] -= n
			if k := len(out); k > 0 {
				m.count[symbols{out[k-1], p.a}] -= n
				more(out[k-1], joined)
			}
			if i+2 < len(word) {
				m.count[symbols{p.b, word[i+2]}] -= n
				more(joined, word[i+2])
			}
			out = append(out, joined)
			i++
		}
		m.words[w] = out
	}
	for q := range grown {
		heap.Push(&m.queue, candidate{q, m.count[q]})
	}
}
