package generate

// Reading a text token by token, in every version of the samples at once. The
// conditions do not change while it grows, so the encoder runs once, and keys
// and values of what was read are kept.

import (
	"context"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// reader is a text on its way.
type reader struct {
	b    *Batch
	d    modality.Domain
	step Scheduled
	dec  *model.Decoder
	looks
	said [][]float32 // outputs of all tokens, where somebody watches
}

// read begins a text of at most most tokens.
func (b *Batch) read(ctx context.Context, d modality.Domain, step Scheduled, most int) (*reader, error) {
	r := &reader{b: b, d: d, step: step, looks: b.looks(step)}
	n, blind := b.room(r.versions)
	net := b.Model.Graph(model.Encoding, model.Shape{B: len(r.versions) * len(b.Rows), N: n, M: 1})
	net.Empty()
	at := 0
	for _, samples := range r.versions {
		for _, rows := range samples {
			if err := b.Model.FillQuery(net.Batch, at, rows, d.Name, nil, false); err != nil {
				return nil, err
			}
			at++
		}
	}
	if err := net.Machine.Run(ctx); err != nil {
		return nil, err
	}
	var err error
	r.dec, err = b.Model.NewDecoder(net, d.Name, most, func(i int) bool { return blind[i/len(b.Rows)] })
	return r, err
}

// next reads one token a sample and gives the logits of those behind them, a
// row a sample.
func (r *reader) next(ctx context.Context, ids []int) ([]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	y, err := r.dec.Next(slices.Repeat(ids, len(r.versions)))
	if err != nil {
		return nil, err
	}
	n := len(ids) * r.b.Model.Config.Dim
	all := make([][]float32, len(r.versions))
	for v := range all {
		all[v] = y[v*n : (v+1)*n]
	}
	if r.b.Watch != nil {
		r.said = append(r.said, slices.Clone(y))
		for v := range all {
			r.b.Watch(r.rows(v, len(ids)))
		}
	}
	r.b.logits = r.b.guided(r.d, r.step, r.looks, all)
	return r.b.logits, nil
}

// rows gives the logits of all tokens of a version so far, sample by sample.
func (r *reader) rows(version, samples int) []float32 {
	dim := r.b.Model.Config.Dim
	var out []float32
	for i := range samples {
		for _, y := range r.said {
			at := (version*samples + i) * dim
			out = append(out, r.b.logitsOf(nil, r.d, y[at:at+dim])...)
		}
	}
	return out
}
