package ops

// Linear maps and biases.

import (
	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// Linear computes x wᵀ: x is (..., K), w (N, K), the result (..., N).
func Linear(x, w *G.Node) *G.Node { return linear("Linear", x, w) }

// LinearBias computes x wᵀ + b: x is (..., K), w (N, K), b (N), the result
// (..., N). The bias is added as the product is stored.
func LinearBias(x, w, b *G.Node) *G.Node {
	expect(len(b.Shape()) == 1 && b.Shape()[0] == w.Shape()[0], "LinearBias", "w %v does not fit b %v", w.Shape(), b.Shape())
	return linear("LinearBias", x, w, b)
}

// linear is a map of in[0] by in[1], with the bias in[2] if there is one.
func linear(name string, in ...*G.Node) *G.Node {
	x, w := in[0], in[1]
	k, n := last(x), w.Shape()[0]
	expect(len(w.Shape()) == 2 && w.Shape()[1] == k, name, "x %v does not fit w %v", x.Shape(), w.Shape())
	product := func(y []float32, in []Arg, plus cpu.Plus) {
		if len(in) == 3 {
			plus.Bias = in[2].F
		}
		cpu.GemmPlus(false, true, len(y)/n, n, k, in[0].F, k, in[1].F, k, y, n, plus)
	}
	return apply(spec{
		name:    name,
		out:     with(x, n),
		forward: func(y []float32, in []Arg) { product(y, in, cpu.Plus{}) },
		add:     func(y []float32, in []Arg) { product(y, in, cpu.Plus{Residual: y, Stride: n}) },
		diff:    []bool{true, true, true}[:len(in)],
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			grads := G.Nodes{linearBackX(dy, in[1]), linearBackW(dy, in[0])}
			if len(in) == 3 {
				grads = append(grads, biasBack(dy, in[2]))
			}
			return grads
		},
	}, in...)
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
