package generate

// MaskGIT (Chang et al., arXiv 2202.04200) and ROAR: an image's tokens in a
// few parallel steps (docs/4m.md, 6.3).

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"fourmlab/fourm/modality"
)

// grid decides tokens of a grid: the most confident of all that are left, or
// all of some places chosen at random, the same for every sample.
func (s *Scene) grid(ctx context.Context, d modality.Domain, mv Move) ([][]Decision, error) {
	open := make([][]int, len(s.Rows)) // places that are targets
	for i, rows := range s.Rows {
		for at, t := range rows[d.Name].Target {
			if t {
				open[i] = append(open[i], at)
			}
		}
		if mv.Tokens < 0 || mv.Tokens > len(open[i]) {
			return nil, fmt.Errorf("generate: a step of %d tokens where sample %d has %d to decide", mv.Tokens, i, len(open[i]))
		}
	}
	var places query
	again := func() query { places = open; return places }
	if mv.Scheme == ROAR {
		again = func() query {
			// the official passes of a guided step look at places of their own,
			// and what they say is mixed row by row (docs/4m.md, 11.6)
			if places == nil || s.Compat {
				places = s.random(d, open, mv.Tokens)
			}
			return places
		}
	}
	logits, err := s.ask(ctx, d, mv, again)
	if err != nil {
		return nil, err
	}
	ids, probs := drawn(s.Chance, logits, d.Vocab, mv.Temp, mv.Filter)
	out := make([][]Decision, len(s.Rows))
	row := 0
	for i := range s.Rows {
		for _, at := range places[i] {
			if mv.Temp <= frozen && s.Compat {
				probs[row] = 1
			}
			out[i] = append(out[i], Decision{at, ids[row], probs[row]})
			row++
		}
		if mv.Scheme != ROAR {
			sort.SliceStable(out[i], func(a, b int) bool { return out[i][a].P > out[i][b].P })
			out[i] = out[i][:mv.Tokens]
		}
		s.commit(i, d.Name, out[i])
	}
	return out, nil
}

// random picks so many of the open places by one order for all samples.
func (s *Scene) random(d modality.Domain, open [][]int, n int) query {
	order := argsort(s.Chance.Noise(d.Max))
	out := make(query, len(open))
	for i := range open {
		for _, at := range order {
			if len(out[i]) < n && slices.Contains(open[i], at) {
				out[i] = append(out[i], at)
			}
		}
	}
	return out
}

// commit makes decided tokens of a sample inputs.
func (s *Scene) commit(i int, name string, ds []Decision) {
	r := s.Rows[i][name]
	r.IDs, r.Input, r.Target = slices.Clone(r.IDs), slices.Clone(r.Input), slices.Clone(r.Target)
	for _, x := range ds {
		r.IDs[x.At], r.Input[x.At], r.Target[x.At] = x.ID, true, false
	}
	s.Rows[i][name] = r
}
