package generate

// One stage of a plan, step by step, and what is kept of each step.

import (
	"context"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// stage decides a target and gives its tokens and steps.
func (g *generation) stage(ctx context.Context, d modality.Domain, stage Stage) (modality.Tokens, []Step, error) {
	by := slices.Clone(g.known)
	weights := map[string]float64{}
	for name, v := range stage.Weights {
		d, _ := among(g.m, g.known, name)
		weights[d] = v
	}
	stage.Weights = weights
	if stage.Fill != "" {
		g.rows[d.Name] = prompt(d, g.lexicon(d).(*text.Vocab), gaps(stage.Target, stage.Fill))
	}
	if _, ok := g.rows[d.Name]; !ok {
		g.rows[d.Name] = g.blank(d)
	}
	total := d.Max
	for _, stays := range stage.Keep {
		if stays {
			total--
		}
	}
	steps, err := stage.Scheduled(d, total, by, g.compat)
	if err != nil {
		return modality.Tokens{}, nil, err
	}
	if d.Grid() {
		return g.image(ctx, d, steps)
	}
	if stage.Fill != "" {
		return g.complete(ctx, d, steps[0])
	}
	return g.write(ctx, d, steps[0])
}

// image carries out the steps of a grid.
func (g *generation) image(ctx context.Context, d modality.Domain, schedule []Scheduled) (modality.Tokens, []Step, error) {
	t := modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Repeat([]int{-1}, d.Max)}.By(g.m.Tokenizer(d.Modality))
	conf := make([]float32, d.Max)
	for at, known := range g.rows[d.Name].Input {
		if known { // kept
			t.IDs[at], conf[at] = g.rows[d.Name].IDs[at], 1
		}
	}
	var steps []Step
	b := g.batch()
	for k, now := range schedule {
		ds, err := b.Step(ctx, now)
		if err != nil {
			return t, steps, err
		}
		step := Step{Target: d.Modality, Index: k, Of: len(schedule), New: make([]bool, d.Max)}
		for at, open := range b.Rows[0][d.Name].Target { // some may be open again
			if open {
				t.IDs[at], conf[at] = -1, 0
			}
		}
		for _, x := range ds[0] {
			t.IDs[x.At], conf[x.At], step.New[x.At] = x.ID, float32(x.P), true
		}
		step.Tokens = t
		step.Tokens.IDs = slices.Clone(t.IDs)
		step.Confidence = slices.Clone(conf)
		if tok := g.m.Tokenizer(d.Modality); tok != nil {
			if step.Value, err = tok.Decode(step.Tokens); err != nil {
				return t, steps, err
			}
		}
		steps = append(steps, step)
	}
	return t, steps, nil
}

// write carries out the one step of a text: it ends with [EOS], a sentinel or
// the end of its room. Text that ends of itself has [EOS] behind it.
func (g *generation) write(ctx context.Context, d modality.Domain, now Scheduled) (modality.Tokens, []Step, error) {
	v := g.lexicon(d)
	tokens := func(ids []int) modality.Tokens { return g.tokens(d, v, ids) }
	eos := v.End()
	ends := func(id int) bool { return id == eos || v.IsSentinel(id) }
	var steps []Step
	var read []int // ids so far
	b := g.batch()
	b.never = v.Never()
	_, err := b.text(ctx, d, now, func(ids [][]int, p []float64) bool {
		last := ids[0][len(ids[0])-1]
		if v.IsSentinel(last) {
			return false
		}
		read = slices.Clone(ids[0][1:])
		now := tokens(read)
		step := Step{Target: d.Modality, Index: len(steps), Tokens: now, New: make([]bool, len(now.IDs)), Confidence: make([]float32, len(now.IDs))}
		if n := len(steps); n > 0 {
			copy(step.Confidence, steps[n-1].Confidence)
		}
		step.New[len(step.New)-1], step.Confidence[len(step.New)-1] = true, float32(p[0])
		steps = append(steps, step)
		return !ends(last) && len(now.IDs) < d.Max
	})
	ids := slices.Clone(read)
	if eos >= 0 && len(ids) < d.Max && (len(ids) == 0 || ids[len(ids)-1] != eos) {
		ids = append(ids, eos)
	}
	return tokens(ids), steps, err
}

// tokens makes tokens of the ids of a text as the model numbers them.
func (g *generation) tokens(d modality.Domain, v text.Lexicon, ids []int) modality.Tokens {
	t := modality.Tokens{Modality: d.Modality, IDs: d.FromModel(ids), Rows: 1, Cols: len(ids), Words: v.Words(ids)}
	return t.By(g.m.Tokenizer(d.Modality))
}
