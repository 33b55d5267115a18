package ops

// Elementwise ops: the residual sum, SwiGLU's gate, the activations.

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// IsSum tells whether a node is the sum of two of one shape: of Add, or of the
// op by which gorgonia sums gradients.
func IsSum(n *G.Node) bool {
	if n.Op() == nil || n.Op().Arity() != 2 {
		return false
	}
	name := n.Op().String()
	return name == "Add" || name == "+ false"
}

// Add computes a + b, of equal shapes.
func Add(a, b *G.Node) *G.Node {
	expect(same(a, b), "Add", "shapes %v and %v differ", a.Shape(), b.Shape())
	return apply(spec{
		name:     "Add",
		out:      a.Shape(),
		forward:  func(y []float32, in []Arg) { cpu.Add(y, in[0].F, in[1].F) },
		over:     []int{0, 1},
		diff:     []bool{true, true},
		backward: func(_ G.Nodes, _, dy *G.Node) G.Nodes { return G.Nodes{dy, dy} },
	}, a, b)
}

// Gate computes silu(a) b, the gate of SwiGLU (Shazeer, arXiv 2002.05202).
func Gate(a, b *G.Node) *G.Node {
	expect(same(a, b), "Gate", "shapes %v and %v differ", a.Shape(), b.Shape())
	return apply(spec{
		name:    "Gate",
		out:     a.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Gate(y, in[0].F, in[1].F) },
		over:    []int{0, 1},
		diff:    []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			n := in[0].Shape().TotalSize()
			both := apply(spec{name: "GateBack", out: []int{2 * n}, forward: func(d []float32, a []Arg) {
				cpu.GateBack(d[:n], d[n:], a[0].F, a[1].F, a[2].F)
			}}, dy, in[0], in[1])
			return G.Nodes{part(both, 0, in[0].Shape()), part(both, n, in[1].Shape())}
		},
	}, a, b)
}

// Gelu computes x Phi(x), exactly (no tanh).
func Gelu(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Gelu",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Gelu(y, in[0].F) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "GeluBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.GeluBack(dx, a[0].F, a[1].F)
			}}, dy, in[0])}
		},
	}, x)
}

// Silu computes x sigmoid(x).
func Silu(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Silu",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Silu(y, in[0].F) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "SiluBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.SiluBack(dx, a[0].F, a[1].F)
			}}, dy, in[0])}
		},
	}, x)
}

// Mul computes a b element by element, of equal shapes.
func Mul(a, b *G.Node) *G.Node {
	expect(same(a, b), "Mul", "shapes %v and %v differ", a.Shape(), b.Shape())
	return apply(spec{
		name:     "Mul",
		out:      a.Shape(),
		forward:  func(y []float32, in []Arg) { cpu.Mul(y, in[0].F, in[1].F) },
		diff:     []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes { return G.Nodes{Mul(dy, in[1]), Mul(dy, in[0])} },
	}, a, b)
}

// Tanh computes the hyperbolic tangent.
func Tanh(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Tanh",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Tanh(y, in[0].F) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "TanhBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.TanhBack(dx, a[0].F, a[1].F)
			}}, dy, in[0])}
		},
	}, x)
}

// Gain multiplies each column of x (..., D) by a number of g (D).
func Gain(x, g *G.Node) *G.Node {
	d := last(x)
	expect(g.Shape().TotalSize() == d, "Gain", "x %v does not fit g %v", x.Shape(), g.Shape())
	return apply(spec{
		name:    "Gain",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.MulRows(y, in[0].F, in[1].F) },
		diff:    []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{Gain(dy, in[1]), biasBack(Mul(dy, in[0]), in[1])}
		},
	}, x, g)
}
