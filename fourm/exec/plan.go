package exec

// The plan of a graph: what is computed in which order, what is computed
// together, and where every result lies.

import (
	"fmt"
	"maps"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"fourmlab/fourm/ops"
)

// plan is a graph on its way to a machine.
type plan struct {
	g     *G.ExprGraph
	order []*G.Node
	keep  map[*G.Node]bool
	reads map[*G.Node][]*G.Node // what a node reads when it is computed
	into  map[*G.Node]*G.Node   // a sum: the term that is added where it is made
	gone  map[*G.Node]bool      // such terms: they have no memory of their own
	last  map[*G.Node]int       // step that reads a node last
	views map[*G.Node][]*G.Node // of a node, where nobody else reads it
}

func newPlan(g *G.ExprGraph, outputs []*G.Node) (*plan, error) {
	p := &plan{g: g, keep: map[*G.Node]bool{}, reads: map[*G.Node][]*G.Node{}, into: map[*G.Node]*G.Node{}, gone: map[*G.Node]bool{}, last: map[*G.Node]int{}, views: map[*G.Node][]*G.Node{}}
	if err := p.sort(outputs); err != nil {
		return nil, err
	}
	for _, o := range outputs {
		p.keep[o] = true
	}
	p.fuse()
	p.early()
	other := map[*G.Node]bool{} // nodes that are read by more than views
	for i, n := range p.order {
		for _, c := range p.reads[n] {
			p.last[c] = i
			if _, ok := viewOf(n); ok {
				p.views[c] = append(p.views[c], n)
			} else {
				other[c] = true
			}
		}
	}
	for n := range other {
		delete(p.views, n)
	}
	return p, nil
}

// viewOf tells whether a node is a part of the memory of what it reads, and
// where it begins.
func viewOf(n *G.Node) (from int, ok bool) {
	if run, is := n.Op().(ops.Runner); is {
		return run.View()
	}
	return 0, false
}

// sort puts the nodes that the outputs need each after those it reads.
func (p *plan) sort(outputs []*G.Node) error {
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
		p.reads[n] = children(p.g, n)
		for _, c := range p.reads[n] {
			if err := visit(c); err != nil {
				return err
			}
		}
		state[n] = 2
		p.order = append(p.order, n)
		return nil
	}
	for _, o := range outputs {
		if o == nil {
			return fmt.Errorf("exec: an output is nil")
		}
		if err := visit(o); err != nil {
			return err
		}
	}
	return nil
}

func children(g *G.ExprGraph, n *G.Node) []*G.Node {
	var out []*G.Node
	for it := g.From(n.ID()); it != nil && it.Next(); {
		out = append(out, it.Node().(*G.Node))
	}
	return out
}

func isInput(n *G.Node) bool { return n.Op() == nil || n.Op().Arity() == 0 }

// isSum tells whether a node adds two of its own shape.
func isSum(n *G.Node, reads []*G.Node) bool {
	return ops.IsSum(n) && len(reads) == 2 && n.Dtype() == tensor.Float32 && size(reads[0]) == size(n) && size(reads[1]) == size(n)
}

func size(n *G.Node) int {
	if n.IsScalar() {
		return 1
	}
	return n.Shape().TotalSize()
}

// fuse lets a term of a sum that nobody else reads be added where it is made:
// gradients of tables, and of what several maps read.
func (p *plan) fuse() {
	uses := map[*G.Node]int{}
	for _, n := range p.order {
		for _, c := range p.reads[n] {
			uses[c]++
		}
	}
	for _, n := range p.order {
		if !isSum(n, p.reads[n]) || p.reads[n][0] == p.reads[n][1] {
			continue
		}
		for k := 1; k >= 0; k-- {
			term, other := p.reads[n][k], p.reads[n][1-k]
			run, ok := term.Op().(ops.Runner)
			if !ok || !run.Adds() || uses[term] != 1 || p.keep[term] || p.gone[other] {
				continue
			}
			p.into[n], p.gone[term] = term, true
			p.reads[n] = append([]*G.Node{other}, p.reads[term]...)
			break
		}
	}
	p.order = slices.DeleteFunc(p.order, func(n *G.Node) bool { return p.gone[n] })
}

// early moves outputs that nobody reads, as gradients of weights are, to where
// all that they read is there: what only they read need not wait for them.
func (p *plan) early() {
	at, read := map[*G.Node]int{}, map[*G.Node]bool{}
	for i, n := range p.order {
		at[n] = i
		for _, c := range p.reads[n] {
			read[c] = true
		}
	}
	when := map[*G.Node]int{}
	for i, n := range p.order {
		when[n] = i
		if p.keep[n] && !read[n] {
			when[n] = 0
			for _, c := range p.reads[n] {
				when[n] = max(when[n], at[c])
			}
		}
	}
	slices.SortStableFunc(p.order, func(a, b *G.Node) int { return when[a] - when[b] })
}

// block is a piece of memory and the results that lie in it.
type block struct {
	buf    *piece
	nodes  []*G.Node // that are read or kept from it
	from   map[*G.Node]int
	shared bool // an input's: never written
}

// machine plans the memory.
func (p *plan) machine() (*Machine, error) {
	m := &Machine{slots: map[*G.Node]int{}}
	home := map[*G.Node]*block{}
	var free pool
	var lies []place
	for i, n := range p.order {
		slot := len(m.args)
		m.slots[n] = slot
		m.vals = append(m.vals, nil)
		if isInput(n) {
			v := n.Value()
			if v == nil {
				return nil, fmt.Errorf("exec: input %q has no value", n.Name())
			}
			m.args = append(m.args, ops.ArgOf(v))
			m.vals[slot] = v
			home[n] = &block{shared: true}
			continue
		}
		reads := p.reads[n]
		if from, ok := viewOf(n); ok && !home[reads[0]].shared {
			b := home[reads[0]]
			home[n] = b
			b.put(n, b.from[reads[0]]+from)
			p.reserve(b, n)
			m.args = append(m.args, ops.Arg{})
			lies = append(lies, place{slot, b.buf, b.from[n], size(n)})
			continue
		}
		b := p.over(n, i, home)
		if b == nil {
			b = &block{buf: free.take(size(n)), from: map[*G.Node]int{}}
		}
		b.put(n, b.from[n])
		p.reserve(b, n)
		home[n] = b
		m.args = append(m.args, ops.Arg{})
		lies = append(lies, place{slot, b.buf, b.from[n], size(n)})
		m.steps = append(m.steps, p.step(m, n, slot))
		// memory that is read for the last time serves again
		for _, c := range append(slices.Clone(reads), n) {
			if b := home[c]; !b.shared && b.buf != nil && p.dead(b, i) {
				free.give(b.buf)
				b.buf = nil
			}
		}
	}
	// outputs stay, and gorgonia's own ops see memory that never moves
	foreign := slices.ContainsFunc(m.steps, func(s step) bool { return !s.sum && s.run == nil })
	for _, b := range free.all {
		b.own = foreign
	}
	for n := range p.keep {
		if b := home[n]; !b.shared {
			b.buf.own = true
		}
	}
	if err := m.place(free.all, lies); err != nil {
		return nil, err
	}
	m.show(p)
	maps.DeleteFunc(m.slots, func(n *G.Node, _ int) bool { return !isInput(n) && !p.keep[n] })
	return m, nil
}

// put notes that a result lies in the block.
func (b *block) put(n *G.Node, from int) {
	if !slices.Contains(b.nodes, n) {
		b.nodes = append(b.nodes, n)
	}
	b.from[n] = from
}

// reserve notes the views of a result, so that nothing is written over them
// before they are read.
func (p *plan) reserve(b *block, n *G.Node) {
	for _, v := range p.views[n] {
		from, _ := viewOf(v)
		b.put(v, b.from[n]+from)
	}
}

// over gives the block of an input that n may be written over, where that is
// read for the last time.
func (p *plan) over(n *G.Node, i int, home map[*G.Node]*block) *block {
	reads := p.reads[n]
	var may []int
	switch run, ok := n.Op().(ops.Runner); {
	case p.into[n] != nil:
		if !slices.Contains(reads[1:], reads[0]) {
			may = []int{0}
		}
	case isSum(n, reads):
		may = []int{0, 1}
	case ok:
		may = run.Over()
	}
	for _, k := range may {
		c := reads[k]
		b := home[c]
		if b.shared || p.last[c] != i || p.keep[c] || size(c) != size(n) {
			continue
		}
		if p.into[n] != nil && slices.ContainsFunc(reads[1:], func(r *G.Node) bool { return home[r] == b && overlap(b, r, c) }) {
			continue
		}
		if slices.ContainsFunc(b.nodes, func(o *G.Node) bool { return o != c && p.alive(o, i) && overlap(b, o, c) }) {
			continue
		}
		b.from[n] = b.from[c]
		return b
	}
	return nil
}

// alive tells whether a result is still wanted after step i. One that only
// views read is wanted as far as they are.
func (p *plan) alive(n *G.Node, i int) bool {
	return p.keep[n] || p.last[n] > i && p.views[n] == nil
}

// dead tells whether nothing in a block is wanted after step i.
func (p *plan) dead(b *block, i int) bool {
	for _, n := range b.nodes {
		if p.keep[n] || p.last[n] > i {
			return false
		}
	}
	return true
}

func overlap(b *block, x, y *G.Node) bool {
	return b.from[x] < b.from[y]+size(y) && b.from[y] < b.from[x]+size(x)
}

// step makes the step of a node.
func (p *plan) step(m *Machine, n *G.Node, slot int) step {
	s := step{node: n, op: n.Op(), out: slot, sum: isSum(n, children(p.g, n))}
	if term := p.into[n]; term != nil {
		s.run = term.Op().(ops.Runner)
	} else if !s.sum {
		s.run, _ = n.Op().(ops.Runner)
	}
	for _, c := range p.reads[n] {
		s.in = append(s.in, m.slots[c])
	}
	s.args, s.vals = make([]ops.Arg, len(s.in)), make([]G.Value, len(s.in))
	return s
}

// show gives gorgonia's view of memory to the slots that its own ops use.
func (m *Machine) show(p *plan) {
	of := map[int]*G.Node{}
	for n, slot := range m.slots {
		of[slot] = n
	}
	for _, s := range m.steps {
		if s.sum || s.run != nil {
			continue
		}
		for _, slot := range append(slices.Clone(s.in), s.out) {
			if n := of[slot]; m.vals[slot] == nil && !n.IsScalar() {
				m.vals[slot] = tensor.New(tensor.WithShape(n.Shape()...), tensor.WithBacking(m.args[slot].F))
			}
		}
	}
}
