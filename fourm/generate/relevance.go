package generate

// What of the input a prediction rests on, found by hiding it, part by part.

import (
	"context"
	"fmt"
	"math"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Relevance is how much less likely a target becomes where a part of the input is
// hidden.
type Relevance struct {
	Plan       Plan
	Sample     modality.Sample
	From       string   // the domain that is hidden in parts
	Target     string   // modality
	Rows, Cols int      // of the parts; a text has one row of tokens
	Words      []string // of a text, its tokens
	Nats       []float64
	Whole      float64 // log-likelihood of the target with all of the input, in nats a token
	Truth      bool    // the target is that of the sample, else what the model finds likeliest
	Err        error   // why nothing is there, where the world failed
}

// mostParts is how many parts a grid's side is cut into at most.
const mostParts = 8

// RelevanceOf hides parts of a condition of a plan, one after the other, and measures
// the mean log-likelihood of the last target's tokens, each by itself before any is
// decided; of a text, each given those before it. The tokens are the sample's own
// where it has the target. Grids are hidden by squares, 8 x 8 of them at most, texts by
// tokens, in whose place a sentinel stands.
func RelevanceOf(ctx context.Context, m *model.Model, s modality.Sample, plan Plan, from string) (Relevance, error) {
	s = m.As(s)
	check(m, s, plan)
	const op = "Model.Relevance"
	last := plan.Stages[len(plan.Stages)-1]
	r := Relevance{Plan: plan, Target: last.Target}
	if last.Fill != "" {
		fault.Panic(op, "stage %q fills gaps, expected a whole target", last.Target)
	}
	all, d, steps, err := upTo(ctx, m, []modality.Sample{s}, plan)
	if err != nil {
		return r, err
	}
	g := all.all[0]
	r.Sample = g.s
	name, ok := among(m, g.known, modality.Need(op, from).Name)
	if !ok {
		if name, ok = among(m, g.known, from); !ok {
			fault.Panic(op, "%q is not among what the plan gives, %v", from, g.known)
		}
	}
	r.From = name
	fromDomain, _ := m.InputDomain(name)
	now := steps[0]
	want, err := g.wanted(ctx, all, s, d, now, &r)
	if err != nil {
		return r, err
	}
	if v, ok := s.Values[d.Modality]; ok && r.Truth {
		r.Sample = r.Sample.With(d.Modality, v)
	}
	hidden := r.parts(g, fromDomain)
	versions := append([]mask.Row{g.rows[name]}, hidden...)
	var sure []float64
	for at := 0; at < len(versions); at += together {
		part := versions[at:min(at+together, len(versions))]
		b := all.batch()
		b.Rows, b.own, b.temps = nil, nil, nil
		for _, row := range part {
			b.Rows = append(b.Rows, with(g.rows, name, row))
		}
		l, err := b.likelihood(ctx, d, now, want)
		if err != nil {
			return r, err
		}
		sure = append(sure, l...)
	}
	r.Whole = sure[0]
	for _, l := range sure[1:] {
		r.Nats = append(r.Nats, r.Whole-l)
	}
	return r, nil
}

// wanted gives the tokens of the target by which likelihood is measured, as the model
// numbers them; -1 stands for those that are known.
func (g *generation) wanted(ctx context.Context, all *group, s modality.Sample, d modality.Domain, now Scheduled, r *Relevance) ([]int, error) {
	var t modality.Tokens
	var err error
	if _, tok := s.Toks[d.Modality]; tok || s.Has(d.Modality) {
		r.Truth = true
		t, err = g.tokenized("Model.Relevance", s, d)
	} else {
		e := Entropy{}
		now.Temp = 0
		if d.Grid() {
			err = e.grid(ctx, all, d, now)
		} else {
			before := g.rows[d.Name]
			err = e.text(ctx, all, d, now)
			g.rows[d.Name] = before
		}
		t = e.Tokens
	}
	if err != nil {
		return nil, err
	}
	ids := slices.Clone(d.ToModel(t.IDs))
	if d.Grid() {
		for at, known := range g.rows[d.Name].Input {
			if known {
				ids[at] = -1
			}
		}
		return ids, nil
	}
	return ids[:min(len(ids), d.Max)], nil
}

// parts gives the rows of a domain with one part after the other hidden.
func (r *Relevance) parts(g *generation, d modality.Domain) (out []mask.Row) {
	row := g.rows[d.Name]
	if !d.Grid() {
		open := -1
		if d.Kind != modality.Vectors {
			v := g.lexicon(d)
			open = v.Sentinel(1)
			for at, in := range row.Input {
				if in && row.IDs[at] != v.End() {
					r.Words = append(r.Words, v.Words([]int{row.IDs[at]})...)
					out = append(out, hidden(row, []int{at}, open))
				}
			}
		} else {
			for at := range row.Input {
				r.Words = append(r.Words, fmt.Sprint(at))
				out = append(out, hidden(row, []int{at}, open))
			}
		}
		r.Rows, r.Cols = 1, len(out)
		return out
	}
	high, wide := (d.Rows+mostParts-1)/mostParts, (d.Cols+mostParts-1)/mostParts
	r.Rows, r.Cols = (d.Rows+high-1)/high, (d.Cols+wide-1)/wide
	for part := range r.Rows * r.Cols {
		var places []int
		for at := range d.Max {
			if at/d.Cols/high == part/r.Cols && at%d.Cols/wide == part%r.Cols {
				places = append(places, at)
			}
		}
		out = append(out, hidden(row, places, -1))
	}
	return out
}

// hidden gives a row that does not show some places, or shows a sentinel there.
func hidden(row mask.Row, places []int, sentinel int) mask.Row {
	row.Input, row.IDs = slices.Clone(row.Input), slices.Clone(row.IDs)
	for _, at := range places {
		if sentinel >= 0 {
			row.IDs[at] = sentinel
		} else {
			row.Input[at] = false
		}
	}
	return row
}

// likelihood gives, by sample, the mean log-probability of the target's tokens.
func (b *Batch) likelihood(ctx context.Context, d modality.Domain, now Scheduled, want []int) ([]float64, error) {
	out := make([]float64, len(b.Rows))
	add := func(i int, logits []float32, id int) {
		top, sum := float64(slices.Max(logits)), 0.0
		for _, x := range logits {
			sum += math.Exp(float64(x) - top)
		}
		out[i] += float64(logits[id]) - top - math.Log(sum)
	}
	n := 0
	if d.Grid() {
		var open []int
		for at, id := range want {
			if id >= 0 {
				open = append(open, at)
			}
		}
		if n = len(open); n > 0 {
			places := slices.Repeat(query{open}, len(b.Rows))
			logits, err := b.ask(ctx, d, now, func() query { return places })
			if err != nil {
				return nil, err
			}
			for row := range len(b.Rows) * n {
				add(row/n, logits[row*d.Vocab:(row+1)*d.Vocab], want[open[row%n]])
			}
		}
	} else if n = len(want); n > 0 {
		read, err := b.read(ctx, d, now, n+1)
		if err != nil {
			return nil, err
		}
		defer read.dec.Close()
		newest := b.opens(d)
		for _, id := range want {
			logits, err := read.next(ctx, slices.Repeat([]int{newest}, len(b.Rows)))
			if err != nil {
				return nil, err
			}
			for i := range b.Rows {
				b.forbid(logits[i*d.Vocab : (i+1)*d.Vocab])
				add(i, logits[i*d.Vocab:(i+1)*d.Vocab], id)
			}
			newest = id
		}
	}
	for i := range out {
		out[i] /= float64(max(n, 1))
	}
	return out, nil
}

// Part gives the part that matters most.
func (r Relevance) Part() int {
	best := 0
	for i, x := range r.Nats {
		if x > r.Nats[best] {
			best = i
		}
	}
	return best
}

func (r Relevance) String() string {
	w := fmt.Sprintf("%s for %s of sample %s", r.From, r.Target, r.Sample.Key)
	if len(r.Nats) > 0 {
		part := r.Part()
		what := fmt.Sprintf("row %d, column %d of %dx%d parts", part/r.Cols, part%r.Cols, r.Rows, r.Cols)
		if r.Words != nil {
			what = fmt.Sprintf("%q", r.Words[part])
		}
		w += fmt.Sprintf(": most by %s, %.3f nats a token", what, r.Nats[part])
	}
	return w + ended(false, r.Err)
}

// SimpleRender shows it in a notebook.
func (r Relevance) SimpleRender() map[string]any { return show.Bundle(r) }
