package ops

// Rounding that training looks through: the result has steps, the gradient is
// that of what was rounded (Bengio et al., arXiv 1308.3432).

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Levels puts each column of x (..., D) on whole numbers: the nearest to
// half tanh(slope x + shift) - offset, held between least and most, which are the
// columns of table (D, 6). The gradient is that of the number before it is
// rounded.
func Levels(x, table *G.Node) *G.Node {
	d := last(x)
	expect(table.Shape().Eq([]int{d, 6}), "Levels", "x %v does not fit table %v, expected (%d, 6)", x.Shape(), table.Shape(), d)
	return apply(spec{
		name:    "Levels",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Levels(y, in[0].F, in[1].F) },
		diff:    []bool{true, false},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "LevelsBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.LevelsBack(dx, a[0].F, a[1].F, a[2].F)
			}}, dy, in[0], in[1]), nil}
		},
	}, x, table)
}

// Sign is 1 where x is above 0, else -1. The gradient passes as it is.
func Sign(x *G.Node) *G.Node {
	return apply(spec{
		name:     "Sign",
		out:      x.Shape(),
		forward:  func(y []float32, in []Arg) { cpu.Sign(y, in[0].F) },
		diff:     []bool{true},
		backward: func(_ G.Nodes, _, dy *G.Node) G.Nodes { return G.Nodes{dy} },
	}, x)
}
