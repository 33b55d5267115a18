package exec

// A compiled graph, and how it is run.

import (
	"context"
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/kernels/cpu"
	"fourmlab/fourm/ops"
)

// Machine is a compiled graph. It is not safe for concurrent use.
type Machine struct {
	steps []step
	slots map[*G.Node]int // of inputs and outputs
	args  []ops.Arg       // by slot
	vals  []G.Value       // by slot: what gorgonia's own ops see; nil until one does
	bytes int64

	need  int        // numbers of a workspace
	loose []place    // what lies there
	space *workspace // the one of the last run
}

// step computes one node.
type step struct {
	node *G.Node
	op   G.Op
	run  ops.Runner // nil for a sum and for an op of gorgonia's
	sum  bool       // adds in[0] and in[1], or in[0] and what run computes of the others
	in   []int      // slots
	out  int
	args []ops.Arg
	vals []G.Value
}

var _ G.VM = (*Machine)(nil)

// New compiles what the outputs need of their graph. Input nodes must have
// values; what is written into those values later is what the next run reads.
func New(g *G.ExprGraph, outputs ...*G.Node) (*Machine, error) {
	p, err := newPlan(g, outputs)
	if err != nil {
		return nil, err
	}
	return p.machine()
}

// RunAll computes the outputs.
func (m *Machine) RunAll() error { return m.Run(context.Background()) }

// Run computes the outputs, or stops between two nodes when ctx ends.
func (m *Machine) Run(ctx context.Context) error {
	m.enter()
	defer m.leave()
	for i := range m.steps {
		s := &m.steps[i]
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for j, k := range s.in {
			s.args[j] = m.args[k]
		}
		out := m.args[s.out].F
		switch {
		case s.sum && s.run != nil:
			if a := s.args[0].F; &a[0] != &out[0] {
				copy(out, a)
			}
			s.run.RunAdd(out, s.args[1:])
		case s.sum:
			cpu.Add(out, s.args[0].F, s.args[1].F)
		case s.run != nil:
			s.run.Run(out, s.args)
		default:
			if err := m.foreign(s); err != nil {
				return fmt.Errorf("exec: %v: %w", s.node, err)
			}
		}
	}
	return nil
}

// foreign runs an op of gorgonia's own, into our memory where it can.
func (m *Machine) foreign(s *step) error {
	for j, k := range s.in {
		s.vals[j] = m.value(k)
	}
	var v G.Value
	var err error
	if p, ok := s.op.(G.UsePreallocDoer); ok && !s.node.IsScalar() {
		v, err = p.UsePreallocDo(m.value(s.out), s.vals...)
	} else {
		v, err = s.op.Do(s.vals...)
	}
	if err != nil {
		return err
	}
	if got := ops.ArgOf(v).F; len(got) != len(m.args[s.out].F) {
		return fmt.Errorf("result of %d numbers, expected %d", len(got), len(m.args[s.out].F))
	} else if &got[0] != &m.args[s.out].F[0] {
		copy(m.args[s.out].F, got)
	}
	return nil
}

// value gives what a slot is to gorgonia; scalars are made anew each time.
func (m *Machine) value(slot int) G.Value {
	if m.vals[slot] == nil {
		return G.NewF32(m.args[slot].F[0])
	}
	return m.vals[slot]
}

// Floats gives the memory of an output (or of an input): valid until the next
// run. It is nil for any other node.
func (m *Machine) Floats(n *G.Node) []float32 {
	slot, ok := m.slots[n]
	if !ok {
		return nil
	}
	return m.args[slot].F
}

// Bytes tells how much memory the machine works in, beside its inputs: what is
// its own and its part of a workspace.
func (m *Machine) Bytes() int64 { return m.bytes }

// Reset does nothing: every run starts anew.
func (m *Machine) Reset() {}

// Close lets the memory go.
func (m *Machine) Close() error {
	*m = Machine{}
	return nil
}
