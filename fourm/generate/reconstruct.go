package generate

// What the model makes of a masked sample in one look: every token that is
// not an input, predicted at once.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
)

// Reconstruct predicts from a masked sample's inputs all that they do not
// show: for images the likeliest token at every other position, in one pass;
// for sequences the masked spans, token by token. Visible tokens stay as they
// are.
func Reconstruct(ctx context.Context, m *model.Model, mk mask.Masked) (modality.Sample, error) {
	st := &state{m: m, r: rand.New(rand.NewPCG(0, 4)), s: mk.Sample}
	out := modality.Sample{Key: mk.Sample.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}
	for _, p := range mk.Parts {
		q := p
		q.Target, q.Out = make([]bool, len(p.Target)), modality.Tokens{}
		st.known = append(st.known, q)
	}
	for i, p := range mk.Parts {
		d, ok := m.Domain(p.Domain)
		if !ok || p.Pixels {
			continue
		}
		rest := append(slices.Clone(st.known[:i]), st.known[i+1:]...)
		one := &state{m: m, r: st.r, s: mk.Sample, known: rest}
		t, err := one.fill(ctx, d, p)
		if err != nil {
			return out, err
		}
		v, err := m.Tokenizers[p.Modality].Decode(t)
		if err != nil {
			return out, fmt.Errorf("generate: %w", err)
		}
		out.Values[p.Modality], out.Toks[p.Modality] = v, t
	}
	return out, nil
}

// fill predicts what a part does not show.
func (st *state) fill(ctx context.Context, d modality.Domain, p mask.Part) (modality.Tokens, error) {
	if d.Kind == modality.Sequence {
		return st.fillSpans(ctx, d, p)
	}
	t := p.Tokens
	t.IDs = slices.Clone(t.IDs)
	query := p
	query.Target = make([]bool, d.Max)
	var places []int
	for at, in := range p.Input {
		if !in {
			query.Target[at] = true
			places = append(places, at)
		}
	}
	if len(places) == 0 {
		return t, nil
	}
	logits, err := st.logits(ctx, d, query, len(places), 1)
	if err != nil {
		return t, err
	}
	for i, at := range places {
		t.IDs[at], _ = draw(st.r, logits[i], 0, 0, 0)
	}
	return t, nil
}

// fillSpans decodes the target of a masked text and puts each span in the
// place of its sentinel.
func (st *state) fillSpans(ctx context.Context, d modality.Domain, p mask.Part) (modality.Tokens, error) {
	tok, ok := st.m.Tokenizers[d.Modality].(*text.Tokenizer)
	if !ok {
		return p.Tokens, fmt.Errorf("generate: the tokenizer of %q has no sentinels", d.Modality)
	}
	prompt := p
	in := p.In.IDs
	if len(in) == 0 {
		in = []int{tok.Words.Sentinel(1)}
		prompt.In = tok.Tokens(in)
	}
	room := d.Max // for the spans: what is visible stays
	for _, id := range in {
		if !tok.Words.IsSentinel(id) {
			room--
		}
	}
	var ids []int
	target := []int{}
	for i, id := range in {
		if !tok.Words.IsSentinel(id) {
			ids = append(ids, id)
			continue
		}
		target = append(target, id)
		span, _, err := st.continueText(ctx, d, Stage{Temp: 1e-9, Guide: 1}, tok, prompt, slices.Clone(target), id+1, max(room, 0))
		if err != nil {
			return p.Tokens, err
		}
		// a span that does not end the text has no end token of its own
		if len(span) > 0 && span[len(span)-1] == text.EOS && i < len(in)-1 {
			span = span[:len(span)-1]
		}
		target, ids, room = append(target, span...), append(ids, span...), room-len(span)
	}
	return tok.Tokens(ids), nil
}
