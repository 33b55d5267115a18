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
func (b *Batch) grid(ctx context.Context, d modality.Domain, step Scheduled) ([][]Decision, error) {
	open := make([][]int, len(b.Rows)) // places that are targets
	for i, rows := range b.Rows {
		for at, t := range rows[d.Name].Target {
			if t {
				open[i] = append(open[i], at)
			}
		}
		if step.Tokens < 0 || step.Tokens > len(open[i]) {
			return nil, fmt.Errorf("generate: a step of %d tokens where sample %d has %d to decide", step.Tokens, i, len(open[i]))
		}
	}
	var places query
	again := func() query { places = open; return places }
	if step.Scheme == ROAR {
		again = func() query {
			// the official passes of a guided step look at places of their own,
			// and what they say is mixed row by row (docs/4m.md, 11.6)
			if places == nil || b.Compat {
				places = b.random(d, open, step.Tokens)
			}
			return places
		}
	}
	logits, err := b.ask(ctx, d, step, again)
	if err != nil {
		return nil, err
	}
	ids, probs := drawn(b.Chance, logits, d.Vocab, step.Temp, step.Filter)
	out := make([][]Decision, len(b.Rows))
	row := 0
	for i := range b.Rows {
		for _, at := range places[i] {
			if step.Temp <= frozen && b.Compat {
				probs[row] = 1
			}
			out[i] = append(out[i], Decision{at, ids[row], probs[row]})
			row++
		}
		if step.Scheme != ROAR {
			sort.SliceStable(out[i], func(a, b int) bool { return out[i][a].P > out[i][b].P })
			out[i] = out[i][:step.Tokens]
		}
		b.commit(i, d.Name, out[i])
	}
	return out, nil
}

// random picks so many of the open places by one order for all samples.
func (b *Batch) random(d modality.Domain, open [][]int, n int) query {
	order := argsort(b.Chance.Noise(d.Max))
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
func (b *Batch) commit(i int, name string, ds []Decision) {
	r := b.Rows[i][name]
	r.IDs, r.Input, r.Target = slices.Clone(r.IDs), slices.Clone(r.Input), slices.Clone(r.Target)
	for _, x := range ds {
		r.IDs[x.At], r.Input[x.At], r.Target[x.At] = x.ID, true, false
	}
	b.Rows[i][name] = r
}
