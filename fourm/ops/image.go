package ops

// Pictures in a graph: patches side by side, and a convolution channel by channel.

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Unpatch makes pictures (B, rows h, cols w, C) of patches x (B, rows cols,
// h w C), row after row of the grid and of a patch.
func Unpatch(x *G.Node, rows, cols, h, w int) *G.Node {
	s := x.Shape()
	expect(len(s) == 3 && s[1] == rows*cols && s[2]%(h*w) == 0, "Unpatch", "patches %v do not fit a grid of %dx%d patches of %dx%d", s, rows, cols, h, w)
	p := cpu.PatchGrid{B: s[0], Rows: rows, Cols: cols, H: h, W: w, C: s[2] / (h * w)}
	return apply(spec{
		name:    fmt.Sprintf("Unpatch(%d,%d,%d,%d)", rows, cols, h, w),
		out:     []int{s[0], rows * h, cols * w, p.C},
		forward: func(y []float32, in []Arg) { cpu.Unpatch(y, in[0].F, p) },
		diff:    []bool{true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: fmt.Sprintf("Patch(%d,%d,%d,%d)", rows, cols, h, w), out: s, forward: func(dx []float32, a []Arg) {
				cpu.Patch(dx, a[0].F, p)
			}}, dy)}
		},
	}, x)
}

// DepthwiseConv convolves each channel of pictures x (B, H, W, C) with a square
// kernel of its own, w (C, n n) with n odd, zeros beyond the edges, and adds b
// (C); the result has x's shape.
func DepthwiseConv(x, w, b *G.Node, n int) *G.Node {
	s := x.Shape()
	expect(len(s) == 4 && n%2 == 1 && w.Shape().TotalSize() == n*n*s[3] && b.Shape().TotalSize() == s[3], "DepthwiseConv",
		"x %v, w %v and b %v do not fit kernels of %dx%d", s, w.Shape(), b.Shape(), n, n)
	p := cpu.Planes{B: s[0], H: s[1], W: s[2], C: s[3], N: n}
	return apply(spec{
		name:    fmt.Sprintf("DepthwiseConv(%d)", n),
		out:     s,
		forward: func(y []float32, in []Arg) { cpu.DepthwiseConv(y, in[0].F, in[1].F, in[2].F, p) },
		diff:    []bool{true, true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			dx := apply(spec{name: fmt.Sprintf("DepthwiseConvBack(%d)", n), out: s, forward: func(dx []float32, a []Arg) {
				cpu.DepthwiseConvBack(dx, a[0].F, a[1].F, p)
			}}, dy, in[1])
			dw := apply(spec{name: fmt.Sprintf("DepthwiseConvBackW(%d)", n), out: in[1].Shape(), forward: func(dw []float32, a []Arg) {
				cpu.DepthwiseConvBackW(dw, a[0].F, a[1].F, p)
			}}, dy, in[0])
			return G.Nodes{dx, dw, biasBack(dy, in[2])}
		},
	}, x, w, b)
}
