package vq

// Losses of a reconstruction, by name (docs/4m.md, 2.5).

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// Loss says what a step makes smaller: the reconstruction by Name, as VQ.Loss
// has it; the quantizer's own loss times Own; the distance of features times
// Perceptual.
type Loss struct {
	Name       string
	Own        float64
	Perceptual float64

	features *features
}

// losses compare the output with the truth; places have c numbers each.
// Cross-entropy of classes is not among them: its truth is none of numbers.
var losses = map[string]func(out, truth *G.Node, c int) *G.Node{
	"mse":       func(out, truth *G.Node, _ int) *G.Node { return ops.MSE(out, truth) },
	"l1":        func(out, truth *G.Node, _ int) *G.Node { return ops.L1(out, truth) },
	"smooth_l1": func(out, truth *G.Node, _ int) *G.Node { return ops.SmoothL1(out, truth) },
	"cosine":    cosine,
	"bce":       func(out, truth *G.Node, _ int) *G.Node { return ops.BinaryCrossEntropy(out, truth) },
}

// cosine is the mean over places of one minus the cosine: half the squared
// distance of unit vectors.
func cosine(out, truth *G.Node, c int) *G.Node {
	return ops.Sum([]float32{float32(c) / 2}, ops.MSE(ops.Unit(out, c), ops.Unit(truth, c)))
}

const ofClasses = "ce"

func lossNames() []string { return append(slices.Sorted(maps.Keys(losses)), ofClasses) }

// reconstruction adds the loss between output and truth.
func (g *graph) reconstruction(loss string) error {
	c := g.n.Spec.out()
	n := g.out.Shape().TotalSize()
	if loss == ofClasses {
		g.labels = make([]int32, n/c)
		g.loss = ops.SoftmaxLoss(g.out, ops.Indices(g.g, "labels", []int{len(g.labels)}, g.labels), c)
		return nil
	}
	of, ok := losses[loss]
	if !ok {
		return fmt.Errorf("loss %q, expected %s", loss, strings.Join(lossNames(), ", "))
	}
	g.truth = make([]float32, n)
	g.target = ops.Input(g.g, "truth", g.out.Shape(), g.truth)
	g.loss = of(g.out, g.target, c)
	return nil
}
