package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Eps is what 4M adds to the variance in its layer norms (docs/4m.md, 4.2).
const Eps = 1e-6

// Norm is layer normalisation over the last axis: x is (..., D), g and b (D).
// b may be nil (4M's variants without bias).
func Norm(x, g, b *G.Node) *G.Node { return norm("Norm", x, g, b, Eps) }

// NormEps is Norm that adds eps to the variance in place of Eps.
func NormEps(x, g, b *G.Node, eps float32) *G.Node {
	return norm(fmt.Sprintf("NormEps(%g)", eps), x, g, b, eps)
}

func norm(name string, x, g, b *G.Node, eps float32) *G.Node {
	d := last(x)
	expect(len(g.Shape()) == 1 && g.Shape()[0] == d, name, "x %v does not fit g %v", x.Shape(), g.Shape())
	in := []*G.Node{x, g}
	if b != nil {
		expect(same(g, b), name, "g %v and b %v differ", g.Shape(), b.Shape())
		in = append(in, b)
	}
	return apply(spec{
		name: fmt.Sprintf("%s/%d", name, len(in)),
		out:  x.Shape(),
		forward: func(y []float32, in []Arg) {
			var b []float32
			if len(in) == 3 {
				b = in[2].F
			}
			cpu.Norm(y, in[0].F, in[1].F, b, eps)
		},
		diff: []bool{true, true, true}[:len(in)],
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			dx := apply(spec{name: name + "Back", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.NormBack(dx, a[0].F, a[1].F, a[2].F, eps)
			}}, dy, in[0], in[1])
			dg := apply(spec{name: name + "BackGain", out: in[1].Shape(), forward: func(dg []float32, a []Arg) {
				cpu.NormBackParam(dg, nil, a[0].F, a[1].F, eps)
			}}, dy, in[0])
			if len(in) == 2 {
				return G.Nodes{dx, dg}
			}
			return G.Nodes{dx, dg, biasBack(dy, in[2])}
		},
	}, in...)
}

// PartNorm normalises columns from (inclusive) to (exclusive) of x (..., W) in
// groups of as many as g (and b, which may be nil) has, and leaves the others
// as they are: the norms of queries and keys, head by head, in a packed qkv.
func PartNorm(x, g, b *G.Node, from, to int) *G.Node {
	w, d := last(x), g.Shape().TotalSize()
	expect(from >= 0 && from < to && to <= w && (to-from)%d == 0, "PartNorm", "columns %d to %d of x %v are no groups of %d", from, to, x.Shape(), d)
	in := []*G.Node{x, g}
	if b != nil {
		expect(same(g, b), "PartNorm", "g %v and b %v differ", g.Shape(), b.Shape())
		in = append(in, b)
	}
	c := cpu.Columns{Width: w, From: from, To: to}
	return apply(spec{
		name: fmt.Sprintf("PartNorm(%d,%d,%d)", from, to, len(in)),
		out:  x.Shape(),
		forward: func(y []float32, in []Arg) {
			var b []float32
			if len(in) == 3 {
				b = in[2].F
			}
			copy(y, in[0].F)
			cpu.NormColumns(y, in[0].F, in[1].F, b, Eps, c)
		},
		diff: []bool{true, true, true}[:len(in)],
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			dx := apply(spec{name: fmt.Sprintf("PartNormBack(%d,%d)", from, to), out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				copy(dx, a[0].F)
				cpu.NormBackColumns(dx, a[0].F, a[1].F, a[2].F, Eps, c)
			}}, dy, in[0], in[1])
			if len(in) == 2 {
				dg := apply(spec{name: fmt.Sprintf("PartNormBackGain(%d,%d)", from, to), out: in[1].Shape(), forward: func(dg []float32, a []Arg) {
					cpu.NormBackParamColumns(dg, nil, a[0].F, a[1].F, Eps, c)
				}}, dy, in[0])
				return G.Nodes{dx, dg}
			}
			both := apply(spec{name: fmt.Sprintf("PartNormBackParams(%d,%d)", from, to), out: []int{2 * d}, forward: func(dp []float32, a []Arg) {
				cpu.NormBackParamColumns(dp[:d], dp[d:], a[0].F, a[1].F, Eps, c)
			}}, dy, in[0])
			return G.Nodes{dx, part(both, 0, in[1].Shape()), part(both, d, in[2].Shape())}
		},
	}, in...)
}
