package ops

// Losses. Each is a scalar node; labels are -1 where a row does not count.

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// CrossEntropy is the mean of -log softmax(y wᵀ)[label] in nats over the rows
// of y (..., D) whose label (R) is not negative; w is (V, D). Logits are made
// for those rows alone. No counted row gives loss and gradients of 0.
func CrossEntropy(y, w, labels *G.Node) *G.Node {
	d, v := last(y), w.Shape()[0]
	rows := y.Shape().TotalSize() / d
	expect(last(w) == d && labels.Shape().TotalSize() == rows, "CrossEntropy", "y %v, w %v and labels %v do not fit", y.Shape(), w.Shape(), labels.Shape())
	return apply(spec{
		name: "CrossEntropy",
		forward: func(loss []float32, in []Arg) {
			c := counted(in[0].F, in[1].F, in[2].I, d, v)
			loss[0] = cpu.SoftmaxLoss(c.logits, c.labels, v)
		},
		diff: []bool{true, true, false},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			ny, nw := rows*d, v*d
			both := apply(spec{name: "CrossEntropyBack", out: []int{ny + nw}, forward: func(dx []float32, a []Arg) {
				dy, dw := dx[:ny], dx[ny:]
				clear(dy)
				c := counted(a[1].F, a[2].F, a[3].I, d, v)
				cpu.SoftmaxLossBack(c.logits, c.logits, c.labels, v, a[0].F[0])
				cpu.Gemm(true, false, v, d, len(c.rows), c.logits, v, c.y, d, dw, d, false)
				cpu.Gemm(false, false, len(c.rows), d, v, c.logits, v, a[2].F, d, c.y, d, false)
				for i, r := range c.rows {
					copy(dy[r*d:r*d+d], c.y[i*d:i*d+d])
				}
			}}, dl, in[0], in[1], in[2])
			return G.Nodes{part(both, 0, in[0].Shape()), part(both, ny, in[1].Shape()), nil}
		},
	}, y, w, labels)
}

// countedRows are the rows of y that have a label, with their logits.
type countedRows struct {
	rows      []int
	labels    []int32
	y, logits []float32
}

func counted(y, w []float32, labels []int32, d, v int) countedRows {
	var c countedRows
	for r, l := range labels {
		if l >= 0 {
			c.rows, c.labels = append(c.rows, r), append(c.labels, l)
			c.y = append(c.y, y[r*d:r*d+d]...)
		}
	}
	c.logits = make([]float32, len(c.rows)*v)
	cpu.Gemm(false, true, len(c.rows), v, d, c.y, d, w, d, c.logits, v, false)
	return c
}

// SoftmaxLoss is the mean of -log softmax(logits)[label] in nats; logits hold
// rows of v numbers in whatever shape, labels one index a row.
func SoftmaxLoss(logits, labels *G.Node, v int) *G.Node {
	expect(logits.Shape().TotalSize() == v*labels.Shape().TotalSize(), "SoftmaxLoss", "logits %v and labels %v do not fit %d classes", logits.Shape(), labels.Shape(), v)
	return apply(spec{
		name: fmt.Sprintf("SoftmaxLoss(%d)", v),
		forward: func(loss []float32, in []Arg) {
			loss[0] = cpu.SoftmaxLoss(in[0].F, in[1].I, v)
		},
		diff: []bool{true, false},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: fmt.Sprintf("SoftmaxLossBack(%d)", v), out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				cpu.SoftmaxLossBack(dx, a[1].F, a[2].I, v, a[0].F[0])
			}}, dl, in[0], in[1]), nil}
		},
	}, logits, labels)
}

// MSE is the mean of (a - b)² over all elements. Gradients flow into both.
func MSE(a, b *G.Node) *G.Node {
	expect(same(a, b), "MSE", "shapes %v and %v differ", a.Shape(), b.Shape())
	grad := func(a, b, dl *G.Node) *G.Node {
		return apply(spec{name: "MSEBack", out: a.Shape(), forward: func(dx []float32, in []Arg) {
			x, y := in[1].F, in[2].F
			f := 2 * in[0].F[0] / float32(len(dx))
			for i := range dx {
				dx[i] = f * (x[i] - y[i])
			}
		}}, dl, a, b)
	}
	return apply(spec{
		name: "MSE",
		forward: func(loss []float32, in []Arg) {
			s := 0.0
			for i, x := range in[0].F {
				d := float64(x - in[1].F[i])
				s += d * d
			}
			loss[0] = float32(s / float64(len(in[0].F)))
		},
		diff: []bool{true, true},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			return G.Nodes{grad(in[0], in[1], dl), grad(in[1], in[0], dl)}
		},
	}, a, b)
}

// Sum is the weighted sum of scalars, with weights that never change.
func Sum(weights []float32, losses ...*G.Node) *G.Node {
	expect(len(weights) == len(losses) && len(losses) > 0, "Sum", "%d weights for %d losses", len(weights), len(losses))
	w := Input(losses[0].Graph(), fmt.Sprintf("weights%v", weights), []int{len(weights)}, slices.Clone(weights))
	return Weigh(w, losses...)
}

// Weigh is the sum of scalars by weights (as many), which may change from run
// to run and get no gradient.
func Weigh(weights *G.Node, losses ...*G.Node) *G.Node {
	expect(weights.Shape().TotalSize() == len(losses) && len(losses) > 0, "Weigh", "weights %v for %d losses", weights.Shape(), len(losses))
	diff := make([]bool, 1+len(losses))
	for i := range losses {
		diff[1+i] = true
	}
	return apply(spec{
		name: "Weigh",
		forward: func(y []float32, in []Arg) {
			y[0] = 0
			for i, w := range in[0].F {
				y[0] += w * in[1+i].F[0]
			}
		},
		diff: diff,
		backward: func(in G.Nodes, _, dy *G.Node) G.Nodes {
			grads := G.Nodes{nil}
			for i := range losses {
				grads = append(grads, apply(spec{name: fmt.Sprintf("WeighBack(%d)", i), forward: func(y []float32, a []Arg) {
					y[0] = a[1].F[i] * a[0].F[0]
				}}, dy, in[0]))
			}
			return grads
		},
	}, append([]*G.Node{weights}, losses...)...)
}
