package ops

// Losses of pictures beside squared errors: absolute ones, and of masks.

import (
	"math"

	G "gorgonia.org/gorgonia"
)

// L1 is the mean of |a - b| over all elements; its gradient where both are equal
// is 0. Gradients flow into a alone.
func L1(a, b *G.Node) *G.Node {
	expect(same(a, b), "L1", "shapes %v and %v differ", a.Shape(), b.Shape())
	return elementLoss("L1", func(x, y float64) float64 { return math.Abs(x - y) }, func(x, y float32) float32 {
		switch {
		case x > y:
			return 1
		case x < y:
			return -1
		}
		return 0
	}, a, b)
}

// BinaryCrossEntropy is the mean over all elements of the cross-entropy between
// the share b, 0 to 1, and sigmoid(a): log(1 + eᵃ) - a b, in nats. Gradients flow
// into a alone.
func BinaryCrossEntropy(a, b *G.Node) *G.Node {
	expect(same(a, b), "BinaryCrossEntropy", "shapes %v and %v differ", a.Shape(), b.Shape())
	return elementLoss("BinaryCrossEntropy", func(x, y float64) float64 {
		return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) - x*y
	}, func(x, y float32) float32 { return float32(1/(1+math.Exp(-float64(x)))) - y }, a, b)
}

// elementLoss is the mean of a loss of single elements; slope is its derivative by
// the first.
func elementLoss(name string, loss func(x, y float64) float64, slope func(x, y float32) float32, a, b *G.Node) *G.Node {
	return apply(spec{
		name: name,
		forward: func(out []float32, in []Arg) {
			s := 0.0
			for i, x := range in[0].F {
				s += loss(float64(x), float64(in[1].F[i]))
			}
			out[0] = float32(s / float64(len(in[0].F)))
		},
		diff: []bool{true, false},
		backward: func(in G.Nodes, _, dl *G.Node) G.Nodes {
			return G.Nodes{apply(spec{name: name + "Back", out: in[0].Shape(), forward: func(dx []float32, a []Arg) {
				f := a[0].F[0] / float32(len(dx))
				for i, x := range a[1].F {
					dx[i] = f * slope(x, a[2].F[i])
				}
			}}, dl, in[0], in[1]), nil}
		},
	}, a, b)
}
