// Package exec runs a gorgonia graph: it orders the nodes that the wanted
// outputs need, plans their memory once, and then runs as often as asked
// without allocating for ops of package ops.
//
// Machine implements gorgonia.VM, so it can stand where a TapeMachine stands;
// the TapeMachine runs the same graphs and is the oracle of the tests.
//
//	m, err := exec.New(g, loss, dw)
//	err = m.RunAll()
//	fmt.Println(m.Floats(loss)[0])
package exec

import (
	"context"
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"fourmlab/fourm/ops"
)

// Machine is a compiled graph. It is not safe for concurrent use.
type Machine struct {
	steps []step
	slots map[*G.Node]int
	args  []ops.Arg // by slot
	vals  []G.Value // by slot: what gorgonia's own ops and readers see
	bytes int64
}

// step computes one node.
type step struct {
	node *G.Node
	op   G.Op
	run  ops.Runner // nil for an op of gorgonia's
	in   []int      // slots
	out  int
	args []ops.Arg
	vals []G.Value
}

var _ G.VM = (*Machine)(nil)

// New compiles what the outputs need of their graph. Input nodes must have
// values; what is written into those values later is what the next run reads.
func New(g *G.ExprGraph, outputs ...*G.Node) (*Machine, error) {
	m := &Machine{slots: map[*G.Node]int{}}
	order, err := sorted(g, outputs)
	if err != nil {
		return nil, err
	}
	keep := map[*G.Node]bool{}
	for _, o := range outputs {
		keep[o] = true
	}
	last := map[*G.Node]int{} // the step that reads a node last
	for i, n := range order {
		for _, c := range children(g, n) {
			last[c] = i
		}
	}
	free := map[int][][]float32{}
	for i, n := range order {
		slot := len(m.args)
		m.slots[n] = slot
		if n.Op() == nil || n.Op().Arity() == 0 {
			v := n.Value()
			if v == nil {
				return nil, fmt.Errorf("exec: input %q has no value", n.Name())
			}
			m.args, m.vals = append(m.args, ops.ArgOf(v)), append(m.vals, v)
			continue
		}
		s := step{node: n, op: n.Op(), out: slot}
		s.run, _ = n.Op().(ops.Runner)
		for _, c := range children(g, n) {
			s.in = append(s.in, m.slots[c])
		}
		s.args, s.vals = make([]ops.Arg, len(s.in)), make([]G.Value, len(s.in))
		size := n.Shape().TotalSize()
		if n.IsScalar() {
			size = 1
		}
		buf := m.take(free, size)
		m.args = append(m.args, ops.Arg{F: buf})
		m.vals = append(m.vals, nil)
		if !n.IsScalar() {
			t := tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(buf))
			m.vals[slot] = t
		}
		m.steps = append(m.steps, s)
		// memory of what was read for the last time serves again
		seen := map[*G.Node]bool{}
		for _, c := range children(g, n) {
			if last[c] == i && !keep[c] && !seen[c] && c.Op() != nil && c.Op().Arity() != 0 {
				seen[c] = true
				f := m.args[m.slots[c]].F
				free[len(f)] = append(free[len(f)], f)
			}
		}
	}
	return m, nil
}

func (m *Machine) take(free map[int][][]float32, size int) []float32 {
	if l := free[size]; len(l) > 0 {
		free[size] = l[:len(l)-1]
		return l[len(l)-1]
	}
	m.bytes += int64(size) * 4
	return make([]float32, size)
}

// sorted gives the nodes that the outputs need, each after those it reads.
func sorted(g *G.ExprGraph, outputs []*G.Node) ([]*G.Node, error) {
	var order []*G.Node
	state := map[*G.Node]int{}
	var visit func(n *G.Node) error
	visit = func(n *G.Node) error {
		switch state[n] {
		case 1:
			return fmt.Errorf("exec: node %v depends on itself", n)
		case 2:
			return nil
		}
		state[n] = 1
		for _, c := range children(g, n) {
			if err := visit(c); err != nil {
				return err
			}
		}
		state[n] = 2
		order = append(order, n)
		return nil
	}
	for _, o := range outputs {
		if o == nil {
			return nil, fmt.Errorf("exec: an output is nil")
		}
		if err := visit(o); err != nil {
			return nil, err
		}
	}
	return order, nil
}

func children(g *G.ExprGraph, n *G.Node) []*G.Node {
	var out []*G.Node
	for it := g.From(n.ID()); it != nil && it.Next(); {
		out = append(out, it.Node().(*G.Node))
	}
	return out
}

// RunAll computes the outputs.
func (m *Machine) RunAll() error { return m.Run(context.Background()) }

// Run computes the outputs, or stops between two nodes when ctx ends.
func (m *Machine) Run(ctx context.Context) error {
	for i := range m.steps {
		s := &m.steps[i]
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.run != nil {
			for j, k := range s.in {
				s.args[j] = m.args[k]
			}
			s.run.Run(m.args[s.out].F, s.args)
			continue
		}
		if err := m.foreign(s); err != nil {
			return fmt.Errorf("exec: %v: %w", s.node, err)
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
	if p, ok := s.op.(G.UsePreallocDoer); ok && m.vals[s.out] != nil {
		v, err = p.UsePreallocDo(m.vals[s.out], s.vals...)
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

func (m *Machine) value(slot int) G.Value {
	if m.vals[slot] == nil {
		return G.NewF32(m.args[slot].F[0])
	}
	return m.vals[slot]
}

// Floats gives the memory of an output (or of an input): valid until the next
// run. It is nil for a node that the machine does not compute.
func (m *Machine) Floats(n *G.Node) []float32 {
	slot, ok := m.slots[n]
	if !ok {
		return nil
	}
	return m.args[slot].F
}

// Bytes tells how much memory the machine holds beside its inputs.
func (m *Machine) Bytes() int64 { return m.bytes }

// Reset does nothing: every run starts anew.
func (m *Machine) Reset() {}

// Close lets the memory go.
func (m *Machine) Close() error {
	*m = Machine{}
	return nil
}
