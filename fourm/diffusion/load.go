package diffusion

// Decoders with their numbers: initial ones, and those of a file.

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/ops"
	"fourmlab/internal/fault"
	"fourmlab/internal/human"
	"fourmlab/internal/memory"
)

// Tensors is a state dict, such as an open checkpoint.
type Tensors interface {
	Names() []string
	Shape(name string) []int
	Floats(name string) ([]float32, error)
}

// pre begins the names of a decoder's tensors in a tokenizer's state dict.
const pre = "decoder."

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
// error that names it. [Decoder.State] is the way back.
func Load(n Network, p Process, t Tensors) (*Decoder, error) {
	left := map[string]bool{}
	for _, name := range t.Names() {
		if strings.HasPrefix(name, pre) {
			left[name] = true
		}
	}
	d, err := assemble(n, p, func(name string, _ initial, shape []int) ([]float32, error) {
		full := pre + name
		if other := pre + alias(name); other != full && left[other] {
			if !left[full] {
				full = other
			}
			delete(left, other)
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

// alias gives the second name of a tensor that the official code has by two, the
// name itself where there is one.
func alias(name string) string {
	return strings.Replace(name, "downsample_mid.conv.", "downsample_mid.Conv2d_0.", 1)
}

// State gives the decoder's tensors by all their names in an official state
// dict.
func (d *Decoder) State() map[string]*Param {
	out := map[string]*Param{}
	for name, p := range d.Params {
		out[pre+name], out[pre+alias(name)] = p, p
	}
	return out
}

// Learned lists the tensors that have gradients: all but the table of positions.
func (d *Decoder) Learned() []string {
	var out []string
	for name := range d.Params {
		if !strings.HasSuffix(name, "pos_emb") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
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
