package ops

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Quantize replaces each row of z (..., D) by the code of codes (K, D) with
// the largest cosine; the stored code is returned as it is (docs/4m.md, 2.3).
// The gradient passes straight through to z (van den Oord et al., arXiv
// 1711.00937) and leaves the codes to their moving average.
func Quantize(z, codes *G.Node) *G.Node {
	d := last(z)
	expect(last(codes) == d, "Quantize", "z %v does not fit codes %v", z.Shape(), codes.Shape())
	return apply(spec{
		name: "Quantize",
		out:  z.Shape(),
		forward: func(q []float32, in []Arg) {
			ids := make([]int32, len(q)/d)
			cpu.Nearest(ids, in[0].F, in[1].F, d)
			for r, id := range ids {
				copy(q[r*d:r*d+d], in[1].F[int(id)*d:])
			}
		},
		diff:     []bool{true, false},
		backward: func(_ G.Nodes, _, dq *G.Node) G.Nodes { return G.Nodes{dq, nil} },
	}, z, codes)
}

// Detach is x without its gradient.
func Detach(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Detach",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { copy(y, in[0].F) },
	}, x)
}
