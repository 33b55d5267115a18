package ops

// The same numbers in another shape, and side by side.

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Reshape is x in another shape of as many numbers.
func Reshape(x *G.Node, shape ...int) *G.Node {
	size := 1
	for _, d := range shape {
		size *= d
	}
	expect(size == x.Shape().TotalSize(), "Reshape", "x %v has not the numbers of %v", x.Shape(), shape)
	return apply(spec{
		name:    "Reshape",
		out:     shape,
		view:    true,
		forward: func(y []float32, in []Arg) { copy(y, in[0].F) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{Reshape(dy, in[0].Shape()...)}
		},
	}, x)
}

// Concat lays a (..., A) and b (..., B) side by side: (..., A+B).
func Concat(a, b *G.Node) *G.Node {
	na, nb := last(a), last(b)
	n := na + nb
	rows := a.Shape().TotalSize() / na
	expect(len(a.Shape()) == len(b.Shape()) && slices.Equal(with(a, 1), with(b, 1)), "Concat", "shapes %v and %v differ before the last axis", a.Shape(), b.Shape())
	return apply(spec{
		name: "Concat",
		out:  with(a, n),
		forward: func(y []float32, in []Arg) {
			cpu.For(rows, 1+(1<<13)/n, func(lo, hi int) {
				for r := lo; r < hi; r++ {
					copy(y[r*n:r*n+na], in[0].F[r*na:])
					copy(y[r*n+na:r*n+n], in[1].F[r*nb:])
				}
			})
		},
		diff: []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{columns(dy, 0, na), columns(dy, na, nb)}
		},
	}, a, b)
}

// columns gives n columns of x, from column from on.
func columns(x *G.Node, from, n int) *G.Node {
	w := last(x)
	rows := x.Shape().TotalSize() / w
	return apply(spec{name: fmt.Sprintf("Columns(%d)", from), out: with(x, n), forward: func(y []float32, in []Arg) {
		cpu.For(rows, 1+(1<<13)/n, func(lo, hi int) {
			for r := lo; r < hi; r++ {
				copy(y[r*n:r*n+n], in[0].F[r*w+from:])
			}
		})
	}}, x)
}
