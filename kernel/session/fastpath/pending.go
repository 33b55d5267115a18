package fastpath

// The values of a quick function that wait to become part of an expression, and
// the operands that are made of them.

import (
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// operandsOf lists what an instruction takes, in order.
func operandsOf(in ssa.Instruction) (out []ssa.Value) {
	for _, p := range in.Operands(nil) {
		if *p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// flush works out now what must not wait for the instruction: all that could
// tell another order. The operands are listed as the instruction looks at
// them; one that has an effect lets nothing wait that reads memory.
func (m *builder) flush(effect bool, ops ...ssa.Value) {
	var impure, taken []*pending
	for _, p := range m.pending {
		if p.impure {
			impure = append(impure, p)
		}
	}
	for _, v := range ops {
		if p := m.find(v); p != nil && p.impure {
			taken = append(taken, p)
		}
	}
	rest := len(impure) - len(taken)
	if rest >= 0 && slices.Equal(impure[rest:], taken) {
		if !effect {
			return
		}
		impure = impure[:rest]
	}
	for _, p := range impure {
		m.compute(p)
	}
}

func (m *builder) find(v ssa.Value) *pending {
	for _, p := range m.pending {
		if p.v == v {
			return p
		}
	}
	return nil
}

func (m *builder) drop(p *pending) {
	m.pending = slices.DeleteFunc(m.pending, func(x *pending) bool { return x == p })
}

// compute works a value out, into its slot or register.
func (m *builder) compute(p *pending) {
	m.drop(p)
	switch {
	case p.p != nil:
		m.out = append(m.out, m.keep(p))
	case p.c != nil:
		off, c := m.slotOf[p.v], p.c
		m.out = append(m.out, func(q *frame) { *slotAt(q, off) = truth(c(q)) })
	default:
		off, f := m.slotOf[p.v], p.op.num()
		m.out = append(m.out, func(q *frame) { *slotAt(q, off) = f(q) })
	}
}

// keep puts a pointer, or the slice that it leads to, into the register.
func (m *builder) keep(p *pending) do {
	r, t, f := m.must(p.v), m.typ(p.v.Type()), p.p
	if !p.header {
		return func(q *frame) { *register(q, r) = patched.Interface{Type: t, Data: f(q)} }
	}
	return func(q *frame) {
		from := f(q)
		to := patched.NewValue(t)
		patched.Move(t, to, from)
		*register(q, r) = patched.Interface{Type: t, Data: to}
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (m *builder) must(v ssa.Value) int {
	r, ok := m.Has(v)
	if !ok {
		panic(unfit("no register for " + v.Name()))
	}
	return r
}

// define makes a value known: as a part of what uses it, if that is one and the
// same block, or in its place.
func (m *builder) define(p *pending) {
	p.reads = m.reads
	m.pending = append(m.pending, p)
	if p.header {
		return // asked for before
	}
	if !m.usedNext(p) {
		if p.impure {
			for _, x := range slices.Clone(m.pending) {
				if x.impure {
					m.compute(x)
				}
			}
			return
		}
		m.compute(p)
	}
}

// usedNext tells whether a value has one use, which comes in this block.
func (m *builder) usedNext(p *pending) bool {
	refs := p.v.Referrers()
	if refs == nil || len(*refs) != 1 {
		return false
	}
	user := (*refs)[0]
	if phi, ok := user.(*ssa.Phi); ok {
		return len(m.current.Succs) == 1 && m.current.Succs[0] == phi.Block() && count(phi.Edges, p.v) == 1
	}
	return user.Block() == m.current
}

func count(vs []ssa.Value, v ssa.Value) (n int) {
	for _, x := range vs {
		if x == v {
			n++
		}
	}
	return n
}

// use takes an operand.
func (m *builder) use(v ssa.Value) use {
	p := m.find(v)
	if p != nil {
		m.drop(p)
		m.reads = append(m.reads, p.reads...)
		u := use{op: p.op, c: p.c, p: p.p}
		if p.p != nil {
			u.box = m.keep(p)
			return u
		}
		if p.c != nil {
			c := p.c
			u.op.f = func(q *frame) int64 { return truth(c(q)) }
		}
		u.box = m.boxer(v, u.op)
		return u
	}
	if k, ok := numeric(v.Type()); ok {
		if _, ok := v.(*ssa.Const); ok {
			x := (*m.Template())[m.must(v)]
			if reflect.TypeOf(x) == nil || reflect.TypeOf(x).Kind() != k {
				panic(unfit("a constant of another kind"))
			}
			return use{op: operand{constant: true, k: unbox(k, (*patched.Interface)(unsafe.Pointer(&x)))}}
		}
		off := m.slotOf[v]
		if off == 0 {
			panic(unfit("no slot for " + v.Name()))
		}
		m.reads = append(m.reads, off)
		u := use{op: operand{off: off}}
		u.box = m.boxer(v, u.op)
		return u
	}
	r := m.must(v)
	if _, ok := v.(*ssa.Global); ok {
		x := (*m.Template())[r]
		a := (*patched.Interface)(unsafe.Pointer(&x)).Data
		return use{p: func(*frame) unsafe.Pointer { return a }}
	}
	return use{p: func(q *frame) unsafe.Pointer { return register(q, r).Data }}
}

// truth gives an operand as a truth value.
func (u use) truth() cond {
	if u.c != nil {
		return u.c
	}
	if off := u.op.off; off != 0 {
		return func(q *frame) bool { return *slotAt(q, off) != 0 }
	}
	f := u.op.num()
	return func(q *frame) bool { return f(q) != 0 }
}

// boxer puts a number into its register.
func (m *builder) boxer(v ssa.Value, op operand) do {
	k, _ := numeric(v.Type())
	r, box, f := m.must(v), boxed(k, m.typ(v.Type())), op.num()
	return func(q *frame) { *register(q, r) = box(f(q)) }
}

// slowly does the interpreter's own step, after its operands are in their
// registers.
func (m *builder) slowly(uses ...use) do {
	step, next, b := m.Steps[m.pc], m.pc+1, m.current
	var boxes []do
	for _, u := range uses {
		if u.box != nil {
			boxes = append(boxes, u.box)
		}
	}
	return func(q *frame) {
		for _, box := range boxes {
			box(q)
		}
		*patched.Next(q.fr) = next
		*patched.Block(q.fr) = b
		step(q.fr)
	}
}

// plain leaves an instruction to the interpreter.
func (m *builder) plain(in ssa.Instruction) {
	ops := operandsOf(in)
	m.flush(true, ops...)
	var uses []use
	for i, v := range ops {
		_, isNumber := numeric(v.Type())
		_, fixed := v.(*ssa.Const)
		if (isNumber && !fixed || m.find(v) != nil) && slices.Index(ops, v) == i {
			uses = append(uses, m.use(v))
		}
	}
	m.out = append(m.out, m.slowly(uses...))
	if v, ok := in.(ssa.Value); ok {
		if u := m.unboxer(v); u != nil {
			m.out = append(m.out, u)
		}
	}
}

// unboxer takes a number out of its register.
func (m *builder) unboxer(v ssa.Value) do {
	k, ok := numeric(v.Type())
	if !ok {
		return nil
	}
	if refs := v.Referrers(); refs == nil || len(*refs) == 0 {
		return nil
	}
	r, off := m.must(v), m.slotOf[v]
	return func(q *frame) { *slotAt(q, off) = unbox(k, register(q, r)) }
}

// refuse is the interpreter's step in place of a number, which panics.
func (m *builder) refuse(v ssa.Value, uses ...use) num {
	step := m.slowly(uses...)
	k, ok := numeric(v.Type())
	if !ok {
		return func(q *frame) int64 { step(q); return 0 }
	}
	r := m.must(v)
	return func(q *frame) int64 { step(q); return unbox(k, register(q, r)) }
}

func (m *builder) refusePtr(v ssa.Value, uses ...use) ptr {
	step, r := m.slowly(uses...), m.must(v)
	return func(q *frame) unsafe.Pointer { step(q); return register(q, r).Data }
}

func (m *builder) isImpure(vs ...ssa.Value) bool {
	return slices.ContainsFunc(vs, func(v ssa.Value) bool { p := m.find(v); return p != nil && p.impure })
}
