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

// LinearBias computes x wᵀ + b: x is (..., K), w (N, K), b (N), the result
// (..., N). The bias is added as the product is stored.
func LinearBias(x, w, b *G.Node) *G.Node {
	k, n := last(x), w.Shape()[0]
	expect(len(w.Shape()) == 2 && w.Shape()[1] == k, "LinearBias", "x %v does not fit w %v", x.Shape(), w.Shape())
	expect(len(b.Shape()) == 1 && b.Shape()[0] == n, "LinearBias", "w %v does not fit b %v", w.Shape(), b.Shape())
	product := func(y []float32, in []Arg, plus cpu.Plus) {
		plus.Bias = in[2].F
		cpu.GemmPlus(false, true, len(y)/n, n, k, in[0].F, k, in[1].F, k, y, n, plus)
	}
	return apply(spec{
		name:    "LinearBias",
		out:     with(x, n),
		forward: func(y []float32, in []Arg) { product(y, in, cpu.Plus{}) },
		add:     func(y []float32, in []Arg) { product(y, in, cpu.Plus{Residual: y, Stride: n}) },
		diff:    []bool{true, true, true},
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			return G.Nodes{linearBackX(dy, in[1]), linearBackW(dy, in[0]), biasBack(dy, in[2])}
		},
	}, x, w, b)
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

// biasBack is the gradient of a bias b: the sum of dy's rows.
func biasBack(dy, b *G.Node) *G.Node {
	return apply(spec{name: "BiasBack", out: b.Shape(), forward: func(db []float32, in []Arg) {
		cpu.SumRows(db, in[0].F)
	}}, dy)
}
