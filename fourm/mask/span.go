package mask

// Span masking of sequences with sentinels, T5's way (inventory 3.3).

import (
	"math/rand/v2"

	"fourmlab/fourm/text"
)

type spanned struct {
	kept, target []bool // by token
	in, out      []int  // ids on either side, sentinels included
}

// spans masks tokens at random with a uniform keep probability. A run of
// masked tokens is one span: its sentinel stands for it in the input, and
// opens it in the target, which one more sentinel closes. An input over its
// budget is drawn again with a keep probability 0.9 times as large; a target
// over its budget begins at a random sentinel, or at the earliest one from
// which the rest fits. A budget of 0 leaves that side empty.
func spans(r *rand.Rand, v *text.Vocab, ids []int, inBudget, outBudget int) spanned {
	keep := r.Float64()
	if inBudget == 0 {
		keep = 0
	}
	s := spanned{kept: make([]bool, len(ids)), target: make([]bool, len(ids))}
	for {
		for i := range ids {
			s.kept[i] = r.Float64() < keep
		}
		s.build(v, ids)
		if inBudget == 0 {
			s.in = []int{}
			break
		}
		if len(s.in) <= inBudget {
			break
		}
		keep *= 0.9
	}
	s.cut(r, v, ids, outBudget)
	return s
}

// build writes both sides from kept.
func (s *spanned) build(v *text.Vocab, ids []int) {
	s.in, s.out = []int{}, []int{}
	n := 0
	for i, id := range ids {
		if s.kept[i] {
			s.in = append(s.in, id)
			continue
		}
		if i == 0 || s.kept[i-1] {
			n++
			s.in = append(s.in, v.Sentinel(min(n, v.Sentinels-1)))
			s.out = append(s.out, v.Sentinel(min(n, v.Sentinels-1)))
		}
		s.out = append(s.out, id)
	}
	s.out = append(s.out, v.Sentinel(min(n+1, v.Sentinels-1)))
}

// cut shortens the target to its budget and marks the tokens it holds.
func (s *spanned) cut(r *rand.Rand, v *text.Vocab, ids []int, budget int) {
	full := s.out
	from, to := 0, len(full)
	if budget == 0 {
		s.out = []int{}
		return
	}
	if len(full) > budget {
		var at []int
		for i, id := range full {
			if v.IsSentinel(id) {
				at = append(at, i)
			}
		}
		from = at[r.IntN(max(1, len(at)-1))]
		if len(full)-from >= budget {
			to = from + budget
		} else {
			for _, a := range at {
				if len(full)-a <= budget {
					from = a
					break
				}
			}
		}
	}
	s.out = full[from:to]
	// walk the masked tokens beside the target: the token that follows k
	// others and the sentinels of its span
	pos := 0
	for i := range ids {
		if s.kept[i] {
			continue
		}
		if i == 0 || s.kept[i-1] {
			pos++
		}
		s.target[i] = pos >= from && pos < to
		pos++
	}
}
