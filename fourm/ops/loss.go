package ops

// Losses. Each is a scalar node; labels are -1 where a row does not count.

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
)

// CrossEntropy is the mean of -log softmax(y wᵀ)[label] in nats over the rows
// of y (..., D) whose label (R) is not negative; w is (V, D). Logits are made
// for those rows alone. No counted row gives loss and gradients of 0.
func CrossEntropy(y, w, labels *G.Node) *G.Node {
	d, v, ny, nw := headSizes(y, w, labels)
	return apply(spec{
		name: "CrossEntropy",
		forward: func(loss []float32, in []Arg) {
			loss[0] = cpu.HeadLoss(nil, nil, in[0].F, in[1].F, in[2].I, d, v, 1)
		},
		diff: []bool{true, true, false},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			both := apply(spec{name: "CrossEntropyBack", out: []int{ny + nw}, forward: func(dx []float32, a []Arg) {
				cpu.HeadLoss(dx[:ny], dx[ny:], a[1].F, a[2].F, a[3].I, d, v, a[0].F[0])
			}}, dl, in[0], in[1], in[2])
			return G.Nodes{part(both, 0, in[0].Shape()), part(both, ny, in[1].Shape()), nil}
		},
	}, y, w, labels)
}

func headSizes(y, w, labels *G.Node) (d, v, ny, nw int) {
	d, v = last(y), w.Shape()[0]
	ny, nw = y.Shape().TotalSize(), w.Shape().TotalSize()
	expect(last(w) == d && labels.Shape().TotalSize() == ny/d, "CrossEntropy", "y %v, w %v and labels %v do not fit", y.Shape(), w.Shape(), labels.Shape())
	return d, v, ny, nw
}

// WeighedCrossEntropy is CrossEntropy for training: it makes the gradients
// together with the loss, while the logits are there. The loss is to enter a
// sum by number k of weights, as Weigh does it.
func WeighedCrossEntropy(y, w, labels, weights *G.Node, k int) *G.Node {
	d, v, ny, nw := headSizes(y, w, labels)
	expect(k < weights.Shape().TotalSize(), "WeighedCrossEntropy", "weight %d of %v", k, weights.Shape())
	all := apply(spec{
		name: fmt.Sprintf("LossAndGradients(%d)", k),
		out:  []int{1 + ny + nw},
		forward: func(out []float32, in []Arg) {
			out[0] = cpu.HeadLoss(out[1:1+ny], out[1+ny:], in[0].F, in[1].F, in[2].I, d, v, in[3].F[k])
		},
	}, y, w, labels, weights)
	return apply(spec{
		name:    fmt.Sprintf("Loss(%d)", k),
		forward: func(loss []float32, in []Arg) { loss[0] = in[2].F[0] },
		diff:    []bool{true, true, false, false},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			scaled := apply(spec{
				name: fmt.Sprintf("Gradients(%d)", k),
				out:  []int{1 + ny + nw},
				over: []int{0},
				forward: func(out []float32, a []Arg) {
					copyUnlessSame(out, a[0].F)
					if w := a[2].F[k]; w != a[1].F[0] && w != 0 { // another use than Weigh's
						cpu.Scale(out[1:], a[1].F[0]/w)
					}
				},
			}, in[2], dl, in[3])
			return G.Nodes{part(scaled, 1, in[0].Shape()), part(scaled, 1+ny, in[1].Shape()), nil, nil}
		},
	}, y, w, all, weights)
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

// SmoothL1 is the mean over all elements of d²/2 where |d| is below 1, and of
// |d| - 1/2 elsewhere, d being a - b. Gradients flow into a alone.
func SmoothL1(a, b *G.Node) *G.Node {
	expect(same(a, b), "SmoothL1", "shapes %v and %v differ", a.Shape(), b.Shape())
	return elementLoss("SmoothL1", func(x, y float64) float64 {
		if d := math.Abs(x - y); d >= 1 {
			return d - 0.5
		}
		return (x - y) * (x - y) / 2
	}, func(x, y float32) float32 { return min(max(x-y, -1), 1) }, a, b)
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

// copyUnlessSame copies x to y where it does not lie there already.
func copyUnlessSame(y, x []float32) {
	if &y[0] != &x[0] {
		copy(y, x)
	}
}
