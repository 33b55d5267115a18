package model

// The activations of the MLPs: one value each, with what the graph computes and
// the kernels by which a text is decoded token by token.

import (
	"slices"
	"strings"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
)

// activation is a function of single numbers between the maps of an MLP
// (docs/4m.md, 4.2). Where there is a gate, its product with act(x) may be an
// op of its own; where gatedOp and gatedKernel are nil it is made of two.
type activation struct {
	name     string // in Config.Act
	official string // in the key act_layer
	op       func(x *G.Node) *G.Node
	kernel   func(y, x []float32)

	gatedOp     func(x, gate *G.Node) *G.Node
	gatedKernel func(y, x, gate []float32)
}

// activations are all that there are; the first is the zero value's.
var activations = []activation{
	{name: "silu", official: "SiLU", op: ops.Silu, kernel: cpu.Silu, gatedOp: ops.Gate, gatedKernel: cpu.Gate},
	{name: "gelu", official: "GELU", op: ops.Gelu, kernel: cpu.Gelu},
}

// activationNamed finds one by the name that Config.Act has for it.
func activationNamed(name string) (activation, bool) {
	if name == "" {
		return activations[0], true
	}
	i := slices.IndexFunc(activations, func(a activation) bool { return a.name == name })
	if i < 0 {
		return activation{}, false
	}
	return activations[i], true
}

// activationNames lists them for an error.
func activationNames() string {
	var names []string
	for _, a := range activations {
		names = append(names, a.name)
	}
	return strings.Join(names, " or ")
}

// node gives act(x), times the gate unless that is nil.
func (a activation) node(x, gate *G.Node) *G.Node {
	switch {
	case gate == nil:
		return a.op(x)
	case a.gatedOp != nil:
		return a.gatedOp(x, gate)
	}
	return ops.Mul(a.op(x), gate)
}

// compute is what node gives: y = act(x), times the gate unless that is nil.
func (a activation) compute(y, x, gate []float32) {
	switch {
	case gate == nil:
		a.kernel(y, x)
	case a.gatedKernel != nil:
		a.gatedKernel(y, x, gate)
	default:
		a.kernel(y, x)
		cpu.Mul(y, y, gate)
	}
}
