package fourm

// What a model shows of itself, for viz to draw. After an interrupt or a failure
// of the world (Err) each value has what is finished.

import (
	"context"

	"fourmlab/fourm/generate"
)

// Grid generates every output from every input that the sample has, one at a
// time; viz.Grid draws it.
func (m *Model) Grid(s Sample) Grid {
	var out Grid
	_, err := attempt("Model.Grid", func(ctx context.Context) (err error) {
		out, err = generate.AnyToAny(ctx, m.core, s)
		return err
	})
	out.Err = err
	return out
}

// Sweep carries a plan out under every pair of a weight of guidance and a
// temperature, with seed 0; viz.Guidance draws it.
func (m *Model) Sweep(s Sample, p *Plan, weights, temps []float64) Sweep {
	var out Sweep
	_, err := attempt("Model.Sweep", func(ctx context.Context) (err error) {
		out, err = generate.SweepOver(ctx, m.core, s, *p, weights, temps)
		return err
	})
	out.Err = err
	return out
}

// Attention gives how a head shares its attention out when the sample is given
// whole; viz.Attention draws it. Layers count from 0 through the encoder and
// on through the decoder, where the queries are the outputs.
func (m *Model) Attention(s Sample, layer, head int) Attention {
	var out Attention
	_, err := attempt("Model.Attention", func(ctx context.Context) (err error) {
		out, err = generate.Attend(ctx, m.core, s, layer, head)
		return err
	})
	out.Err = err
	return out
}

// Embeddings gives what marks the tokens of every domain: a vector for the
// modality and one for each position; viz.Embed draws them.
func (m *Model) Embeddings() []Embedding { return m.core.Embeddings() }

// Retrieve finds the n samples of a set that are nearest to a sample in what
// the encoder makes of it; viz.Retrieval draws them.
func (m *Model) Retrieve(s Sample, ds Data, n int) Retrieval {
	var out Retrieval
	_, err := attempt("Model.Retrieve", func(ctx context.Context) (err error) {
		out, err = generate.Retrieve(ctx, m.core, s, ds, n)
		return err
	})
	out.Err = err
	return out
}
