package vq

// Validation: what held-out samples say while a tokenizer is trained.

import (
	"context"
	"fmt"

	"fourmlab/fourm/quantize"
)

// held reads the held-out pictures; without any, as many of the training's own
// tell how codes are used.
func (l *trainer) held(ctx context.Context) error {
	if l.c.Val == nil {
		return nil
	}
	m := l.t.Of
	for i := 0; i < l.c.Val.Len() && len(l.val) < l.c.ValSize; i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		s, err := l.c.Val.Sample(i)
		if err != nil {
			return fmt.Errorf("vq: held-out sample %d: %w", i, err)
		}
		if !s.Has(m.Name) {
			continue
		}
		p, err := l.t.serial().Fit(s.Values[m.Name])
		if err != nil {
			return fmt.Errorf("vq: held-out sample %s: %w", s.Key, err)
		}
		l.val = append(l.val, p)
	}
	if len(l.val) == 0 {
		return fmt.Errorf("vq: no held-out sample has %s", m.Name)
	}
	return nil
}

// validate looks at the tokenizer as it stands, with the average of its weights
// where there is one.
func (l *trainer) validate(ctx context.Context, p *Point) (err error) {
	defer func() {
		if err != nil {
			p.Metrics, p.ValLoss = nil, 0
		}
	}()
	if l.mean != nil {
		l.mean.swap(l.t.net)
		defer l.mean.swap(l.t.net)
	}
	pics := l.val
	if pics == nil {
		pics = l.pics[:min(len(l.pics), l.c.ValSize)]
	}
	values := make([]any, len(pics))
	for i, p := range pics {
		values[i] = p
	}
	tokens, err := l.t.EncodeAll(values)
	if err != nil {
		return err
	}
	books, codes := l.t.net.quant.Books(), l.t.net.quant.Codes()
	var ids []int32
	for _, tk := range tokens {
		ids = append(ids, byPlace(tk.IDs, books)...)
	}
	use, err := quantize.Count(ids, books, codes)
	if err != nil {
		return err
	}
	used, perplex := 0.0, 0.0
	for _, u := range use {
		used += 100 * float64(u.Used) / float64(codes) / float64(books)
		perplex += u.Perplexity / float64(books)
	}
	p.Metrics = map[string]float64{usedShare: used, perplexity: perplex}
	if l.val == nil {
		return nil
	}
	return l.judge(ctx, ids, p)
}

// judge decodes the tokens of the held-out pictures: the loss of their
// reconstruction, and the modality's first metric.
func (l *trainer) judge(ctx context.Context, ids []int32, p *Point) error {
	t := l.t
	tallies := t.tallies()[:1]
	g := t.net.graph(judging, Loss{Name: l.c.Loss}, 1, t.Of.Grid(), t.Of.Cols())
	per := len(ids) / len(l.val)
	for i, pic := range l.val {
		if err := t.net.quant.Embed(g.codes, ids[i*per:(i+1)*per]); err != nil {
			return err
		}
		if err := t.put(g, 0, pic); err != nil {
			return err
		}
		t.aim(g)
		if err := g.m.Run(ctx); err != nil {
			return err
		}
		p.ValLoss += float64(g.m.Floats(g.loss)[0]) / float64(len(l.val))
		t.count(tallies, pic, t.picture(g.output(), 0))
	}
	known(p.Metrics, tallies[0])
	return nil
}
