package diffusion

// The graph of a decoder for one batch and size, and the layers it is made of.
// Parameters are declared where they are first used: building a graph of a
// small picture tells all names and shapes.

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// shape is that of a batch: pictures of H by W, conditions of CondH by CondW.
type shape struct{ b, h, w, condH, condW int }

type graph struct {
	shape
	g       *G.ExprGraph
	vm      exec.VM
	nodes   map[string]*G.Node
	declare func(name string, first initial, shape []int) *Param

	in    []float32 // noisy pictures
	steps []float32 // sines and cosines of the steps (B, D)
	cond  []float32 // conditions (B CondH CondW, D)
	hide  func(hidden []bool)
	waves waves
	emb   *G.Node // silu of the embedded step (B, D)
	out   *G.Node
	truth []float32 // what out should be
	// roots of what the loss of each sample weighs, for all channels (B, C)
	weights []float32
	loss    *G.Node
	names   []string
	grads   G.Nodes
	fields  layout
}

// layout says how pictures lie in an array of the graph: (B, H/p, W/p, C p p),
// by channel, row and column of a patch; pixels where p is 1.
type layout struct{ channels, patch int }

// initial says what a parameter begins as: drawn from ±bound, or value.
type initial struct {
	bound, value float64
	positions    bool // the table of positions
}

// spread is PyTorch's default for a map of so many inputs.
func spread(inputs int) initial { return initial{bound: 1 / math.Sqrt(float64(inputs))} }

// xavier is Glorot and Bengio's.
func xavier(out, in int) initial { return initial{bound: math.Sqrt(6 / float64(out+in))} }

var zero, one = initial{}, initial{value: 1}

// param gives a parameter; its node has the shape as, where that is given.
func (g *graph) param(name string, first initial, shape []int, as ...int) *G.Node {
	if g.nodes[name] == nil {
		p := g.declare(name, first, shape)
		if as == nil {
			as = shape
		}
		g.nodes[name] = ops.Input(g.g, name, as, p.Data)
	}
	return g.nodes[name]
}

func (g *graph) conv(x *G.Node, name string, out, k, stride, pad int, first initial) *G.Node {
	in := channels(x)
	return ops.Conv(x, g.param(name+".weight", first, []int{out, in, k, k}), g.param(name+".bias", first, []int{out}), stride, pad)
}

// convDefault is conv that begins as PyTorch's does.
func (g *graph) convDefault(x *G.Node, name string, out, k, stride, pad int) *G.Node {
	return g.conv(x, name, out, k, stride, pad, spread(channels(x)*k*k))
}

// linear is a map with a bias; first is of its weights, and bias of that.
func (g *graph) linear(x *G.Node, name string, out int, first, bias initial) *G.Node {
	return ops.LinearBias(x, g.param(name+".weight", first, []int{out, channels(x)}), g.param(name+".bias", bias, []int{out}))
}

// places is a map of single places whose weights lie as those of a convolution
// over a line, (Out, In, 1).
func (g *graph) places(x *G.Node, name string, out int, first initial, heads int) *G.Node {
	in := channels(x)
	w, b := g.param(name+".weight", first, []int{out, in, 1}, out, in), g.param(name+".bias", first, []int{out}, out, 1)
	if heads > 1 { // of each head its q, k and v: all of q, k and v first
		index := make([]int32, 2*out)
		each := out / 3 / heads
		for i := range out {
			part, head, c := i/(heads*each), i/each%heads, i%each
			index[2*i+1] = int32((head*3+part)*each + c)
		}
		order := ops.Indices(g.g, name+".order", []int{out, 2}, index)
		w, b = ops.Gather([]int{out, in}, order, w), ops.Gather([]int{out, 1}, order, b)
	}
	return ops.LinearBias(x, w, ops.Reshape(b, out))
}

func (g *graph) groupNorm(x *G.Node, name string, groups int, eps float32) *G.Node {
	c := channels(x)
	return ops.GroupNorm(x, g.param(name+".weight", one, []int{c}), g.param(name+".bias", zero, []int{c}), groups, eps)
}

// layerNorm adds 1e-5 to the variance.
func (g *graph) layerNorm(x *G.Node, name string) *G.Node {
	c := channels(x)
	return ops.NormEps(x, g.param(name+".weight", one, []int{c}), g.param(name+".bias", zero, []int{c}), 1e-5)
}

// resize gives each of rows by cols places the nearest of x (B, H, W, C).
func (g *graph) resize(x *G.Node, rows, cols int) *G.Node {
	s := x.Shape()
	index := make([]int32, 0, 2*s[0]*rows*cols)
	for b := range s[0] {
		for r := range rows {
			for c := range cols {
				index = append(index, 0, int32((b*s[1]+nearest(r, s[1], rows))*s[2]+nearest(c, s[2], cols)))
			}
		}
	}
	return ops.Gather([]int{s[0], rows, cols, s[3]}, ops.Indices(g.g, fmt.Sprintf("nearest.%dx%d", s[1], s[2]), []int{len(index) / 2, 2}, index), x)
}

// double is resize to twice the size.
func (g *graph) double(x *G.Node) *G.Node { return g.resize(x, 2*x.Shape()[1], 2*x.Shape()[2]) }

// halve gives the means of 2 by 2 places.
func (g *graph) halve(x *G.Node) *G.Node {
	s := x.Shape()
	rows, cols := s[1]/2, s[2]/2
	var sum *G.Node
	for k := range 4 {
		index := make([]int32, 0, 2*s[0]*rows*cols)
		for b := range s[0] {
			for r := range rows {
				for c := range cols {
					index = append(index, 0, int32((b*s[1]+2*r+k/2)*s[2]+2*c+k%2))
				}
			}
		}
		part := ops.Gather([]int{s[0], rows, cols, s[3]}, ops.Indices(g.g, fmt.Sprintf("corner.%d", k), []int{len(index) / 2, 2}, index), x)
		if sum == nil {
			sum = part
		} else {
			sum = ops.Add(sum, part)
		}
	}
	quarter := make([]float32, s[0]*s[3])
	for i := range quarter {
		quarter[i] = 0.25
	}
	return ops.MulChannels(sum, ops.Input(g.g, "quarter", []int{s[0], s[3]}, quarter), 0)
}

// nearest is PyTorch's place of m that place i of n shows.
func nearest(i, m, n int) int {
	return min(int(float32(i)*(float32(m)/float32(n))), m-1)
}

// hidable gives conditions for rows by cols places, as indices into the array
// of conditions; those that are hidden are row 0 of the next table, or zeros
// where there is none.
func (g *graph) hidable(name string, rows, cols int, other bool) *G.Node {
	index := make([]int32, 2*g.b*rows*cols)
	g.hide = func(hidden []bool) {
		for i := range g.b * rows * cols {
			b, r, c := i/(rows*cols), i/cols%rows, i%cols
			at := (b*g.condH+nearest(r, g.condH, rows))*g.condW + nearest(c, g.condW, cols)
			index[2*i], index[2*i+1] = 0, int32(at)
			if hidden != nil && hidden[at] {
				index[2*i], index[2*i+1] = 1, 0
				if !other {
					index[2*i], index[2*i+1] = -1, -1
				}
			}
		}
	}
	g.hide(nil)
	return ops.Indices(g.g, name, []int{g.b * rows * cols, 2}, index)
}

// attend is self-attention of all places of x (B, T, 3D).
func (g *graph) attend(qkv *G.Node, heads int) *G.Node {
	s := qkv.Shape()
	span := make([]int32, 4*s[0]*s[1])
	for i := range s[0] * s[1] {
		span[4*i+1] = int32(s[1])
	}
	return ops.SelfAttention(qkv, ops.Indices(g.g, "span", []int{s[0], s[1], 4}, span), heads)
}

// channels gives the size of the last axis.
func channels(n *G.Node) int { s := n.Shape(); return s[len(s)-1] }

// waves says how a step becomes sines and cosines.
type waves struct {
	dim     int
	sines   bool    // sines first, else cosines
	shifted float32 // less waves than half of dim, in the exponent
}

// put writes those of a step, in float32 as the official code makes them. What
// is left of an odd width is 0.
func (w waves) put(out []float32, t int) {
	half := w.dim / 2
	clear(out)
	for i := range half {
		e := float32(-math.Log(10000)) * float32(i) / (float32(half) - w.shifted)
		x := float64(float32(t) * float32(math.Exp(float64(e))))
		s, c := float32(math.Sin(x)), float32(math.Cos(x))
		if w.sines {
			out[i], out[half+i] = s, c
		} else {
			out[i], out[half+i] = c, s
		}
	}
}
