package ops

// Linear maps and biases.

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Linear computes x wᵀ: x is (..., K), w (N, K), the result (..., N).
func Linear(x, w *G.Node) *G.Node {
	k, n := last(x), w.Shape()[0]
	expect(len(w.Shape()) == 2 && w.Shape()[1] == k, "Linear", "x %v does not fit w %v", x.Shape(), w.Shape())
	return apply(spec{
		name: "Linear",
		out:  with(x, n),
		forward: func(y []float32, in []Arg) {
			cpu.Gemm(false, true, len(y)/n, n, k, in[0].F, k, in[1].F, k, y, n, false)
		},
		add: func(y []float32, in []Arg) {
			cpu.Gemm(false, true, len(y)/n, n, k, in[0].F, k, in[1].F, k, y, n, true)
		},
		diff: []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{linearBackX(dy, in[1]), linearBackW(dy, in[0])}
		},
	}, x, w)
}

// linearBackX computes dx = dy w.
func linearBackX(dy, w *G.Node) *G.Node {
	n, k := w.Shape()[0], w.Shape()[1]
	return apply(spec{
		name: "LinearBackX",
		out:  with(dy, k),
		forward: func(dx []float32, in []Arg) {
			cpu.Gemm(false, false, len(dx)/k, k, n, in[0].F, n, in[1].F, k, dx, k, false)
		},
		add: func(dx []float32, in []Arg) {
			cpu.Gemm(false, false, len(dx)/k, k, n, in[0].F, n, in[1].F, k, dx, k, true)
		},
	}, dy, w)
}

// linearBackW computes dw = dyᵀ x.
func linearBackW(dy, x *G.Node) *G.Node {
	n, k := last(dy), last(x)
	return apply(spec{
		name: "LinearBackW",
		out:  []int{n, k},
		forward: func(dw []float32, in []Arg) {
			cpu.Gemm(true, false, n, k, len(in[0].F)/n, in[0].F, n, in[1].F, k, dw, k, false)
		},
	}, dy, x)
}

// Bias computes x + b: x is (..., N), b (N).
func Bias(x, b *G.Node) *G.Node {
	expect(len(b.Shape()) == 1 && b.Shape()[0] == last(x), "Bias", "x %v does not fit b %v", x.Shape(), b.Shape())
	return apply(spec{
		name: "Bias",
		out:  x.Shape(),
		forward: func(y []float32, in []Arg) {
			copyUnlessSame(y, in[0].F)
			cpu.AddBias(y, in[1].F)
		},
		over: []int{0},
		diff: []bool{true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			db := apply(spec{name: "BiasBack", out: in[1].Shape(), forward: func(db []float32, in []Arg) {
				cpu.SumRows(db, in[0].F)
			}}, dy)
			return G.Nodes{dy, db}
		},
	}, x, b)
}

// copyUnlessSame copies x to y where it does not lie there already.
func copyUnlessSame(y, x []float32) {
	if &y[0] != &x[0] {
		copy(y, x)
	}
}
