package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Quantize replaces each row of D numbers of z by the code of codes (K, D) with
// the largest cosine; the stored code is returned as it is (docs/4m.md, 2.3).
// The gradient passes straight through to z (van den Oord et al., arXiv
// 1711.00937) and leaves the codes to their moving average.
func Quantize(z, codes *G.Node) *G.Node { return quantize("Quantize", cpu.Nearest, z, codes) }

// QuantizePoint is Quantize by the least Euclidean distance.
func QuantizePoint(z, codes *G.Node) *G.Node {
	return quantize("QuantizePoint", cpu.NearestPoint, z, codes)
}

func quantize(name string, nearest func(ids []int32, z, codes []float32, d int), z, codes *G.Node) *G.Node {
	d := last(codes)
	expect(last(z)%d == 0, name, "z %v does not fit codes %v", z.Shape(), codes.Shape())
	return apply(spec{
		name: name,
		out:  z.Shape(),
		forward: func(q []float32, in []Arg) {
			ids := make([]int32, len(q)/d)
			nearest(ids, in[0].F, in[1].F, d)
			for r, id := range ids {
				copy(q[r*d:r*d+d], in[1].F[int(id)*d:])
			}
		},
		diff:     []bool{true, false},
		backward: func(_ G.Nodes, _, dq *G.Node) G.Nodes { return G.Nodes{dq, nil} },
	}, z, codes)
}

// Unit makes rows of d numbers of x as long as 1; zeros stay zeros.
func Unit(x *G.Node, d int) *G.Node {
	expect(d > 0 && last(x)%d == 0, "Unit", "x %v has no rows of %d", x.Shape(), d)
	return apply(spec{
		name: fmt.Sprintf("Unit(%d)", d),
		out:  x.Shape(),
		forward: func(y []float32, in []Arg) {
			for r := 0; r < len(y); r += d {
				cpu.Unit(y[r:r+d], in[0].F[r:r+d])
			}
		},
		diff: []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: fmt.Sprintf("UnitBack(%d)", d), out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.UnitBack(dx, a[0].F, a[1].F, d)
			}}, dy, in[0])}
		},
	}, x)
}

// Detach is x without its gradient.
func Detach(x *G.Node) *G.Node {
	return apply(spec{
		name:    "Detach",
		out:     x.Shape(),
		forward: func(y []float32, in []Arg) { copy(y, in[0].F) },
	}, x)
}
