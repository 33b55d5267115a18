package ops

// Convolutions over pictures (B, H, W, C): channels last, so that a place is a
// row, as a token is. Weights lie as in official files.

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Conv is the convolution of x (B, H, W, In) by w (Out, In, K, K) plus b (Out),
// by windows that move by stride over x and pad places of zeros around it; the
// result is (B, rows, cols, Out).
func Conv(x, w, b *G.Node, stride, pad int) *G.Node {
	s, f := x.Shape(), w.Shape()
	expect(len(s) == 4 && len(f) == 4 && f[1] == s[3] && f[2] == f[3], "Conv", "w %v is not (Out, In, K, K) of x %v, (B, H, W, In)", f, s)
	expect(b.Shape().TotalSize() == f[0], "Conv", "b %v does not fit w %v", b.Shape(), f)
	expect(stride > 0 && pad >= 0 && s[1]+2*pad >= f[2] && s[2]+2*pad >= f[2], "Conv", "windows of w %v, stride %d and padding %d do not fit x %v", f, stride, pad, s)
	return convolve(cpu.Window{B: s[0], H: s[1], W: s[2], In: s[3], Out: f[0], K: f[2], Stride: stride, Pad: pad}, x, w, b)
}

// convolve is Conv; the bias may be left out.
func convolve(c cpu.Window, in ...*G.Node) *G.Node {
	rows, cols := c.Size()
	return apply(spec{
		name: fmt.Sprintf("Conv(%d,%d,%d)", c.Stride, c.Pad, len(in)),
		out:  []int{c.B, rows, cols, c.Out},
		forward: func(y []float32, in []Arg) {
			var bias []float32
			if len(in) == 3 {
				bias = in[2].F
			}
			cpu.Conv(y, in[0].F, in[1].F, bias, c)
		},
		diff: []bool{true, true, true}[:len(in)],
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			grads := G.Nodes{convBack(c, dy, in[1]), convBackW(c, dy, in[0])}
			if len(in) == 3 {
				grads = append(grads, biasBack(dy, in[2]))
			}
			return grads
		},
	}, in...)
}

// convBack computes dx from dy and w.
func convBack(c cpu.Window, dy, w *G.Node) *G.Node {
	return apply(spec{
		name:    fmt.Sprintf("ConvBack(%d,%d)", c.Stride, c.Pad),
		out:     []int{c.B, c.H, c.W, c.In},
		forward: func(dx []float32, in []Arg) { cpu.ConvBack(dx, in[0].F, in[1].F, c) },
	}, dy, w)
}

// convBackW computes dw from dy and x.
func convBackW(c cpu.Window, dy, x *G.Node) *G.Node {
	return apply(spec{
		name:    fmt.Sprintf("ConvBackW(%d,%d)", c.Stride, c.Pad),
		out:     []int{c.Out, c.In, c.K, c.K},
		forward: func(dw []float32, in []Arg) { cpu.ConvBackWeights(dw, in[0].F, in[1].F, c) },
	}, dy, x)
}

// ConvTranspose is the transpose of a convolution whose windows lie side by
// side: each place of x (B, H, W, In) becomes K by K places of the result
// (B, H K, W K, Out), by w (In, Out, K, K), plus b (Out).
func ConvTranspose(x, w, b *G.Node) *G.Node {
	s, f := x.Shape(), w.Shape()
	expect(len(s) == 4 && len(f) == 4 && f[0] == s[3] && f[2] == f[3], "ConvTranspose", "w %v is not (In, Out, K, K) of x %v, (B, H, W, In)", f, s)
	expect(b.Shape().TotalSize() == f[1], "ConvTranspose", "b %v does not fit w %v", b.Shape(), f)
	k := f[2]
	c := cpu.Window{B: s[0], H: s[1] * k, W: s[2] * k, In: f[1], Out: f[0], K: k, Stride: k}
	return apply(spec{
		name: "ConvTranspose",
		out:  []int{c.B, c.H, c.W, c.In},
		forward: func(y []float32, in []Arg) {
			cpu.ConvBack(y, in[0].F, in[1].F, c)
			cpu.AddBias(y, in[2].F)
		},
		diff: []bool{true, true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{convolve(c, dy, in[1]), convBackW(c, in[0], dy), biasBack(dy, in[2])}
		},
	}, x, w, b)
}
