package ops

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// GroupNorm normalises x (B, ..., C) by sample over all places and the C/groups
// channels of each group, with gains g and shifts b (C); eps is added to the
// variance (Wu and He, arXiv 1803.08494).
func GroupNorm(x, g, b *G.Node, groups int, eps float32) *G.Node {
	s := x.Shape()
	c := last(x)
	expect(groups > 0 && c%groups == 0, "GroupNorm", "%d channels of x %v are no multiple of %d groups", c, s, groups)
	expect(len(g.Shape()) == 1 && g.Shape()[0] == c && same(g, b), "GroupNorm", "g %v and b %v do not fit x %v", g.Shape(), b.Shape(), s)
	shape := cpu.Groups{B: s[0], N: s.TotalSize() / (s[0] * c), C: c, G: groups}
	name := func(of string) string { return fmt.Sprintf("%s(%d,%g)", of, groups, eps) }
	return apply(spec{
		name:    name("GroupNorm"),
		out:     s,
		forward: func(y []float32, in []Arg) { cpu.GroupNorm(y, in[0].F, in[1].F, in[2].F, shape, eps) },
		diff:    []bool{true, true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			dx := apply(spec{name: name("GroupNormBack"), out: s, forward: func(dx []float32, a []Arg) {
				cpu.GroupNormBack(dx, a[0].F, a[1].F, a[2].F, shape, eps)
			}}, dy, in[0], in[1])
			both := apply(spec{name: name("GroupNormBackParam"), out: []int{2 * c}, forward: func(d []float32, a []Arg) {
				cpu.GroupNormBackParam(d[:c], d[c:], a[0].F, a[1].F, shape, eps)
			}}, dy, in[0])
			return G.Nodes{dx, part(both, 0, in[1].Shape()), part(both, c, in[2].Shape())}
		},
	}, x, g, b)
}
