package vq

// One step of training without an optimizer: losses, gradients, and what no
// gradient moves.

import (
	"context"
	"fmt"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/quantize"
)

// Step is what a training step of a network gives.
type Step struct {
	Reconstruction float64
	Own            float64 // the quantizer's own loss, weighed
	// Grads are the gradients of both together, by the names and in the layout of
	// official files.
	Grads map[string][]float32
}

// Step computes losses and gradients of a batch against itself, and moves the
// codebook.
func (n *Network) Step(ctx context.Context, x Images, loss Loss, r quantize.Chance) (Step, error) {
	rows, cols, err := n.fits(x)
	if err != nil {
		return Step{}, err
	}
	if n.Spec.encPatch() != n.Spec.decPatch() {
		return Step{}, fmt.Errorf("vq: patches of %v in and %v out: the output is no picture of the input's size", n.Spec.encPatch(), n.Spec.decPatch())
	}
	if (loss.Name == "ce") != (n.Spec.Labels > 0) {
		return Step{}, fmt.Errorf("vq: loss %q with %d classes", loss.Name, n.Spec.Labels)
	}
	g := n.graph(training, loss, x.B, rows, cols)
	if err := g.put(x); err != nil {
		return Step{}, err
	}
	g.want(x)
	if err := g.m.Run(ctx); err != nil {
		return Step{}, err
	}
	out := Step{Reconstruction: float64(g.m.Floats(g.loss)[0]), Grads: map[string][]float32{}}
	if g.own != nil {
		out.Own = float64(g.m.Floats(g.own)[0])
	}
	by := map[string]entry{}
	for _, e := range n.entries {
		by[e.name] = e
	}
	for i, name := range g.names {
		out.Grads[name] = append([]float32(nil), by[name].turn.back().of(g.m.Floats(g.grads[i]))...)
	}
	if !n.Spec.Frozen {
		n.quant.Update(g.m.Floats(g.z), r)
	}
	return out, nil
}

// want writes the truth: the batch as it was given.
func (g *graph) want(x Images) {
	pix := x.pixels()
	if s := g.n.Spec; !s.OutConv || s.Dec.mlp() { // the output lies in patches
		p := s.decPatch()
		patches := make([]float32, len(pix))
		cpu.Patch(patches, pix, cpu.PatchGrid{B: g.b, Rows: g.rows, Cols: g.cols, H: p[0], W: p[1], C: x.C})
		pix = patches
	}
	if g.labels == nil {
		copy(g.truth, pix)
		return
	}
	for i, v := range pix {
		g.labels[i] = int32(v)
	}
}
