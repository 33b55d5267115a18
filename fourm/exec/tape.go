package exec

// Gorgonia's own machine behind the same few methods: the oracle, for a graph
// as for a whole model.

import (
	"context"
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// VM is a compiled graph: a Machine, or gorgonia's TapeMachine.
type VM interface {
	// Run computes the outputs, or stops when ctx ends.
	Run(ctx context.Context) error
	// Floats gives the memory of an output or input, valid until the next run.
	Floats(n *G.Node) []float32
	Close() error
}

var _, _ VM = (*Machine)(nil), (*Tape)(nil)

// Tape runs a graph by gorgonia's TapeMachine.
type Tape struct {
	vm   G.VM
	read map[*G.Node]*G.Value
}

// NewTape compiles a graph for gorgonia's TapeMachine, which runs all of it.
// It must be the last to touch the graph: nodes added later do not run.
func NewTape(g *G.ExprGraph, outputs ...*G.Node) (t *Tape, err error) {
	defer func() {
		if p := recover(); p != nil {
			t, err = nil, fmt.Errorf("exec: TapeMachine: %v", p)
		}
	}()
	t = &Tape{read: map[*G.Node]*G.Value{}}
	for _, o := range outputs {
		if _, ok := t.read[o]; !ok && o.Op() != nil && o.Op().Arity() > 0 {
			t.read[o] = new(G.Value)
			G.Read(o, t.read[o])
		}
	}
	t.vm = G.NewTapeMachine(g)
	return t, nil
}

// Run computes the outputs. TapeMachine cannot be stopped on its way, so ctx
// is asked before it starts.
func (t *Tape) Run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.vm.Reset()
	if err := t.vm.RunAll(); err != nil {
		return fmt.Errorf("exec: TapeMachine: %w", err)
	}
	return nil
}

// Floats gives the memory of an output or input.
func (t *Tape) Floats(n *G.Node) []float32 {
	if v, ok := t.read[n]; ok && *v != nil {
		return ops.ArgOf(*v).F
	}
	if n.Value() != nil {
		return ops.ArgOf(n.Value()).F
	}
	return nil
}

// Close ends the machine.
func (t *Tape) Close() error { return t.vm.Close() }
