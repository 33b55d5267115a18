package vq

// Training on the spot (docs/4m.md, 2.3).

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/quantize"
)

// Train fits a tokenizer to pictures of the modality. report, where not nil,
// is called after every step with the loss. The same pictures, configuration
// and seed give the same tokenizer. When ctx ends, training stops and the
// error is the context's.
func Train(ctx context.Context, m modality.Modality, pics []*modality.Picture, c VQ, report func(step, steps int, loss float64)) (*Tokenizer, error) {
	if len(pics) == 0 {
		return nil, fmt.Errorf("vq: no pictures of %s to train on", m.Name)
	}
	for _, p := range pics {
		if _, err := m.Fit(p); err != nil {
			return nil, fmt.Errorf("vq: %w", err)
		}
	}
	t := &Tokenizer{Of: m, Config: c.resolved(m), Scale: scalings[m.Look.Spec().Scaling].measure(m, pics)}
	t.fits()
	t.declare()
	loss := Loss{"mse", 1}
	if t.labels() {
		loss.Name = "ce"
	}
	n := t.net.build(training, loss, t.Config.Batch, t.Of.Grid(), t.Of.Cols())
	var params, grads [][]float32
	var decays []bool
	for _, name := range n.names {
		params = append(params, t.Params[name].Data)
		decays = append(decays, len(t.Params[name].Shape) > 1)
	}
	opt := optim.AdamW{Beta2: 0.99, Decay: 0.01}
	r := rand.New(rand.NewPCG(uint64(t.Config.Seed), 12))
	order := r.Perm(len(pics))
	at := 0
	for step := range t.Config.Steps {
		for i := range t.Config.Batch {
			if at == len(order) {
				r.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
				at = 0
			}
			if err := t.put(n, i, pics[order[at]]); err != nil {
				return nil, err
			}
			at++
		}
		copy(n.truth, n.in)
		if step == 0 { // codes begin where the first latents lie
			if err := n.m.Run(ctx); err != nil {
				return nil, err
			}
			t.net.quant.(quantize.Beginner).Begin(n.m.Floats(n.z), r)
		}
		if err := n.m.Run(ctx); err != nil {
			return nil, err
		}
		t.Loss = float64(n.m.Floats(n.loss)[0])
		if math.IsNaN(t.Loss) {
			return nil, fmt.Errorf("vq: the loss of %s is not a number at step %d; lower the learning rate", m.Name, step)
		}
		grads = grads[:0]
		for _, g := range n.grads {
			grads = append(grads, n.m.Floats(g))
		}
		lr := optim.Warm(t.Config.LR, step, t.Config.Steps/20, t.Config.Steps)
		t.net.quant.Update(n.m.Floats(n.z), r)
		all := optim.Dense(grads)
		opt.Apply(params, all, decays, lr, optim.Norm(all), 1)
		if report != nil {
			report(step+1, t.Config.Steps, t.Loss)
		}
	}
	return t, nil
}
