package fastpath

// How quick functions go from block to block.

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// end is the last instruction of a block.
func (m *builder) end(in ssa.Instruction) func(*frame) *block {
	switch in := in.(type) {
	case *ssa.Jump:
		next := m.target(0)
		move := m.edge(0)
		if move == nil {
			return func(*frame) *block { return next }
		}
		return func(q *frame) *block { move(q); return next }
	case *ssa.If:
		m.flush(true, in.Cond)
		u := m.use(in.Cond)
		c, yes, no := u.truth(), m.target(0), m.target(1)
		if in.Block().Succs[0] == in.Block().Succs[1] {
			panic(unfit("two ways to one block"))
		}
		moveYes, moveNo := m.edge(0), m.edge(1)
		if moveYes == nil && moveNo == nil {
			return func(q *frame) *block {
				if c(q) {
					return yes
				}
				return no
			}
		}
		return func(q *frame) *block {
			if c(q) {
				if moveYes != nil {
					moveYes(q)
				}
				return yes
			}
			if moveNo != nil {
				moveNo(q)
			}
			return no
		}
	case *ssa.Return:
		return m.returns(in)
	}
	return nil
}

func (m *builder) target(i int) *block { return &m.blocks[m.current.Succs[i].Index] }

func (m *builder) returns(in *ssa.Return) func(*frame) *block {
	m.flush(true, in.Results...)
	if len(in.Results) == 1 {
		if _, ok := numeric(in.Results[0].Type()); ok {
			f := m.use(in.Results[0]).number().num()
			return func(q *frame) *block {
				q.ret = f(q)
				*patched.Next(q.fr) = -1
				return nil
			}
		}
	}
	var moves []do
	for i, v := range in.Results {
		if _, ok := numeric(v.Type()); ok {
			u := m.use(v)
			k, _ := numeric(v.Type())
			f, box := u.number().num(), boxed(k, m.typ(v.Type()))
			moves = append(moves, func(q *frame) { *register(q, i) = box(f(q)) })
			continue
		}
		if p := m.find(v); p != nil {
			m.compute(p)
		}
		r := m.must(v)
		moves = append(moves, func(q *frame) { *register(q, i) = *register(q, r) })
	}
	return func(q *frame) *block {
		for _, move := range moves {
			move(q)
		}
		*patched.Next(q.fr) = -1
		return nil
	}
}

// edge gives what happens on the way to a successor: its phis take their
// values, and a way back asks whether to stop.
func (m *builder) edge(i int) do {
	to := m.current.Succs[i]
	move := m.moves(to)
	if to.Index > m.current.Index {
		return move
	}
	stop, next := m.stop, m.pc+1
	ask := func(q *frame) {
		*patched.Next(q.fr) = next
		stop.Stop(q.fr)
	}
	if move == nil {
		return func(q *frame) {
			if stop.Stopping {
				ask(q)
			}
		}
	}
	return func(q *frame) {
		if stop.Stopping {
			ask(q)
		}
		move(q)
	}
}

// moves gives the phis of a block the values that they have on the way from
// this one, all at once.
func (m *builder) moves(to *ssa.BasicBlock) do {
	from := slices.Index(to.Preds, m.current)
	var phis []*ssa.Phi
	var sources []ssa.Value
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if patched.ReadAhead(phi) {
			continue
		}
		v := phi.Edges[from]
		if early, ok := v.(*ssa.Phi); ok && patched.ReadAhead(early) && early.Block() == to {
			v = early.Edges[from]
		}
		if v != ssa.Value(phi) {
			phis, sources = append(phis, phi), append(sources, v)
		}
	}
	m.flush(true)
	type mover struct {
		to    uintptr
		op    operand
		r, as int
	}
	var movers []mover
	conflict := false
	written, writtenR := map[uintptr]bool{}, map[int]bool{}
	for i, phi := range phis {
		if off := m.slotOf[phi]; off != 0 {
			m.reads = nil
			op := m.use(sources[i]).number()
			for _, r := range m.reads {
				conflict = conflict || written[r]
			}
			written[off] = true
			movers = append(movers, mover{to: off, op: op})
			continue
		}
		mv := mover{r: m.must(phi), as: m.must(sources[i])}
		conflict = conflict || writtenR[mv.as]
		writtenR[mv.r] = true
		movers = append(movers, mv)
	}
	if len(movers) == 0 {
		return nil
	}
	single := func(mv mover) do {
		to := mv.to
		if to == 0 {
			r, as := mv.r, mv.as
			return func(q *frame) { *register(q, r) = *register(q, as) }
		}
		f := mv.op.num()
		return func(q *frame) { *slotAt(q, to) = f(q) }
	}
	if len(movers) == 1 {
		return single(movers[0])
	}
	if !conflict {
		if len(movers) == 2 {
			a, b := single(movers[0]), single(movers[1])
			return func(q *frame) { a(q); b(q) }
		}
		var all []do
		for _, mv := range movers {
			all = append(all, single(mv))
		}
		return func(q *frame) {
			for _, move := range all {
				move(q)
			}
		}
	}
	// All are read before the first is written: into slots and registers of
	// their own.
	var first, second []do
	for _, mv := range movers {
		if mv.to != 0 {
			spare, to, f := m.slots, mv.to, mv.op.num()
			m.slots += 8
			first = append(first, func(q *frame) { *slotAt(q, spare) = f(q) })
			second = append(second, func(q *frame) { *slotAt(q, to) = *slotAt(q, spare) })
			continue
		}
		template := m.Template()
		spare, r, as := len(*template), mv.r, mv.as
		*template = append(slices.Clip(*template), nil)
		first = append(first, func(q *frame) { *register(q, spare) = *register(q, as) })
		second = append(second, func(q *frame) { *register(q, r) = *register(q, spare) })
	}
	all := append(first, second...)
	return func(q *frame) {
		for _, move := range all {
			move(q)
		}
	}
}
