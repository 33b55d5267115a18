package generate

// An image's tokens in a few parallel steps, by a scheme: MaskGIT (Chang et al.,
// arXiv 2202.04200), ROAR and others (docs/4m.md, 6.3).

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"fourmlab/fourm/modality"
)

// grid decides tokens of a grid, by the step's scheme.
func (b *Batch) grid(ctx context.Context, d modality.Domain, step Scheduled) ([][]Decision, error) {
	open, redo := make([][]int, len(b.Rows)), make([]int, len(b.Rows)) // places that are targets, and how many of them were decided before
	for i, rows := range b.Rows {
		redo[i] = b.reopen(i, d.Name, step.Redo)
		for at, t := range rows[d.Name].Target {
			if t {
				open[i] = append(open[i], at)
			}
		}
	}
	seen := make([]*GridStep, len(b.Rows))
	places := make(query, len(b.Rows))
	for i := range b.Rows {
		n := step.Tokens + redo[i]
		if step.Tokens < 0 || n > len(open[i]) {
			return nil, fmt.Errorf("generate: a step of %d tokens where sample %d has %d to decide", n, i, len(open[i]))
		}
		seen[i] = b.seen(i, d, step, n, open[i])
	}
	again := func() query { return places }
	if step.Scheme == ROAR {
		places = nil
		again = func() query {
			// the official passes of a guided step look at places of their own,
			// and what they say is mixed row by row (docs/4m.md, 11.6)
			if places == nil || b.Compat {
				places = b.random(d, seen)
			}
			return places
		}
	} else {
		for i, s := range seen {
			var err error
			if places[i], err = looked(step.Scheme, i, s, open[i]); err != nil {
				return nil, err
			}
		}
	}
	logits, err := b.ask(ctx, d, step, again)
	if err != nil {
		return nil, err
	}
	power := 1.0
	if m, ok := step.Scheme.(moment); ok {
		power = m.power()
	}
	var of []int
	for i, at := range places {
		for range at {
			of = append(of, i)
		}
	}
	temps := b.tempsOf(step, of)
	for i := range temps {
		temps[i] /= power
	}
	ids, probs := drawn(b.turns(of), logits, d.Vocab, temps, step.Filter)
	out := make([][]Decision, len(b.Rows))
	row := 0
	for i := range b.Rows {
		guesses := make([]Guess, len(places[i]))
		for k, at := range places[i] {
			if temps[row] <= frozen && b.Compat {
				probs[row] = 1
			}
			guesses[k] = Guess{At: at, ID: ids[row], P: probs[row]}
			row++
		}
		if asks(step.Scheme) {
			describe(guesses, logits[(row-len(guesses))*d.Vocab:row*d.Vocab], d.Vocab, power)
		}
		if out[i], err = keep(step.Scheme, i, seen[i], guesses); err != nil {
			return nil, err
		}
		b.commit(i, d.Name, out[i])
	}
	return out, nil
}

// seen is a step of a sample as its scheme sees it.
func (b *Batch) seen(i int, d modality.Domain, step Scheduled, n int, open []int) *GridStep {
	r := b.Rows[i][d.Name]
	s := &GridStep{Rows: d.Rows, Cols: d.Cols, Index: step.Index, Of: max(step.Of, 1), Tokens: n, IDs: make([]int, d.Max), Open: slices.Clone(open), chance: b.chanceOf(i)}
	for at := range s.IDs {
		s.IDs[at] = -1
		if r.Input[at] {
			s.IDs[at] = r.IDs[at]
		}
	}
	return s
}

// looked gives the places that a scheme looks at, or says which cannot be.
func looked(by Scheme, i int, s *GridStep, open []int) ([]int, error) {
	at := by.Look(s)
	if at == nil {
		return open, nil
	}
	if len(at) < s.Tokens {
		return nil, fmt.Errorf("generate: %v looks at %d places of sample %d, expected at least the %d that the step decides", by, len(at), i, s.Tokens)
	}
	for k, p := range at {
		if !slices.Contains(open, p) || slices.Contains(at[:k], p) {
			return nil, fmt.Errorf("generate: %v looks at place %d of sample %d, expected open places, each once", by, p, i)
		}
	}
	return at, nil
}

// keep gives the guesses that a scheme keeps as decisions.
func keep(by Scheme, i int, s *GridStep, guesses []Guess) ([]Decision, error) {
	stay := by.Keep(s, guesses)
	if stay == nil {
		for k := range guesses {
			stay = append(stay, k)
		}
	}
	if len(stay) != s.Tokens {
		return nil, fmt.Errorf("generate: %v keeps %d of %d predictions for sample %d, expected the %d that the step decides", by, len(stay), len(guesses), i, s.Tokens)
	}
	out := make([]Decision, len(stay))
	for n, k := range stay {
		if k < 0 || k >= len(guesses) || slices.Contains(stay[:n], k) {
			return nil, fmt.Errorf("generate: %v keeps prediction %d of sample %d, expected numbers from 0 to %d, each once", by, k, i, len(guesses)-1)
		}
		out[n] = Decision{guesses[k].At, guesses[k].ID, guesses[k].P}
	}
	return out, nil
}

// asks tells whether a scheme may ask for what describe finds.
func asks(s Scheme) bool {
	return s != MaskGIT && s != ROAR && s != Raster && s != Halton && s != Autoregressive
}

// describe notes of each guess how sure its place is, by rows of logits.
func describe(guesses []Guess, logits []float32, vocab int, power float64) {
	for k := range guesses {
		row := logits[k*vocab : (k+1)*vocab]
		top, sum := float64(slices.Max(row)), 0.0
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		g := &guesses[k]
		g.Top = 1 / sum
		for _, v := range row {
			p := math.Exp(float64(v)-top) / sum
			if p > 0 {
				g.Entropy -= p * math.Log(p)
			}
			g.moment += math.Pow(p, power)
		}
	}
}

// random picks open places, by one order for all samples that share a Chance.
func (b *Batch) random(d modality.Domain, seen []*GridStep) query {
	out := make(query, len(seen))
	var order []int
	for i, s := range seen {
		if order == nil || b.own != nil {
			order = argsort(b.chanceOf(i).Noise(d.Max))
		}
		out[i] = first(s, order)
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
	b.note(i, name, ds)
}

// note remembers with which probability places were decided.
func (b *Batch) note(i int, name string, ds []Decision) {
	if b.sure == nil {
		b.sure = make([]map[string]map[int]float64, len(b.Rows))
	}
	if b.sure[i] == nil {
		b.sure[i] = map[string]map[int]float64{}
	}
	if b.sure[i][name] == nil {
		b.sure[i][name] = map[int]float64{}
	}
	for _, x := range ds {
		b.sure[i][name][x.At] = x.P
	}
}

// reopen makes targets again of a share of the tokens that were decided, those with
// the least probability, and gives their number. What was given stays.
func (b *Batch) reopen(i int, name string, share float64) int {
	if share <= 0 || len(b.sure) <= i {
		return 0
	}
	sure := b.sure[i][name]
	at := slices.Sorted(maps.Keys(sure))
	slices.SortStableFunc(at, func(x, y int) int { return cmp.Compare(sure[x], sure[y]) })
	at = at[:int(share*float64(len(at)))]
	r := b.Rows[i][name]
	r.Input, r.Target = slices.Clone(r.Input), slices.Clone(r.Target)
	for _, p := range at {
		r.Input[p], r.Target[p] = false, true
		delete(sure, p)
	}
	b.Rows[i][name] = r
	return len(at)
}
