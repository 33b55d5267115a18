package generate

// What the model makes of a masked sample in one look: every token that is
// not an input, predicted at once.

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// Reconstruct predicts from a masked sample's inputs all that they do not
// show: for images the likeliest token at every other position, in one pass;
// for sequences the masked spans, token by token. Visible tokens stay as they
// are.
func Reconstruct(ctx context.Context, m *model.Model, mk mask.Masked) (modality.Sample, error) {
	out := modality.Sample{Key: mk.Sample.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}
	g := &generation{m: m, s: mk.Sample, chance: NewDice(0), rows: map[string]mask.Row{}}
	for _, p := range mk.Parts {
		if err := p.Tokens.Fits(m.Tokenizer(p.Modality)); err != nil {
			fault.Panic("Model.Reconstruct", "sample %s: %v", mk.Sample.Key, err)
		}
		for _, d := range m.In {
			if d.Name != p.Domain {
				continue
			}
			p.Target, p.Out = make([]bool, len(p.Target)), modality.Tokens{}
			row, err := model.RowOf(d, mk.Sample, p)
			if err != nil {
				return out, fmt.Errorf("generate: %w", err)
			}
			g.rows[d.Name] = row
		}
	}
	for _, p := range mk.Parts {
		d, ok := m.Domain(p.Domain)
		if !ok || p.Pixels {
			continue
		}
		t, err := g.fill(ctx, d, p)
		if err != nil {
			return out, err
		}
		if tok := m.Tokenizer(p.Modality); tok != nil {
			t = t.By(tok)
			v, err := tok.Decode(t)
			if err != nil {
				return out, fmt.Errorf("generate: %w", err)
			}
			out.Values[p.Modality] = v
		}
		out.Toks[p.Modality] = t
	}
	return out, nil
}

// fill predicts what a part does not show.
func (g *generation) fill(ctx context.Context, d modality.Domain, p mask.Part) (modality.Tokens, error) {
	if !d.Grid() {
		return g.fillSpans(ctx, d, p)
	}
	t := p.Tokens
	t.IDs = slices.Clone(t.IDs)
	var places []int
	for at, in := range p.Input {
		if !in {
			places = append(places, at)
		}
	}
	if len(places) == 0 {
		return t, nil
	}
	logits, err := g.batch().ask(ctx, d, Scheduled{Guide: 1}, func() query { return query{places} })
	if err != nil {
		return t, err
	}
	for i, at := range places {
		ids, _ := Choices(logits[i*d.Vocab:(i+1)*d.Vocab], 0, Filter{})
		t.IDs[at] = ids[0]
	}
	return t, nil
}

// fillSpans decodes the target of a masked text and puts each span in the
// place of its sentinel.
func (g *generation) fillSpans(ctx context.Context, d modality.Domain, p mask.Part) (modality.Tokens, error) {
	v := g.lexicon(d)
	eos := v.End()
	in := p.In.IDs
	b := g.batch()
	b.never = v.Never()
	if len(in) == 0 {
		in = []int{v.Sentinel(1)}
		rows := g.rows
		row := mask.Row{IDs: in, Input: []bool{true}, Target: []bool{false}}
		b.Rows = []map[string]mask.Row{with(rows, d.Name, row)}
	}
	room := d.Max // for the spans: what is visible stays
	for _, id := range in {
		if !v.IsSentinel(id) {
			room--
		}
	}
	read, err := b.read(ctx, d, Scheduled{Guide: 1}, len(in)+max(room, 0))
	if err != nil {
		return p.Tokens, err
	}
	var ids []int
	for i, id := range in {
		if !v.IsSentinel(id) {
			ids = append(ids, id)
			continue
		}
		var span []int
		for newest := id; len(span) < room; newest = span[len(span)-1] {
			logits, err := read.next(ctx, []int{newest})
			if err != nil {
				return p.Tokens, err
			}
			b.forbid(logits)
			best, _ := Choices(logits, 0, Filter{})
			if v.IsSentinel(best[0]) {
				break
			}
			span = append(span, best[0])
			if best[0] == eos {
				break
			}
		}
		// only the span that ends the text has an end token
		ended := eos < 0 || len(span) > 0 && span[len(span)-1] == eos
		if ended && eos >= 0 && i < len(in)-1 {
			span = span[:len(span)-1]
		} else if !ended && i == len(in)-1 && len(span) < room {
			span = append(span, eos)
		}
		ids, room = append(ids, span...), room-len(span)
	}
	return g.tokens(d, v, ids), nil
}

// with gives rows in which one domain has another row.
func with(rows map[string]mask.Row, name string, r mask.Row) map[string]mask.Row {
	out := map[string]mask.Row{name: r}
	for k, v := range rows {
		if k != name {
			out[k] = v
		}
	}
	return out
}
