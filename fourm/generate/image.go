package generate

// MaskGIT (Chang et al., arXiv 2202.04200) and ROAR: an image's tokens in a
// few parallel steps (inventory 6.3).

import (
	"context"
	"slices"
	"sort"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

func (st *state) image(ctx context.Context, d modality.Domain, stage Stage) (modality.Tokens, []Step, error) {
	t := modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Repeat([]int{-1}, d.Max)}
	part := mask.Part{Domain: d.Name, Modality: d.Modality, Tokens: t, Input: make([]bool, d.Max), Target: slices.Repeat([]bool{true}, d.Max)}
	counts := CosineTokens(stage.Steps, d.Max)
	order := st.r.Perm(d.Max)
	if stage.Scheme == ROAR {
		counts = LinearTokens(stage.Steps, d.Max)
	}
	temps := LinearTemps(stage.Temp, counts)
	conf := make([]float32, d.Max)
	var steps []Step
	for k, n := range counts {
		// ROAR asks for the positions it will decide alone
		ask := slices.Clone(part.Target)
		if stage.Scheme == ROAR {
			clear(ask)
			for _, at := range order[:n] {
				ask[at] = true
			}
			order = order[n:]
		}
		var places []int
		for at, a := range ask {
			if a {
				places = append(places, at)
			}
		}
		query := part
		query.Target = ask
		logits, err := st.logits(ctx, d, query, len(places), stage.Guide)
		if err != nil {
			return t, steps, err
		}
		type choice struct {
			at, id int
			p      float64
		}
		choices := make([]choice, len(places))
		for i, at := range places {
			id, p := draw(st.r, logits[i], temps[k], stage.TopP, stage.TopK)
			choices[i] = choice{at, id, p}
		}
		sort.SliceStable(choices, func(a, b int) bool { return choices[a].p > choices[b].p })
		step := Step{Target: d.Modality, Index: k, Of: len(counts), New: make([]bool, d.Max)}
		for _, c := range choices[:n] {
			t.IDs[c.at], conf[c.at] = c.id, float32(c.p)
			part.Input[c.at], part.Target[c.at], step.New[c.at] = true, false, true
		}
		step.Tokens = t
		step.Tokens.IDs = slices.Clone(t.IDs)
		step.Confidence = slices.Clone(conf)
		if step.Value, err = st.m.Tokenizers[d.Modality].Decode(step.Tokens); err != nil {
			return t, steps, err
		}
		steps = append(steps, step)
	}
	return t, steps, nil
}
