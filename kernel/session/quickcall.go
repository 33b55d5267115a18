package session

// How quick functions call and how they go from block to block.

import (
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// argument is a number to work out, or a register.
type argument struct {
	f num
	r int
}

// call makes calls of functions and methods that are quick themselves, and len.
func (m *maker) call(in *ssa.Call) bool {
	switch fn := in.Call.Value.(type) {
	case *ssa.Builtin:
		return fn.Name() == "len" && m.length(in)
	case *ssa.Function:
		if t := m.targets[fn]; t != nil {
			args, step := m.arguments(in, in.Call.Args)
			m.out = append(m.out, m.static(in, t, args, step))
			return true
		}
	default:
		if in.Call.IsInvoke() {
			args, step := m.arguments(in, append([]ssa.Value{in.Call.Value}, in.Call.Args...))
			m.out = append(m.out, m.invoke(in, args, step))
			return true
		}
	}
	return false
}

// arguments gives those of a call, and the interpreter's way to make it.
func (m *maker) arguments(in *ssa.Call, vs []ssa.Value) (args []argument, step do) {
	m.settle(true, vs...)
	var uses []use
	for _, v := range vs {
		if _, ok := numeric(v.Type()); ok {
			u := m.use(v)
			uses = append(uses, u)
			args = append(args, argument{f: u.number().num()})
			continue
		}
		if p := m.find(v); p != nil {
			// Nothing that was settled is after it.
			m.work(p)
		}
		args = append(args, argument{r: m.must(v)})
	}
	step = m.slowly(uses...)
	if out := m.unboxer(in); out != nil {
		plain := step
		step = func(q *quick) { plain(q); out(q) }
	}
	return args, step
}

// hand puts the arguments into the memory of the call.
func hand(q, to *quick, t *code, args []argument) {
	for i, a := range args {
		p := &t.params[i]
		if a.f != nil {
			*cellAt(to, p.cell) = a.f(q)
		} else {
			*register(to, p.register) = *register(q, a.r)
		}
	}
}

// result takes it from the memory of the call.
func (m *maker) result(in *ssa.Call) func(q, from *quick) {
	refs := in.Referrers()
	if refs == nil || len(*refs) == 0 {
		return func(q, from *quick) {}
	}
	r := m.must(in)
	switch n := in.Call.Signature().Results().Len(); n {
	case 0:
		return func(q, from *quick) {}
	case 1:
		if off := m.cellOf[in]; off != 0 {
			return func(q, from *quick) { *cellAt(q, off) = from.ret }
		}
		return func(q, from *quick) { *register(q, r) = *register(from, 0) }
	default:
		return func(q, from *quick) {
			registers(q.fr)[r] = ixgo.Tuple(slices.Clone(registers(from.fr)[:n]))
		}
	}
}

// static is the call of a function that is known.
func (m *maker) static(in *ssa.Call, t *code, args []argument, step do) do {
	next, result, off := m.pc+1, m.result(in), m.cellOf[in]
	if len(args) == 1 && args[0].f != nil && off != 0 {
		f, to := args[0].f, t.params[0].cell
		return func(q *quick) {
			if !t.ready {
				step(q)
				return
			}
			v := f(q)
			*at[int](unsafe.Pointer(q.fr), inner.next) = next
			c := q.th.take(t, q.fr)
			*cellAt(c, to) = v
			t.run(c)
			*cellAt(q, off) = c.ret
			q.th.give(t, c)
		}
	}
	return func(q *quick) {
		if !t.ready {
			step(q)
			return
		}
		*at[int](unsafe.Pointer(q.fr), inner.next) = next
		c := q.th.take(t, q.fr)
		hand(q, c, t, args)
		t.run(c)
		result(q, c)
		q.th.give(t, c)
	}
}

// method is what a call of an interface's method found before.
type method struct {
	typ unsafe.Pointer
	t   *code
}

// invoke is the call of an interface's method.
func (m *maker) invoke(in *ssa.Call, args []argument, step do) do {
	next, result, name, program := m.pc+1, m.result(in), in.Call.Method.Name(), m.program
	var last atomic.Pointer[method]
	r := args[0].r
	return func(q *quick) {
		w := register(q, r)
		found := last.Load()
		if found == nil || found.typ != w.typ {
			if found = program.method(registers(q.fr)[r], name); found == nil {
				step(q)
				return
			}
			last.Store(found)
		}
		t := found.t
		*at[int](unsafe.Pointer(q.fr), inner.next) = next
		var c *quick
		th := q.th
		if t.program == program {
			c = th.take(t, q.fr)
		} else {
			c, th = t.abroad(q)
		}
		if p := &t.params[0]; p.cell != 0 {
			*cellAt(c, p.cell) = unbox(p.kind, w)
		} else {
			*register(c, p.register) = *w
		}
		for i, a := range args[1:] {
			p := &t.params[i+1]
			if a.f != nil {
				*cellAt(c, p.cell) = a.f(q)
			} else {
				*register(c, p.register) = *register(q, a.r)
			}
		}
		t.run(c)
		result(q, c)
		th.give(t, c)
		if th != q.th {
			t.program.threads.Put(th)
		}
	}
}

// method finds a quick method of a value, or nil.
func (p *quickProgram) method(v any, name string) *method {
	var t *code
	if fn := p.sets[reflect.TypeOf(v)][name]; fn != nil {
		t = p.targets[fn]
	} else {
		t = p.others[reflect.TypeOf(v)][name]
	}
	if t == nil || !t.ready {
		return nil
	}
	return &method{typ: (*face)(unsafe.Pointer(&v)).typ, t: t}
}

// teach lets later programs know the quick methods of types that this one was
// the first to make, for values that wait in interfaces. What others know
// already stays as it is, for their goroutines may go on.
func (p *quickProgram) teach(s *Session) {
	p.others = s.methods
	known := s.methods
	for t, set := range p.sets {
		if len(set) == 0 || known[t] != nil {
			continue
		}
		codes := map[string]*code{}
		for name, fn := range set {
			if c := p.targets[fn]; c != nil && c.ready {
				codes[name] = c
			}
		}
		if len(known) == len(s.methods) {
			known = maps.Clone(known)
		}
		known[t] = codes
	}
	s.methods = known
}

// abroad begins a call of a function of another program.
func (t *code) abroad(q *quick) (*quick, *thread) {
	th := t.program.threads.Get().(*thread)
	c := th.take(t, q.fr)
	*at[uint64](unsafe.Pointer(c.fr), inner.deferid) = 0
	return c, th
}

// length is len of a slice or string.
func (m *maker) length(in *ssa.Call) bool {
	x := in.Call.Args[0]
	t, ok := m.known(x.Type())
	if !ok || t.Kind() != reflect.Slice && t.Kind() != reflect.String {
		return false
	}
	if _, ok := x.(*ssa.Const); ok {
		return false
	}
	m.settle(false, x)
	impure := m.isImpure(x)
	u := m.use(x)
	p, refuse := u.p, m.refuse(in, u)
	m.give(&pending{v: in, impure: impure, op: operand{f: func(q *quick) int64 {
		s := (*sliceHeader)(p(q))
		if s == nil {
			return refuse(q)
		}
		return int64(s.len)
	}}})
	return true
}

// end is the last instruction of a block.
func (m *maker) end(in ssa.Instruction) func(*quick) *block {
	switch in := in.(type) {
	case *ssa.Jump:
		next := m.target(0)
		move := m.edge(0)
		if move == nil {
			return func(*quick) *block { return next }
		}
		return func(q *quick) *block { move(q); return next }
	case *ssa.If:
		m.settle(true, in.Cond)
		u := m.use(in.Cond)
		c, yes, no := u.truth(), m.target(0), m.target(1)
		if in.Block().Succs[0] == in.Block().Succs[1] {
			panic(unfit("two ways to one block"))
		}
		moveYes, moveNo := m.edge(0), m.edge(1)
		if moveYes == nil && moveNo == nil {
			return func(q *quick) *block {
				if c(q) {
					return yes
				}
				return no
			}
		}
		return func(q *quick) *block {
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

func (m *maker) target(i int) *block { return &m.blocks[m.at.Succs[i].Index] }

func (m *maker) returns(in *ssa.Return) func(*quick) *block {
	m.settle(true, in.Results...)
	if len(in.Results) == 1 {
		if _, ok := numeric(in.Results[0].Type()); ok {
			f := m.use(in.Results[0]).number().num()
			return func(q *quick) *block {
				q.ret = f(q)
				*at[int](unsafe.Pointer(q.fr), inner.next) = -1
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
			moves = append(moves, func(q *quick) { *register(q, i) = box(f(q)) })
			continue
		}
		if p := m.find(v); p != nil {
			m.work(p)
		}
		r := m.must(v)
		moves = append(moves, func(q *quick) { *register(q, i) = *register(q, r) })
	}
	return func(q *quick) *block {
		for _, move := range moves {
			move(q)
		}
		*at[int](unsafe.Pointer(q.fr), inner.next) = -1
		return nil
	}
}

// edge gives what happens on the way to a successor: its phis take their
// values, and a way back asks whether to stop.
func (m *maker) edge(i int) do {
	to := m.at.Succs[i]
	move := m.moves(to)
	if to.Index > m.at.Index {
		return move
	}
	g, next := m.gate, m.pc+1
	ask := func(q *quick) {
		*at[int](unsafe.Pointer(q.fr), inner.next) = next
		g.halt(q.fr)
	}
	if move == nil {
		return func(q *quick) {
			if g.up {
				ask(q)
			}
		}
	}
	return func(q *quick) {
		if g.up {
			ask(q)
		}
		move(q)
	}
}

// moves gives the phis of a block the values that they have on the way from
// this one, all at once.
func (m *maker) moves(to *ssa.BasicBlock) do {
	from := slices.Index(to.Preds, m.at)
	var phis []*ssa.Phi
	var sources []ssa.Value
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if phi.Comment == ahead {
			continue
		}
		v := phi.Edges[from]
		if early, ok := v.(*ssa.Phi); ok && early.Comment == ahead && early.Block() == to {
			v = early.Edges[from]
		}
		if v != ssa.Value(phi) {
			phis, sources = append(phis, phi), append(sources, v)
		}
	}
	m.settle(true)
	type mover struct {
		to    uintptr
		op    operand
		r, as int
	}
	var movers []mover
	conflict := false
	written, writtenR := map[uintptr]bool{}, map[int]bool{}
	for i, phi := range phis {
		if off := m.cellOf[phi]; off != 0 {
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
			return func(q *quick) { *register(q, r) = *register(q, as) }
		}
		f := mv.op.num()
		return func(q *quick) { *cellAt(q, to) = f(q) }
	}
	if len(movers) == 1 {
		return single(movers[0])
	}
	if !conflict {
		if len(movers) == 2 {
			a, b := single(movers[0]), single(movers[1])
			return func(q *quick) { a(q); b(q) }
		}
		var all []do
		for _, mv := range movers {
			all = append(all, single(mv))
		}
		return func(q *quick) {
			for _, move := range all {
				move(q)
			}
		}
	}
	// All are read before the first is written: into cells and registers of
	// their own.
	var first, second []do
	for _, mv := range movers {
		if mv.to != 0 {
			spare, to, f := m.cells, mv.to, mv.op.num()
			m.cells += 8
			first = append(first, func(q *quick) { *cellAt(q, spare) = f(q) })
			second = append(second, func(q *quick) { *cellAt(q, to) = *cellAt(q, spare) })
			continue
		}
		template := at[[]any](m.p, inner.template)
		spare, r, as := len(*template), mv.r, mv.as
		*template = append(slices.Clip(*template), nil)
		first = append(first, func(q *quick) { *register(q, spare) = *register(q, as) })
		second = append(second, func(q *quick) { *register(q, r) = *register(q, spare) })
	}
	all := append(first, second...)
	return func(q *quick) {
		for _, move := range all {
			move(q)
		}
	}
}
