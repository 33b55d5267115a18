package mask

// Span masking of sequences with sentinels, T5's way (docs/4m.md, 3.3).

import "fourmlab/fourm/text"

// Schemes of keep probabilities.
const (
	keepRandom = "random" // uniform between 0 and 1
	keepAll    = "all"    // 1
	keepBinary = "binary" // 0 or 1
)

// pieces are what is masked in one: single tokens, or chunks of some sizes.
type pieces struct {
	n     int
	sizes []int // nil: 1 each
}

func (p pieces) size(i int) int {
	if p.sizes == nil {
		return 1
	}
	return p.sizes[i]
}

// visible draws which pieces stay in the input. A keep probability that leaves
// more than in tokens, a sentinel for each span included, is drawn again 0.9
// times as large. A span that no sentinel is left for stays, too.
func visible(c Chance, p pieces, in, spans int, scheme string) []bool {
	keep := 0.0
	if in > 0 {
		switch scheme {
		case keepAll:
			keep = 1
		case keepBinary:
			keep = float64(c.Between(0, 1))
		default:
			keep = c.Uniform()
		}
	}
	noise, kept := make([]float32, p.n), make([]bool, p.n)
	for {
		c.Noise(noise)
		length, open, before := 0, 0, true
		for i, u := range noise {
			kept[i] = u <= float32(keep) || before && open == spans
			if kept[i] {
				length += p.size(i)
			} else if before {
				length++
				open++
			}
			before = kept[i]
		}
		if in == 0 || length <= in {
			return kept
		}
		keep *= 0.9
	}
}

// written is what both sides of a sequence read as, and which of its tokens
// they hold.
type written struct {
	in, out      []int  // ids, sentinels included
	kept, target []bool // by token
}

// write gives both sides: the input has a sentinel in the place of each span,
// the target opens each span with it, and one more closes the target. An input
// without a budget is empty, and so has no sentinel either.
func write(v text.Lexicon, ids []int, p pieces, kept []bool, in int) written {
	w := written{in: make([]int, 0, min(in, len(ids)+1)), out: make([]int, 0, len(ids)+2), kept: make([]bool, 0, len(ids)), target: make([]bool, len(ids))}
	n, at := 0, 0
	for i, k := range kept {
		next := at + p.size(i)
		if !k && (i == 0 || kept[i-1]) {
			n++
			w.in, w.out = append(w.in, v.Sentinel(n)), append(w.out, v.Sentinel(n))
		}
		if k {
			w.in = append(w.in, ids[at:next]...)
		} else {
			w.out = append(w.out, ids[at:next]...)
		}
		for ; at < next; at++ {
			w.kept = append(w.kept, k && in > 0)
		}
	}
	w.out = append(w.out, v.Sentinel(n+1))
	if in == 0 {
		w.in = w.in[:0]
	}
	return w
}

// cut shortens the target to its budget, unless that is negative: it begins at
// a random sentinel but the last, or, where less than the budget follows that
// one, at the earliest from which the rest fits (docs/4m.md, 3.3).
func (w *written) cut(c Chance, v text.Lexicon, p pieces, kept []bool, budget int) {
	from, to := 0, len(w.out)
	if budget >= 0 && to > budget {
		var at []int
		for i, id := range w.out {
			if v.IsSentinel(id) {
				at = append(at, i)
			}
		}
		from = at[c.Between(0, max(1, len(at)-1)-1)]
		if to-from >= budget {
			to = from + budget
		} else {
			for _, a := range at {
				if to-a <= budget {
					from = a
					break
				}
			}
		}
	}
	w.out = w.out[from:to]
	// the tokens that it holds: masked ones stand in it in their order, behind
	// the sentinels of their spans
	at, pos := 0, 0
	for i, k := range kept {
		if !k && (i == 0 || kept[i-1]) {
			pos++
		}
		for range p.size(i) {
			if !k {
				w.target[at] = pos >= from && pos < to
				pos++
			}
			at++
		}
	}
}
