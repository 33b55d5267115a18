package diffusion

// A decoder: a network with its numbers, and the process that it runs
// backwards.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
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

// Tensors is a state dict, such as an open checkpoint.
type Tensors interface {
	Names() []string
	Shape(name string) []int
	Floats(name string) ([]float32, error)
}

// New makes a decoder with initial numbers, which the seed decides. What cannot
// be panics with a *fault.Error.
func New(n Network, p Process, seed int64) *Decoder {
	r := rand.New(rand.NewPCG(uint64(seed), 22))
	d, err := assemble(n, p, func(name string, first initial, shape []int) ([]float32, error) {
		x := make([]float32, size(shape))
		for i := range x {
			x[i] = float32(first.value)
			if first.bound > 0 {
				x[i] = float32((2*r.Float64() - 1) * first.bound)
			}
		}
		if first.positions { // cells are numbered by columns (docs/4m.md, 11.11)
			dim, side := shape[1], shape[2]
			for i, v := range ops.GridPositions(side, side, dim) {
				x[i%dim*side*side+i/dim] = v
			}
		}
		return x, nil
	})
	if err != nil {
		fault.Panic("diffusion.New", "%s", strings.TrimPrefix(err.Error(), "diffusion: "))
	}
	return d
}

// Load makes a decoder with the numbers of a state dict whose names begin with
// "decoder.". A tensor that is missing, left over or of another shape is an
// error that names it.
func Load(n Network, p Process, t Tensors) (*Decoder, error) {
	const pre = "decoder."
	left := map[string]bool{}
	for _, name := range t.Names() {
		if strings.HasPrefix(name, pre) {
			left[name] = true
		}
	}
	d, err := assemble(n, p, func(name string, _ initial, shape []int) ([]float32, error) {
		full := pre + name
		if other := pre + strings.Replace(name, "downsample_mid.conv.", "downsample_mid.Conv2d_0.", 1); left[other] {
			if !left[full] {
				full = other
			}
			delete(left, other) // one tensor by two names
		}
		if !slices.Contains(t.Names(), full) {
			return nil, fmt.Errorf("diffusion: tensor %q is missing", full)
		}
		delete(left, full)
		if got := t.Shape(full); !slices.Equal(got, shape) {
			return nil, fmt.Errorf("diffusion: tensor %q is %v, expected %v", full, got, shape)
		}
		return t.Floats(full)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range t.Names() {
		if left[name] {
			return nil, fmt.Errorf("diffusion: tensor %q belongs to no part of the decoder", name)
		}
	}
	return d, nil
}

// assemble makes a decoder of the numbers that fill gives: the graph of the
// smallest picture asks for them.
func assemble(n Network, p Process, fill func(name string, first initial, shape []int) ([]float32, error)) (d *Decoder, err error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	s := n.sizes()
	if s.in < 1 || s.cond < 1 {
		return nil, fmt.Errorf("diffusion: %d channels and conditions of %d numbers, expected at least 1", s.in, s.cond)
	}
	if p, err = p.resolved(); err != nil {
		return nil, err
	}
	d = &Decoder{Network: n, Process: p, Params: map[string]*Param{}}
	defer func() {
		if f, ok := recover().(*fault.Error); ok {
			d, err = nil, f
		}
	}()
	var failed error
	taken := 0.0
	g := d.outline(shape{1, s.multiple, s.multiple, 1, 1})
	g.declare = func(name string, first initial, dims []int) *Param {
		if d.Params[name] == nil {
			p := &Param{Shape: dims}
			bytes := 4 * float64(size(dims))
			taken += bytes
			if room, ok := memory.Fits(bytes); !ok {
				fault.Panic("diffusion", "a decoder of more than %s of numbers, %s are free", human.Bytes(taken), human.Bytes(room))
			}
			if failed == nil {
				p.Data, failed = fill(name, first, dims)
			}
			if failed != nil {
				p.Data = make([]float32, size(dims))
			}
			d.Params[name] = p
		}
		return d.Params[name]
	}
	n.build(g)
	if failed != nil {
		return nil, failed
	}
	return d, nil
}

func size(dims []int) int {
	n := 1
	for _, k := range dims {
		n *= k
	}
	return n
}

// outline is a graph without nodes.
func (d *Decoder) outline(s shape) *graph {
	return &graph{shape: s, g: G.NewGraph(), nodes: map[string]*G.Node{}, fields: d.Network.fields(),
		declare: func(name string, _ initial, _ []int) *Param { return d.Params[name] }}
}

// graph gives the graph for a shape; the last few are kept.
func (d *Decoder) graph(s shape, train bool) (g *graph, err error) {
	key := fmt.Sprint(s, train, d.Tape)
	if g, ok := d.graphs[key]; ok {
		return g, nil
	}
	defer func() {
		if f, ok := recover().(*fault.Error); ok {
			g, err = nil, f
		}
	}()
	g = d.outline(s)
	d.Network.build(g)
	outputs := G.Nodes{g.out}
	if train {
		g.truth = make([]float32, len(g.in))
		g.loss = ops.MSE(g.out, ops.Input(g.g, "target", g.out.Shape(), g.truth))
		var wrt G.Nodes
		for name := range g.nodes {
			g.names = append(g.names, name)
		}
		slices.Sort(g.names)
		for _, name := range g.names {
			wrt = append(wrt, g.nodes[name])
		}
		if g.grads, err = G.Grad(g.loss, wrt...); err != nil {
			return nil, fmt.Errorf("diffusion: %w", err)
		}
		outputs = append(append(outputs, g.loss), g.grads...)
	}
	if d.Tape {
		g.vm, err = exec.NewTape(g.g, outputs...)
	} else {
		g.vm, err = exec.New(g.g, outputs...)
	}
	if err != nil {
		return nil, fmt.Errorf("diffusion: %d pictures of %dx%d: %w", s.b, s.h, s.w, err)
	}
	if d.graphs == nil || len(d.graphs) >= 4 {
		d.graphs = map[string]*graph{}
	}
	d.graphs[key] = g
	return g, nil
}

// fit checks a batch against the network.
func (d *Decoder) fit(h, w int, c Condition, noisy Pictures, steps []int) (shape, error) {
	s := d.Network.sizes()
	fail := func(format string, args ...any) (shape, error) {
		return shape{}, fmt.Errorf("diffusion: "+format, args...)
	}
	switch {
	case h < 1 || w < 1 || h%s.multiple != 0 || w%s.multiple != 0:
		return fail("pictures of %dx%d, expected multiples of %d", h, w, s.multiple)
	case c.B < 1 || c.H < 1 || c.W < 1 || c.C != s.cond || len(c.Data) != c.B*c.H*c.W*c.C:
		return fail("conditions of %dx%dx%dx%d with %d numbers, expected %d a place", c.B, c.H, c.W, c.C, len(c.Data), s.cond)
	case c.Hidden != nil && len(c.Hidden) != c.B*c.H*c.W:
		return fail("%d places of conditions are said to be hidden or not, expected %d", len(c.Hidden), c.B*c.H*c.W)
	case noisy.B != c.B || noisy.C != s.in || len(noisy.Data) != c.B*h*w*s.in:
		return fail("%d pictures of %dx%dx%d with %d numbers, expected %d of %d channels", noisy.B, h, w, noisy.C, len(noisy.Data), c.B, s.in)
	case len(steps) != c.B:
		return fail("%d steps for %d pictures", len(steps), c.B)
	}
	for i, t := range steps {
		if t < 0 || t >= len(d.Process.alphas) {
			return fail("step %d of picture %d, expected 0 to %d", t, i, len(d.Process.alphas)-1)
		}
	}
	return shape{c.B, h, w, c.H, c.W}, nil
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
	s, err := d.fit(noisy.H, noisy.W, c, noisy, steps)
	if err != nil {
		return Pictures{}, err
	}
	g, err := d.graph(s, false)
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
	x := Pictures{c.B, h, w, d.Network.sizes().in, nil}
	n := c.B * h * w * x.C
	blind := c
	if s.guided() {
		blind.Hidden = make([]bool, c.B*c.H*c.W)
		for i := range blind.Hidden {
			blind.Hidden[i] = true
		}
	}
	if c.B > 0 { // before any noise is drawn
		x.Data = make([]float32, max(n, 0))
	}
	if _, err := d.fit(h, w, c, x, make([]int, max(c.B, 0))); err != nil {
		return Pictures{}, err
	}
	var err error
	x.Data, err = s.Sample(ctx, d.Process, c.B, n, func(noisy []float32, t int) ([]float32, error) {
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

// Loss is the mean squared error of what the decoder predicts of clean pictures
// with noise at a step each, and its gradient by every parameter that learns.
func (d *Decoder) Loss(ctx context.Context, clean, noise Pictures, steps []int, c Condition) (loss float64, grads map[string][]float32, err error) {
	s, err := d.fit(clean.H, clean.W, c, clean, steps)
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
	g, err := d.graph(s, true)
	if err != nil {
		return 0, nil, err
	}
	g.put(noisy, steps, c)
	g.fields.in(g.truth, target)
	if err := g.vm.Run(ctx); err != nil {
		return 0, nil, err
	}
	grads = map[string][]float32{}
	for i, name := range g.names {
		grads[name] = g.vm.Floats(g.grads[i])
	}
	return float64(g.vm.Floats(g.loss)[0]), grads, nil
}

// in writes pictures as they lie in the graph.
func (l layout) in(to []float32, x Pictures) {
	l.each(x, func(at, pixel int) { to[at] = x.Data[pixel] })
}

// out writes pictures from how they lie in the graph.
func (l layout) out(x Pictures, from []float32) {
	l.each(x, func(at, pixel int) { x.Data[pixel] = from[at] })
}

// each calls f with the place of every number in the graph and in pictures.
func (l layout) each(x Pictures, f func(at, pixel int)) {
	p := l.patch
	at := 0
	for b := range x.B {
		for r := range x.H / p {
			for c := range x.W / p {
				for k := range x.C {
					for y := range p {
						for w := range p {
							f(at, ((b*x.H+r*p+y)*x.W+c*p+w)*x.C+k)
							at++
						}
					}
				}
			}
		}
	}
}
