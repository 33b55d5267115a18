package vq

// Training on the spot, and the codebook's moving average (docs/4m.md, 2.3).

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/optim"
)

const (
	decay     = 0.95 // of the codebook's moving average; runs here are short
	threshold = 0.5  // a code used less often a step than this is replaced
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
	t.fit()
	t.declare()
	n := t.build("train", t.Config.Batch)
	var params, grads [][]float32
	var decays []bool
	for _, name := range n.names {
		params = append(params, t.Params[name].Data)
		decays = append(decays, len(t.Params[name].Shape) > 1)
	}
	opt := optim.AdamW{Beta2: 0.99, Decay: 0.01}
	r := rand.New(rand.NewPCG(uint64(t.Config.Seed), 12))
	book := average{size: make([]float32, t.Config.Vocab)}
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
		if step == 0 { // codes begin where the first latents lie
			if err := n.m.Run(ctx); err != nil {
				return nil, err
			}
			book.begin(r, t.Params[codebook].Data, n.m.Floats(n.z), t.Config.Latent)
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
		book.step(r, t.Params[codebook].Data, n.m.Floats(n.z), t.Config.Latent)
		all := optim.Dense(grads)
		opt.Apply(params, all, decays, lr, optim.Norm(all), 1)
		if report != nil {
			report(step+1, t.Config.Steps, t.Loss)
		}
	}
	return t, nil
}

// average keeps the codebook.
type average struct {
	size []float32 // moving average of how often each code is used a step
}

// begin sets the codes to random latents, refined by ten rounds of k-means
// over directions.
func (a *average) begin(r *rand.Rand, codes, z []float32, d int) {
	rows := len(z) / d
	k := len(codes) / d
	perm := r.Perm(rows)
	for i := range k {
		at := perm[i%rows] * d
		cpu.Unit(codes[i*d:i*d+d], z[at:at+d])
	}
	for range 10 {
		mean, count := directions(codes, z, d)
		for i := range k {
			if count[i] > 0 {
				cpu.Unit(codes[i*d:i*d+d], mean[i*d:i*d+d])
			}
		}
	}
	for i := range a.size {
		a.size[i] = float32(rows) / float32(k)
	}
}

// directions gives by code the sum of the unit latents nearest to it, and
// their number.
func directions(codes, z []float32, d int) (sum []float32, count []int) {
	ids := make([]int32, len(z)/d)
	cpu.Nearest(ids, z, codes, d)
	sum, count = make([]float32, len(codes)), make([]int, len(codes)/d)
	u := make([]float32, d)
	for r, id := range ids {
		cpu.Unit(u, z[r*d:r*d+d])
		for i, v := range u {
			sum[int(id)*d+i] += v
		}
		count[id]++
	}
	return sum, count
}

// step moves every code towards the mean direction of the latents it stood
// for, and puts those that are hardly used on random latents of the batch.
func (a *average) step(r *rand.Rand, codes, z []float32, d int) {
	sum, count := directions(codes, z, d)
	u := make([]float32, d)
	for i := range count {
		code := codes[i*d : i*d+d]
		a.size[i] = decay*a.size[i] + (1-decay)*float32(count[i])
		cpu.Unit(u, code)
		if count[i] > 0 {
			cpu.Unit(u, sum[i*d:i*d+d])
		}
		for c := range code {
			code[c] = decay*code[c] + (1-decay)*u[c]
		}
		if a.size[i] < threshold {
			at := r.IntN(len(z)/d) * d
			cpu.Unit(code, z[at:at+d])
			a.size[i] = 1
		}
	}
}
