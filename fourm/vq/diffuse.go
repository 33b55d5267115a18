package vq

// Training of a decoder that draws pictures from noise, on an encoder and codes
// that stay as they are (docs/4m.md, 2.4; the official freeze_enc): tokens do not
// change, only what they are shown as. Where the tokenizer has a decoder that needs
// one pass, that stays too, and the new one learns what it leaves out.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"fourmlab/fourm/diffusion"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/optim"
)

// DecoderConfig says how such a decoder is trained. Zero values stand for the
// lab's defaults. The same configuration and pictures give the same decoder.
type DecoderConfig struct {
	Kind  string  // "flow" (rectified flow; empty stands for it) or "diffusion" (shifted cosine, nothing left at the last step); of both the network predicts pictures
	Steps int     // 0 stands for 600
	Batch int     // pictures a step; 0 stands for 16
	LR    float64 // peak; 0 stands for 3e-3
	Drop  float64 // share of pictures whose codes are hidden, for guidance: cls_free_guidance_dropout; 0 stands for 0.1, less for none
	Decay float64 // of the moving average of weights that is kept; 0 stands for 0.999, less where few steps were taken
	Seed  int64
}

func (c DecoderConfig) resolved() (DecoderConfig, error) {
	for _, f := range []struct {
		name string
		p    *int
		def  int
	}{{"steps", &c.Steps, 600}, {"batch", &c.Batch, 16}} {
		if *f.p == 0 {
			*f.p = f.def
		}
		if *f.p < 1 {
			return c, fmt.Errorf("vq: decoder: %s is %d, expected at least 1", f.name, *f.p)
		}
	}
	for _, f := range []struct {
		p   *float64
		def float64
	}{{&c.LR, 3e-3}, {&c.Drop, 0.1}, {&c.Decay, 0.999}} {
		if *f.p == 0 {
			*f.p = f.def
		}
	}
	c.Drop = max(c.Drop, 0)
	switch {
	case c.Kind == "":
		c.Kind = "flow"
	case c.Kind != "flow" && c.Kind != "diffusion":
		return c, fmt.Errorf("vq: decoder %q, expected flow or diffusion", c.Kind)
	}
	if !(c.LR > 0) || !(c.Drop < 1) || !(c.Decay > 0 && c.Decay < 1) {
		return c, fmt.Errorf("vq: decoder: a learning rate of %g, a share of %g hidden and an average with decay %g, expected more than 0, less than 1, and between 0 and 1", c.LR, c.Drop, c.Decay)
	}
	return c, nil
}

// TrainDecoder trains a decoder on the tokens of pictures of the tokenizer's
// modality, and gives a tokenizer with it: the same tokens, other pictures. report,
// where not nil, is called after every step with the loss. Classes cannot be drawn
// from noise, and vectors have no places: both are errors. When ctx ends, training
// stops and the error is the context's.
func TrainDecoder(ctx context.Context, t *Tokenizer, pics []*modality.Picture, c DecoderConfig, report func(step, steps int, loss float64)) (*Tokenizer, error) {
	r, err := newDecoderRun(t, pics, c)
	if err != nil {
		return nil, err
	}
	for r.state.Step < r.Steps {
		loss, _, err := r.step(ctx)
		if err != nil {
			return nil, err
		}
		if report != nil {
			report(r.state.Step, r.Steps, loss)
		}
	}
	return r.finish(), nil
}

// decoderRun is a training under way.
type decoderRun struct {
	DecoderConfig
	state decoderState
	out   *Tokenizer
	pics  []*modality.Picture
	codes []Codes  // of each
	order epochs   // of the pictures
	names []string // of what learns
}

// decoderState is what a run needs to go on as if it had not stopped; the decoder's
// numbers are beside it.
type decoderState struct {
	Step int
	Mean map[string][]float32 // moving average of the weights
	Opt  optim.AdamW
}

// newDecoderRun looks at what is asked for, and tokenizes the pictures.
func newDecoderRun(t *Tokenizer, pics []*modality.Picture, c DecoderConfig) (*decoderRun, error) {
	if t.Err != nil {
		return nil, t.Err
	}
	c, err := c.resolved()
	if err != nil {
		return nil, err
	}
	switch s := t.net.Spec; {
	case len(pics) == 0:
		return nil, fmt.Errorf("vq: no pictures of %s to train on", t.Of.Name)
	case s.Labels > 0:
		return nil, fmt.Errorf("vq: %s has classes, which cannot be drawn from noise; a %s decoder is for pictures of numbers", t.Of.Name, c.Kind)
	case s.Enc.mlp():
		return nil, fmt.Errorf("vq: %s has vectors; a %s decoder is for pictures", t.Of.Name, c.Kind)
	}
	r := &decoderRun{DecoderConfig: c, order: epochs{seed: c.Seed, stream: ofOrder, n: len(pics)}}
	var values []any
	for i, p := range pics {
		if p, err = t.fit(p); err != nil {
			return nil, fmt.Errorf("vq: %w", err)
		}
		r.pics, values = append(r.pics, p), append(values, p)
		if first := r.pics[0]; p.H != first.H || p.W != first.W {
			return nil, fmt.Errorf("vq: picture %d of %s is %dx%d, the first is %dx%d; expected one size", i, t.Of.Name, p.H, p.W, first.H, first.W)
		}
	}
	tokens, err := t.EncodeAll(values)
	if err != nil {
		return nil, err
	}
	for _, tk := range tokens {
		one, err := t.codes(tk)
		if err != nil {
			return nil, err
		}
		r.codes = append(r.codes, one)
	}
	if r.out, err = t.drawnBy(c, r.codes[0].Rows, r.codes[0].Cols); err != nil {
		return nil, err
	}
	if err := r.measure(); err != nil {
		return nil, err
	}
	return r, r.louden()
}

// loud is the deviation of what the Transformer hears of codes in the beginning.
const loud = 2

// louden scales the first map of the codes, whose numbers may be small: noise
// would drown them, and long nothing be learned of what they stand for.
func (r *decoderRun) louden() error {
	sum, n := 0.0, 0
	for _, c := range r.codes[:min(len(r.codes), 64)] {
		v, err := r.out.net.vectors(c)
		if err != nil {
			return err
		}
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		n += len(v)
	}
	w := r.out.net.drawer.Params["mid_block.mid_cond_proj.weight"]
	now := math.Sqrt(sum/float64(n)*float64(w.Shape[1])) * math.Sqrt(2/float64(w.Shape[0]+w.Shape[1])) // Xavier's deviation
	if now == 0 {
		return nil
	}
	for i := range w.Data {
		w.Data[i] *= float32(loud / now)
	}
	return nil
}

// seeds of what chance decides, beside the step.
const (
	ofOrder = 31 + iota<<32
	ofStep
)

// batch gives the pictures of the next step, in the network's units, and their
// codes.
func (r *decoderRun) batch() (x diffusion.Pictures, cond diffusion.Condition, err error) {
	n := r.out.net
	first := r.pics[0]
	x = diffusion.Pictures{B: r.Batch, H: first.H, W: first.W, C: first.C, Data: make([]float32, r.Batch*len(first.Pix))}
	c := Codes{B: r.Batch, Books: r.codes[0].Books, Rows: r.codes[0].Rows, Cols: r.codes[0].Cols}
	for i := range r.Batch {
		p := r.order.at(r.state.Step*r.Batch + i)
		if err := r.put(x.Data[i*len(first.Pix):(i+1)*len(first.Pix)], p, n.Spec.Residual); err != nil {
			return x, cond, err
		}
		c.IDs = append(c.IDs, r.codes[p].IDs...)
	}
	v, err := n.vectors(c)
	return x, diffusion.Condition{B: c.B, H: c.Rows, W: c.Cols, C: n.Spec.Latent, Data: v}, err
}

// begin makes the optimizer's means and the average of the weights.
func (r *decoderRun) begin() {
	d := r.out.net.drawer
	r.names = d.Learned()
	r.state.Mean, r.state.Opt = map[string][]float32{}, optim.AdamW{Beta2: 0.99, Decay: 0.01}
	for _, name := range r.names {
		p := d.Params[name].Data
		r.state.Mean[name] = slices.Clone(p)
		r.state.Opt.M, r.state.Opt.V = append(r.state.Opt.M, make([]float32, len(p))), append(r.state.Opt.V, make([]float32, len(p)))
	}
}

// rate is the learning rate of a step counted from 0.
func (c DecoderConfig) rate(step int) float64 { return optim.Warm(c.LR, step, c.Steps/20, c.Steps) }

// step takes one step, and gives its loss and the norm of its gradient.
func (r *decoderRun) step(ctx context.Context) (loss, norm float64, err error) {
	d, at := r.out.net.drawer, r.state.Step
	x, cond, err := r.batch()
	if err != nil {
		return 0, 0, err
	}
	by := rand.New(rand.NewPCG(uint64(r.Seed), ofStep+uint64(at)))
	cond = cond.Drop(by, r.Drop, 0, 0)
	times, err := d.Process.Steps(by, x.B)
	if err != nil {
		return 0, 0, err
	}
	noise := x
	noise.Data = make([]float32, len(x.Data))
	for i := range noise.Data {
		noise.Data[i] = float32(by.NormFloat64())
	}
	loss, found, err := d.Loss(ctx, x, noise, times, cond)
	if err != nil {
		return 0, 0, err
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, 0, fmt.Errorf("vq: the loss of the decoder of %s is not a number at step %d; lower the learning rate", r.out.Of.Name, at)
	}
	if r.names == nil {
		r.begin()
	}
	var params, grads [][]float32
	var decays []bool
	for _, name := range r.names {
		p := d.Params[name]
		params, grads, decays = append(params, p.Data), append(grads, found[name]), append(decays, len(p.Shape) > 1)
	}
	all := optim.Dense(grads)
	norm = optim.Norm(all)
	r.state.Opt.Apply(params, all, decays, r.rate(at), norm, 1)
	r.state.Step++
	for i, name := range r.names {
		follow(r.state.Mean[name], params[i], r.Decay, at)
	}
	r.out.Loss = loss
	return loss, norm, nil
}

// swap exchanges the weights and their average.
func (r *decoderRun) swap() {
	for name, mean := range r.state.Mean {
		for i, v := range r.out.net.drawer.Params[name].Data {
			r.out.net.drawer.Params[name].Data[i], mean[i] = mean[i], v
		}
	}
}

// finish leaves the averaged weights in the place of the last ones.
func (r *decoderRun) finish() *Tokenizer {
	r.swap()
	return r.out
}
