package diffusion

// A decoder: a network with its numbers, and the process that it runs
// backwards.

import (
	"context"
	"fmt"
	"slices"

	"fourmlab/internal/human"
	"fourmlab/internal/memory"
)

// Network is a UNet or a UViT.
type Network interface {
	check() error
	sizes() sizes
	fields() layout
	build(g *graph)
}

// sizes of what goes in and comes out, and of what pictures must be multiples.
type sizes struct{ in, out, cond, multiple int }

// Param is a tensor of a network.
type Param struct {
	Shape []int
	Data  []float32
}

// Decoder turns noise and conditions to pictures. It is not safe for concurrent
// use.
type Decoder struct {
	Network Network
	Process Process
	// Params by their official names, without "decoder.".
	Params map[string]*Param
	// Tape makes gorgonia's TapeMachine run the graphs.
	Tape bool

	graphs map[string]*graph
}

// Pictures are a batch (B, H, W, C): numbers from -1 to 1 as a rule.
type Pictures struct {
	B, H, W, C int
	Data       []float32
}

// Condition is what the decoder knows of each picture of a batch: vectors (B,
// H, W, C) such as the codes of a tokenizer.
type Condition struct {
	B, H, W, C int
	Data       []float32
	// Hidden (B, H, W) tells what the decoder is not shown; nil: it sees all.
	Hidden []bool
}

// fit checks the size of pictures and their conditions against the network and
// the memory.
func (d *Decoder) fit(h, w int, c Condition) (shape, error) {
	s := d.Network.sizes()
	fail := func(format string, args ...any) (shape, error) {
		return shape{}, fmt.Errorf("diffusion: "+format, args...)
	}
	// the widest level holds some times the numbers of a picture
	need := 4 * float64(c.B) * float64(h) * float64(w) * float64(s.in) * 8
	room, ok := memory.Fits(need)
	switch {
	case h < 1 || w < 1 || h%s.multiple != 0 || w%s.multiple != 0:
		return fail("pictures of %dx%d, expected multiples of %d", h, w, s.multiple)
	case !ok:
		return fail("%d pictures of %dx%d need %s of memory, %s are free", c.B, h, w, human.Bytes(need), human.Bytes(room))
	case c.B < 1 || c.H < 1 || c.W < 1 || c.C != s.cond || len(c.Data) != c.B*c.H*c.W*c.C:
		return fail("conditions of %dx%dx%dx%d with %d numbers, expected %d a place", c.B, c.H, c.W, c.C, len(c.Data), s.cond)
	case c.Hidden != nil && len(c.Hidden) != c.B*c.H*c.W:
		return fail("%d places of conditions are said to be hidden or not, expected %d", len(c.Hidden), c.B*c.H*c.W)
	}
	for i, v := range c.Data {
		if v != v {
			return fail("the condition of picture %d is not a number at place %d", i/(c.H*c.W*c.C), i/c.C%(c.H*c.W))
		}
	}
	return shape{c.B, h, w, c.H, c.W}, nil
}

// takes checks a batch of noisy pictures at steps.
func (d *Decoder) takes(x Pictures, steps []int, c Condition) (shape, error) {
	in := d.Network.sizes().in
	p, err := d.Process.resolved()
	if err != nil {
		return shape{}, err
	}
	s, err := d.fit(x.H, x.W, c)
	switch {
	case err != nil:
		return s, err
	case x.B != c.B || x.C != in || len(x.Data) != c.B*x.H*x.W*in:
		return s, fmt.Errorf("diffusion: %d pictures of %dx%dx%d with %d numbers, expected %d of %d channels", x.B, x.H, x.W, x.C, len(x.Data), c.B, in)
	case len(steps) != c.B:
		return s, fmt.Errorf("diffusion: %d steps for %d pictures", len(steps), c.B)
	}
	for i, t := range steps {
		if t < 0 || t >= len(p.signal) {
			return s, fmt.Errorf("diffusion: step %d of picture %d, expected 0 to %d", t, i, len(p.signal)-1)
		}
	}
	return s, nil
}

// put writes a batch into the graph.
func (g *graph) put(x Pictures, steps []int, c Condition) {
	g.fields.in(g.in, x)
	for i, t := range steps {
		g.waves.put(g.steps[i*g.waves.dim:(i+1)*g.waves.dim], t)
	}
	copy(g.cond, c.Data)
	g.hide(c.Hidden)
}

// Predict gives what the decoder says of noisy pictures at a step each: what
// Process.Prediction names.
func (d *Decoder) Predict(ctx context.Context, noisy Pictures, steps []int, c Condition) (Pictures, error) {
	s, err := d.takes(noisy, steps, c)
	if err != nil {
		return Pictures{}, err
	}
	g, err := d.graph(s, "")
	if err != nil {
		return Pictures{}, err
	}
	g.put(noisy, steps, c)
	if err := g.vm.Run(ctx); err != nil {
		return Pictures{}, err
	}
	out := Pictures{noisy.B, noisy.H, noisy.W, noisy.C, make([]float32, len(noisy.Data))}
	g.fields.out(out, g.vm.Floats(g.out))
	return out, nil
}

// Sample draws a picture of height h and width w for each condition.
func (d *Decoder) Sample(ctx context.Context, c Condition, h, w int, s Sampler) (Pictures, error) {
	_, err := d.fit(h, w, c)
	if err != nil {
		return Pictures{}, err
	}
	x := Pictures{c.B, h, w, d.Network.sizes().in, nil}
	blind := c
	if s.guided() {
		blind.Hidden = slices.Repeat([]bool{true}, c.B*c.H*c.W)
	}
	x.Data, err = s.Sample(ctx, d.Process, c.B, c.B*h*w*x.C, func(noisy []float32, t int) ([]float32, error) {
		steps := slices.Repeat([]int{t}, c.B)
		y, err := d.Predict(ctx, Pictures{x.B, x.H, x.W, x.C, noisy}, steps, c)
		if err != nil || !s.guided() {
			return y.Data, err
		}
		without, err := d.Predict(ctx, Pictures{x.B, x.H, x.W, x.C, noisy}, steps, blind)
		if err != nil {
			return nil, err
		}
		return s.guide(y.Data, without.Data, c.B), nil
	})
	if err != nil {
		return Pictures{}, err
	}
	return x, nil
}

// Loss is that of what the decoder predicts of clean pictures with noise at a
// step each, and its gradient by every parameter that learns, valid until the
// next call.
func (d *Decoder) Loss(ctx context.Context, clean, noise Pictures, steps []int, c Condition) (loss float64, grads map[string][]float32, err error) {
	s, err := d.takes(clean, steps, c)
	if err != nil {
		return 0, nil, err
	}
	noisy := clean
	if noisy.Data, err = d.Process.Noisy(clean.Data, noise.Data, steps); err != nil {
		return 0, nil, err
	}
	target := clean
	if target.Data, err = d.Process.Target(clean.Data, noise.Data, steps); err != nil {
		return 0, nil, err
	}
	p, err := d.Process.resolved()
	if err != nil {
		return 0, nil, err
	}
	g, err := d.graph(s, p.Loss)
	if err != nil {
		return 0, nil, err
	}
	g.put(noisy, steps, c)
	g.fields.in(g.truth, target)
	for i := range g.weights {
		g.weights[i] = p.root(steps[i*len(steps)/len(g.weights)])
	}
	if err := g.vm.Run(ctx); err != nil {
		return 0, nil, err
	}
	grads = map[string][]float32{}
	for i, name := range g.names {
		grads[name] = g.vm.Floats(g.grads[i])
	}
	return float64(g.vm.Floats(g.loss)[0]), grads, nil
}
