package generate

// What a model is unsure of: the distribution of every token before one is drawn.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Entropy is how unsure a model is of each token of a target before any of it is
// drawn; of a text, of each token given those before it, the likeliest ones.
type Entropy struct {
	Plan   Plan
	Sample modality.Sample // what the target is predicted from, what earlier stages made included
	Target string          // modality
	Tokens modality.Tokens // the likeliest token everywhere, and those that are known
	Value  any             // what they decode to; nil without a tokenizer
	Nats   []float64       // entropy by place, at temperature 1; 0 of known places
	Known  []bool          // places that are kept; nil: none
	P      []float64       // probability of the likeliest token; 1 of known places
	Vocab  int             // tokens of a distribution: no entropy is above log Vocab
	Err    error           // why nothing is there, where the world failed

	logits [][]float32 // by place; nil of known ones
	offset int
}

// EntropyOf looks at the last target of a plan. Earlier targets are made first, with
// the seed 0; guidance counts, temperatures and filters do not.
func EntropyOf(ctx context.Context, m *model.Model, s modality.Sample, plan Plan) (Entropy, error) {
	s = m.As(s)
	check(m, s, plan)
	if last := plan.Stages[len(plan.Stages)-1]; last.Fill != "" {
		fault.Panic("Model.Entropy", "stage %q fills gaps, expected a whole text", last.Target)
	}
	e := Entropy{Plan: plan, Sample: s, Target: plan.Stages[len(plan.Stages)-1].Target}
	all, d, steps, err := upTo(ctx, m, []modality.Sample{s}, plan)
	if err != nil {
		return e, err
	}
	g := all.all[0]
	e.Vocab, e.offset, e.Sample = d.Vocab-d.Offset, d.Offset, g.s
	now := steps[0]
	now.Temp = 0
	if !d.Grid() {
		err = e.text(ctx, all, d, now)
	} else {
		err = e.grid(ctx, all, d, now)
	}
	if tok := m.Tokenizer(d.Modality); err == nil && tok != nil {
		e.Value, err = tok.Decode(e.Tokens)
	}
	return e, err
}

// upTo carries out all stages but the last one, of several samples together, and opens
// that.
func upTo(ctx context.Context, m *model.Model, samples []modality.Sample, plan Plan) (*group, modality.Domain, []Scheduled, error) {
	plans := slices.Repeat([]Plan{plan}, len(samples))
	all, res, err := begin(m, samples, plans, make([]int64, len(samples)))
	last := len(plan.Stages) - 1
	for k := 0; k < last && err == nil; k++ {
		err = all.carry(ctx, samples, plans, k, res)
	}
	if err != nil {
		return all, modality.Domain{}, nil, err
	}
	d, steps, err := all.open(samples, plans, last)
	return all, d, steps, err
}

func (e *Entropy) grid(ctx context.Context, all *group, d modality.Domain, now Scheduled) error {
	row := all.all[0].rows[d.Name]
	e.Tokens = modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Clone(row.IDs)}.By(all.all[0].m.Tokenizer(d.Modality))
	e.Nats, e.P, e.logits = make([]float64, d.Max), slices.Repeat([]float64{1}, d.Max), make([][]float32, d.Max)
	e.Known = slices.Clone(row.Input)
	var open []int
	for at, target := range row.Target {
		if target {
			open = append(open, at)
		}
	}
	if len(open) == 0 {
		return nil
	}
	logits, err := all.batch().ask(ctx, d, now, func() query { return query{open} })
	if err != nil {
		return err
	}
	for i, at := range open {
		e.note(at, logits[i*d.Vocab:(i+1)*d.Vocab])
		e.Tokens.IDs[at] = likeliest(e.logits[at])
	}
	return nil
}

func (e *Entropy) text(ctx context.Context, all *group, d modality.Domain, now Scheduled) error {
	g := all.all[0]
	v := g.lexicon(d)
	b := all.batch()
	b.never = v.Never()
	var ids []int
	_, err := b.text(ctx, d, now, func(_ int, read []int, _ float64) bool {
		id := read[len(read)-1]
		e.Nats, e.P, e.logits = append(e.Nats, 0), append(e.P, 0), append(e.logits, nil)
		e.note(len(ids), b.logits[:d.Vocab])
		ids = append(ids, id)
		return !v.IsSentinel(id) && id != v.End() && len(ids) < d.Max
	})
	e.Tokens = g.tokens(d, v, ids)
	return err
}

// note keeps what the model says of a place.
func (e *Entropy) note(at int, logits []float32) {
	e.logits[at] = slices.Clone(logits)
	top, sum, mean := float64(slices.Max(logits)), 0.0, 0.0
	for _, x := range logits {
		p := math.Exp(float64(x) - top)
		sum += p
		if p > 0 {
			mean += p * (float64(x) - top)
		}
	}
	e.Nats[at], e.P[at] = max(math.Log(sum)-mean/sum, 0), 1/sum
}

func likeliest(logits []float32) int {
	best := 0
	for i, x := range logits {
		if x > logits[best] {
			best = i
		}
	}
	return best
}

// Of gives the distribution of a place: tokens, the likeliest first, and their
// probabilities, so many of them as together have the share q (1: all). Of a known
// place it is the token alone.
func (e Entropy) Of(at int, q float64) (ids []int, p []float64) {
	if at < 0 || at >= len(e.logits) {
		fault.Panic("Entropy.Of", "place %d of %d", at, len(e.logits))
	}
	if e.logits[at] == nil {
		return []int{e.Tokens.IDs[at]}, []float64{1}
	}
	row := e.logits[at]
	kept, _ := Choices(row, 1, Filter{P: q})
	ids = slices.Clone(kept)
	top, sum := float64(slices.Max(row)), 0.0
	for _, x := range row {
		sum += math.Exp(float64(x) - top)
	}
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Or(cmp.Compare(row[b], row[a]), a-b) })
	for i, id := range ids {
		p = append(p, math.Exp(float64(row[id])-top)/sum)
		ids[i] = id - e.offset
	}
	return ids, p
}

// Mean is the mean entropy of the places that are not known, in nats.
func (e Entropy) Mean() float64 {
	sum, n := 0.0, 0
	for at, x := range e.Nats {
		if at >= len(e.Known) || !e.Known[at] {
			sum, n = sum+x, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

func (e Entropy) String() string {
	return fmt.Sprintf("%v of sample %s: %s is unsure by %.2f nats a token of at most %.2f", e.Plan, e.Sample.Key, e.Target, e.Mean(), math.Log(float64(max(e.Vocab, 1)))) + ended(false, e.Err)
}

// SimpleRender shows it in a notebook.
func (e Entropy) SimpleRender() map[string]any { return show.Bundle(e) }
