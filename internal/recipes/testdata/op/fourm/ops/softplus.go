package ops

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Softplus computes log(1 + exp(x)).
func Softplus(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Softplus",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { cpu.Softplus(y, in[0].F) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: "SoftplusBack", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.SoftplusBack(dx, a[0].F, a[1].F)
			}}, dy, in[0])}
		},
	}, x)
}
