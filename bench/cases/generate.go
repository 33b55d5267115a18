package cases

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// picture is MaskGIT from a caption of 20 words to all tokens of tok_rgb@224:
// cosine schedule, temperature 3 falling evenly, guidance 2, top-p 0.8.
type picture struct{ steps int }

// captionWords is the length of the caption that a picture is made from.
const captionWords = 20

func (p picture) prepare(m *model.Model) (run func(context.Context, int) error, worth func(int) int64, err error) {
	d := dice(seed)
	from, to, err := domains(m, "caption", "tok_rgb@224")
	if err != nil {
		return nil, nil, err
	}
	vocab := words(from.Vocab)
	given := d.line(vocab, captionWords)
	row, err := model.RowOf(from, modality.Sample{}, mask.Part{Domain: from.Name, Tokens: given, In: given})
	if err != nil {
		return nil, nil, err
	}
	stage := generate.Stage{Target: to.Name, Scheme: generate.MaskGIT, Steps: p.steps, Schedule: "cosine", Temp: 3, Cooling: "linear", Guide: 2, TopP: 0.8}
	steps, err := stage.Scheduled(to, to.Max, []string{from.Name}, false)
	if err != nil {
		return nil, nil, err
	}
	run = func(ctx context.Context, i int) error {
		s := generate.Batch{Model: m, Chance: generate.NewDice(seed), Opens: vocab.Sentinel(1), Splits: vocab.IsSentinel,
			Rows: []map[string]mask.Row{{from.Name: row, to.Name: generate.Empty(to, to.Max, 0, 0)}}}
		for _, step := range steps {
			if _, err := s.Step(ctx, step); err != nil {
				return err
			}
		}
		if open := count(s.Rows[0][to.Name].Target); open > 0 {
			return fmt.Errorf("%d tokens of %s are left to decide", open, to.Name)
		}
		return nil
	}
	w, macs, known := macsOf(m), int64(0), 0
	for _, step := range steps {
		open := to.Max - known
		for _, prompt := range []int{len(given.IDs), 1} { // with the caption, and with the one sentinel in its place
			macs += w.encode(prompt+known) + w.decode(prompt+known, open) + w.logits(open, to.Vocab)
		}
		known += step.Tokens
	}
	return run, func(int) int64 { return macs }, nil
}

// caption is text, one token after the other, from all tokens of tok_rgb@224:
// so many at temperature 0.3, whatever would end it.
type caption struct{ tokens int }

func (c caption) prepare(m *model.Model) (run func(context.Context, int) error, worth func(int) int64, err error) {
	d := dice(seed)
	from, to, err := domains(m, "tok_rgb@224", "caption")
	if err != nil {
		return nil, nil, err
	}
	vocab := words(to.Vocab)
	part := mask.Part{Domain: from.Name, Tokens: d.plane(from), Input: slices.Repeat([]bool{true}, from.Max), Target: make([]bool, from.Max)}
	row, err := model.RowOf(from, modality.Sample{}, part)
	if err != nil {
		return nil, nil, err
	}
	stage := generate.Stage{Target: to.Name, Scheme: generate.Autoregressive, Temp: 0.3}
	steps, err := stage.Scheduled(to, to.Max, nil, false)
	if err != nil {
		return nil, nil, err
	}
	end := vocab.Sentinel(2)
	run = func(ctx context.Context, i int) error {
		s := generate.Batch{Model: m, Chance: endless{generate.NewDice(seed), end}, Opens: vocab.Sentinel(1), Splits: vocab.IsSentinel,
			Rows: []map[string]mask.Row{{from.Name: row, to.Name: generate.Empty(to, c.tokens+1, vocab.Sentinel(1), end)}}}
		ds, err := s.Step(ctx, steps[0])
		if err == nil && len(ds[0]) != c.tokens {
			err = fmt.Errorf("a text of %d tokens, expected %d", len(ds[0]), c.tokens)
		}
		return err
	}
	w, shown := macsOf(m), from.Max+1 // the sentinel of the text is an input, too
	macs := w.encode(shown)
	for n := 1; n <= c.tokens; n++ { // the whole text again for each token
		macs += w.decode(shown, n) + w.logits(n, to.Vocab)
	}
	return run, func(int) int64 { return macs }, nil
}

// endless is a Chance that never draws the token that ends a text, so that all
// runs write as many.
type endless struct {
	generate.Dice
	end int
}

// Draw draws until it is another token.
func (e endless) Draw(row, rows int, ids []int, p []float64) int {
	for {
		if i := e.Dice.Draw(row, rows, ids, p); ids[i] != e.end || len(ids) == 1 {
			return i
		}
	}
}

// domains gives what is known and what is asked for.
func domains(m *model.Model, from, to string) (in, out modality.Domain, err error) {
	in, ok := m.InputDomain(from)
	out, too := m.Domain(to)
	if !ok || !too {
		return in, out, fmt.Errorf("the model has no way from %s to %s", from, to)
	}
	return in, out, nil
}

func count(set []bool) int {
	n := 0
	for _, v := range set {
		if v {
			n++
		}
	}
	return n
}
