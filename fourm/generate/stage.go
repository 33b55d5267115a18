package generate

// One stage of a plan, step by step, and what is kept of each step.

import (
	"context"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// stage decides a target and gives its tokens and steps.
func (w *work) stage(ctx context.Context, d modality.Domain, stage Stage) (modality.Tokens, []Step, error) {
	by := slices.Clone(w.known)
	weights := map[string]float64{}
	for name, v := range stage.Weights {
		d, _ := among(w.m, w.known, name)
		weights[d] = v
	}
	stage.Weights = weights
	moves, err := stage.Moves(d, d.Max, by, w.compat)
	if err != nil {
		return modality.Tokens{}, nil, err
	}
	if _, ok := w.rows[d.Name]; !ok {
		w.rows[d.Name] = w.blank(d)
	}
	if d.Grid() {
		return w.image(ctx, d, moves)
	}
	return w.write(ctx, d, moves[0])
}

// image carries out the steps of a grid.
func (w *work) image(ctx context.Context, d modality.Domain, moves []Move) (modality.Tokens, []Step, error) {
	t := modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Repeat([]int{-1}, d.Max)}.By(w.m.Tokenizer(d.Modality))
	conf := make([]float32, d.Max)
	var steps []Step
	scene := w.scene()
	for k, mv := range moves {
		ds, err := scene.Move(ctx, mv)
		if err != nil {
			return t, steps, err
		}
		step := Step{Target: d.Modality, Index: k, Of: len(moves), New: make([]bool, d.Max)}
		for _, x := range ds[0] {
			t.IDs[x.At], conf[x.At], step.New[x.At] = x.ID, float32(x.P), true
		}
		step.Tokens = t
		step.Tokens.IDs = slices.Clone(t.IDs)
		step.Confidence = slices.Clone(conf)
		if tok := w.m.Tokenizer(d.Modality); tok != nil {
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
func (w *work) write(ctx context.Context, d modality.Domain, mv Move) (modality.Tokens, []Step, error) {
	v := w.lexicon(d)
	tokens := func(ids []int) modality.Tokens { return w.tokens(d, v, ids) }
	eos := v.End()
	ends := func(id int) bool { return id == eos || v.IsSentinel(id) }
	var steps []Step
	var read []int // ids so far
	scene := w.scene()
	scene.never = v.Never()
	_, err := scene.text(ctx, d, mv, func(ids [][]int, p []float64) bool {
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
func (w *work) tokens(d modality.Domain, v text.Lexicon, ids []int) modality.Tokens {
	t := modality.Tokens{Modality: d.Modality, IDs: d.FromModel(ids), Rows: 1, Cols: len(ids), Words: v.Words(ids)}
	return t.By(w.m.Tokenizer(d.Modality))
}
