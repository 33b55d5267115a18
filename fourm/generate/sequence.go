package generate

// Text one token after the other (inventory 6.3).

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

func (st *state) sequence(ctx context.Context, d modality.Domain, stage Stage) (modality.Tokens, []Step, error) {
	tok, ok := st.m.Tokenizers[d.Modality].(*text.Tokenizer)
	if !ok {
		return modality.Tokens{}, nil, fmt.Errorf("generate: the tokenizer of %q has no sentinels", d.Modality)
	}
	first, last := tok.Words.Sentinel(1), tok.Words.Sentinel(2)
	prompt := mask.Part{Domain: d.Name, Modality: d.Modality, In: tok.Tokens([]int{first})}
	ids, steps, err := st.continueText(ctx, d, stage, tok, prompt, []int{first}, last, d.Max)
	return tok.Tokens(ids), steps, err
}

// continueText decodes behind the sentinel that opens the target, until [EOS],
// the closing sentinel, or room tokens. It gives the tokens without the
// sentinels; those that end of themselves have [EOS] behind them.
func (st *state) continueText(ctx context.Context, d modality.Domain, stage Stage, tok *text.Tokenizer, prompt mask.Part, out []int, last, room int) ([]int, []Step, error) {
	open := len(out)
	var steps []Step
	for len(out)-open < room {
		query := prompt
		query.Out = tok.Tokens(append(slices.Clone(out), text.Pad))
		logits, err := st.logits(ctx, d, query, len(out), stage.Guide)
		if err != nil {
			return out[open:], steps, err
		}
		row := logits[len(out)-1]
		row[text.Pad], row[text.SOS] = -1e9, -1e9 // never targets
		id, p := draw(st.r, row, stage.Temp, stage.TopP, stage.TopK)
		if id == last || tok.Words.IsSentinel(id) {
			break
		}
		out = append(out, id)
		now := tok.Tokens(slices.Clone(out[open:]))
		step := Step{Target: d.Modality, Index: len(steps), Tokens: now, New: make([]bool, len(now.IDs)), Confidence: make([]float32, len(now.IDs))}
		if n := len(steps); n > 0 {
			copy(step.Confidence, steps[n-1].Confidence)
		}
		step.New[len(step.New)-1], step.Confidence[len(step.New)-1] = true, float32(p)
		steps = append(steps, step)
		if id == text.EOS {
			break
		}
	}
	for i := range steps {
		steps[i].Of = len(steps)
	}
	ids := slices.Clone(out[open:])
	if len(ids) < room && (len(ids) == 0 || ids[len(ids)-1] != text.EOS) {
		ids = append(ids, text.EOS)
	}
	return ids, steps, nil
}
