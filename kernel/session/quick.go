package session

// What makes interpreted functions quick. The interpreter has a step for every
// instruction, and all values are interfaces: a number beyond 255 is a new
// piece of memory each time it changes. Here the steps of a function are put
// together anew when it has been made. Numbers live in cells beside the
// registers, an expression is one closure with closures inside, and a call
// hands its numbers over from cell to cell. Whatever is not known here is done
// by the interpreter's own step, for which the numbers it takes are put into
// registers before; so is everything that Go refuses (an index out of range,
// division by zero), which makes the panics those of the interpreter.
//
// The order in which things happen stays that of the instructions: what reads
// memory or may panic becomes part of a later expression only where nothing
// that happens in between could tell.

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// maker makes one function quick.
type maker struct {
	*code
	fn      *ssa.Function
	cellOf  map[ssa.Value]uintptr
	pending []*pending // what waits to become part of an expression
	out     []do
	at      *ssa.BasicBlock
	pc      int
	targets map[*ssa.Function]*code
	reads   []uintptr // cells that the expression in the making reads
}

// pending is a value that was not worked out yet.
type pending struct {
	v      ssa.Value
	op     operand
	c      cond
	p      ptr  // a pointer, or where to find a slice
	header bool // the latter
	impure bool // it reads memory or may panic
	reads  []uintptr
}

// use is an operand: as a number, truth value or address, and what puts it
// into its register.
type use struct {
	op  operand
	c   cond
	p   ptr
	box do
}

// quicken makes all functions of a program quick that can be.
func (g *gate) quicken(in *ixgo.Interp, funcs map[*ssa.Function]function) {
	g.s.unfit = map[string]string{}
	if quickErr != nil {
		g.s.unfit["all"] = quickErr.Error()
		return
	}
	program := &quickProgram{in: in}
	program.types = *at[preloaded](unsafe.Pointer(in), inner.preloaded)
	program.sets = *at[methodSets](unsafe.Pointer(in), inner.msets)
	targets := map[*ssa.Function]*code{}
	program.targets = targets
	for fn, f := range funcs {
		if fn.Recover != nil {
			g.s.unfit[fn.String()] = "it may recover"
			continue
		}
		if len(f.steps) == 0 || len(fn.Blocks) != len(f.blocks) {
			continue
		}
		c := &code{function: f, program: program, id: len(targets), gate: g, results: fn.Signature.Results().Len()}
		targets[fn] = c
		c.cells = firstCell
		for i, v := range slices.Concat(values(fn.Params), values(fn.FreeVars)) {
			p := param{register: c.results + i}
			if k, ok := numeric(v.Type()); ok {
				p.kind, p.cell = k, c.cells
				c.cells += 8
			}
			c.params = append(c.params, p)
		}
	}
	n := len(targets)
	program.threads.New = func() any { return &thread{free: make([]*quick, n)} }
	for fn, c := range targets {
		m := &maker{code: c, fn: fn, cellOf: map[ssa.Value]uintptr{}, targets: targets}
		m.make()
	}
	for _, c := range targets {
		if !c.ready {
			continue
		}
		template := at[[]any](c.p, inner.template)
		c.holder = len(*template)
		*template = append(slices.Clip(*template), nil)
		c.steps[0] = c.enter
	}
	program.teach(g.s)
}

func values[T ssa.Value](vs []T) (out []ssa.Value) {
	for _, v := range vs {
		out = append(out, v)
	}
	return out
}

// number gives the kind of a type whose values live in cells.
func numeric(t types.Type) (reflect.Kind, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0, false
	}
	switch b.Kind() {
	case types.UntypedBool:
		return reflect.Bool, true
	case types.UntypedInt:
		return reflect.Int, true
	case types.UntypedRune:
		return reflect.Int32, true
	case types.UntypedFloat:
		return reflect.Float64, true
	}
	if b.Kind() >= types.Bool && b.Kind() <= types.Float64 {
		return reflect.Kind(b.Kind()), true // in both packages they stand in one order
	}
	return 0, false
}

// unfit is why a function stays as it is.
type unfit string

func (m *maker) make() {
	defer func() {
		if e := recover(); e != nil {
			why, ok := e.(unfit)
			if !ok {
				why = unfit(fmt.Sprint(e))
			}
			m.gate.s.unfit[m.fn.String()] = string(why)
		}
	}()
	for i, v := range slices.Concat(values(m.fn.Params), values(m.fn.FreeVars)) {
		if m.params[i].cell != 0 {
			m.cellOf[v] = m.params[i].cell
		}
	}
	for _, b := range m.fn.Blocks {
		for _, in := range b.Instrs {
			if v, ok := in.(ssa.Value); ok {
				if _, ok := numeric(v.Type()); ok {
					m.cellOf[v] = m.cells
					m.cells += 8
				}
			}
		}
	}
	if m.cells > most {
		panic(unfit("too many numbers"))
	}
	m.blocks = make([]block, len(m.fn.Blocks))
	for i, b := range m.fn.Blocks {
		m.block(i, b)
	}
	m.back = m.backward()
	m.ready = true
}

// backward puts a number where the interpreter looks for the result.
func (m *maker) backward() do {
	if m.results != 1 {
		return nil
	}
	t := m.fn.Signature.Results().At(0).Type()
	k, ok := numeric(t)
	if !ok {
		return nil
	}
	box := boxed(k, m.typ(t))
	return func(q *quick) { *register(q, 0) = box(q.ret) }
}

// typ is the type of a register's values.
func (m *maker) typ(t types.Type) unsafe.Pointer { return typeWord(m.reflected(t)) }

func (m *maker) reflected(t types.Type) reflect.Type {
	if rt, ok := m.known(t); ok {
		return rt
	}
	panic(unfit("the interpreter has not made " + t.String()))
}

func (m *maker) known(t types.Type) (reflect.Type, bool) {
	if b, ok := types.Unalias(t).(*types.Basic); ok {
		if k, ok := numeric(b); ok {
			return basic[k], true
		}
	}
	rt, ok := m.program.types[t]
	return rt, ok && rt != nil
}

func (m *maker) block(i int, b *ssa.BasicBlock) {
	m.at, m.out, m.pending = b, nil, nil
	end := len(m.steps)
	if i+1 < len(m.function.blocks) {
		end = m.function.blocks[i+1]
	}
	for m.pc = m.function.blocks[i]; m.pc < end; m.pc++ {
		m.reads = nil
		switch in := m.instrs[m.pc].(type) {
		case *ssa.Phi:
		case *ssa.Jump, *ssa.If, *ssa.Return:
			m.blocks[i].end = m.end(in)
		default:
			if !m.instruction(in) {
				m.plain(in)
			}
		}
	}
	m.blocks[i].do = m.out
	if m.blocks[i].end == nil { // a panic
		m.blocks[i].end = func(*quick) *block { panic("a block without an end") }
	}
}

// operandsOf lists what an instruction takes, in order.
func operandsOf(in ssa.Instruction) (out []ssa.Value) {
	for _, p := range in.Operands(nil) {
		if *p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// settle works out now what must not wait for the instruction: all that could
// tell another order. The operands are listed as the instruction looks at
// them; one that has an effect lets nothing wait that reads memory.
func (m *maker) settle(effect bool, ops ...ssa.Value) {
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
		m.work(p)
	}
}

func (m *maker) find(v ssa.Value) *pending {
	for _, p := range m.pending {
		if p.v == v {
			return p
		}
	}
	return nil
}

func (m *maker) drop(p *pending) {
	m.pending = slices.DeleteFunc(m.pending, func(x *pending) bool { return x == p })
}

// work works a value out, into its cell or register.
func (m *maker) work(p *pending) {
	m.drop(p)
	switch {
	case p.p != nil:
		m.out = append(m.out, m.keep(p))
	case p.c != nil:
		off, c := m.cellOf[p.v], p.c
		m.out = append(m.out, func(q *quick) { *cellAt(q, off) = truth(c(q)) })
	default:
		off, f := m.cellOf[p.v], p.op.num()
		m.out = append(m.out, func(q *quick) { *cellAt(q, off) = f(q) })
	}
}

// keep puts a pointer, or the slice that it leads to, into the register.
func (m *maker) keep(p *pending) do {
	r, t, f := m.must(p.v), m.typ(p.v.Type()), p.p
	if !p.header {
		return func(q *quick) { *register(q, r) = face{t, f(q)} }
	}
	return func(q *quick) {
		from := f(q)
		to := unsafeNew(t)
		typedmemmove(t, to, from)
		*register(q, r) = face{t, to}
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (m *maker) must(v ssa.Value) int {
	i, ok := m.index[v]
	if !ok {
		panic(unfit("no register for " + v.Name()))
	}
	return int(i & 0xffffff)
}

// give makes a value known: as a part of what uses it, if that is one and the
// same block, or in its place.
func (m *maker) give(p *pending) {
	p.reads = m.reads
	m.pending = append(m.pending, p)
	if p.header {
		return // asked for before
	}
	if !m.soon(p) {
		if p.impure {
			for _, x := range slices.Clone(m.pending) {
				if x.impure {
					m.work(x)
				}
			}
			return
		}
		m.work(p)
	}
}

// soon tells whether a value has one use, which comes in this block.
func (m *maker) soon(p *pending) bool {
	refs := p.v.Referrers()
	if refs == nil || len(*refs) != 1 {
		return false
	}
	user := (*refs)[0]
	if phi, ok := user.(*ssa.Phi); ok {
		return len(m.at.Succs) == 1 && m.at.Succs[0] == phi.Block() && count(phi.Edges, p.v) == 1
	}
	return user.Block() == m.at
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
func (m *maker) use(v ssa.Value) use {
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
			u.op.f = func(q *quick) int64 { return truth(c(q)) }
		}
		u.box = m.boxer(v, u.op)
		return u
	}
	if k, ok := numeric(v.Type()); ok {
		if _, ok := v.(*ssa.Const); ok {
			x := (*at[[]any](m.p, inner.template))[m.must(v)]
			if reflect.TypeOf(x) == nil || reflect.TypeOf(x).Kind() != k {
				panic(unfit("a constant of another kind"))
			}
			return use{op: operand{constant: true, k: unbox(k, (*face)(unsafe.Pointer(&x)))}}
		}
		off := m.cellOf[v]
		if off == 0 {
			panic(unfit("no cell for " + v.Name()))
		}
		m.reads = append(m.reads, off)
		u := use{op: operand{off: off}}
		u.box = m.boxer(v, u.op)
		return u
	}
	r := m.must(v)
	if _, ok := v.(*ssa.Global); ok {
		x := (*at[[]any](m.p, inner.template))[r]
		a := (*face)(unsafe.Pointer(&x)).data
		return use{p: func(*quick) unsafe.Pointer { return a }}
	}
	return use{p: func(q *quick) unsafe.Pointer { return register(q, r).data }}
}

// truth gives an operand as a truth value.
func (u use) truth() cond {
	if u.c != nil {
		return u.c
	}
	if off := u.op.off; off != 0 {
		return func(q *quick) bool { return *cellAt(q, off) != 0 }
	}
	f := u.op.num()
	return func(q *quick) bool { return f(q) != 0 }
}

// boxer puts a number into its register.
func (m *maker) boxer(v ssa.Value, op operand) do {
	k, _ := numeric(v.Type())
	r, box, f := m.must(v), boxed(k, m.typ(v.Type())), op.num()
	return func(q *quick) { *register(q, r) = box(f(q)) }
}

// slowly does the interpreter's own step, after its operands are in their
// registers.
func (m *maker) slowly(uses ...use) do {
	step, next, b := m.steps[m.pc], m.pc+1, unsafe.Pointer(m.at)
	var boxes []do
	for _, u := range uses {
		if u.box != nil {
			boxes = append(boxes, u.box)
		}
	}
	return func(q *quick) {
		for _, box := range boxes {
			box(q)
		}
		fr := unsafe.Pointer(q.fr)
		*at[int](fr, inner.next) = next
		*at[unsafe.Pointer](fr, inner.block) = b
		step(q.fr)
	}
}

// plain leaves an instruction to the interpreter.
func (m *maker) plain(in ssa.Instruction) {
	ops := operandsOf(in)
	m.settle(true, ops...)
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
func (m *maker) unboxer(v ssa.Value) do {
	k, ok := numeric(v.Type())
	if !ok {
		return nil
	}
	if refs := v.Referrers(); refs == nil || len(*refs) == 0 {
		return nil
	}
	r, off := m.must(v), m.cellOf[v]
	return func(q *quick) { *cellAt(q, off) = unbox(k, register(q, r)) }
}

// refuse is the interpreter's step in place of a number, which panics.
func (m *maker) refuse(v ssa.Value, uses ...use) num {
	step := m.slowly(uses...)
	k, ok := numeric(v.Type())
	if !ok {
		return func(q *quick) int64 { step(q); return 0 }
	}
	r := m.must(v)
	return func(q *quick) int64 { step(q); return unbox(k, register(q, r)) }
}

func (m *maker) refusePtr(v ssa.Value, uses ...use) ptr {
	step, r := m.slowly(uses...), m.must(v)
	return func(q *quick) unsafe.Pointer { step(q); return register(q, r).data }
}

func (m *maker) isImpure(vs ...ssa.Value) bool {
	return slices.ContainsFunc(vs, func(v ssa.Value) bool { p := m.find(v); return p != nil && p.impure })
}

// instruction makes one instruction quick, or tells that it cannot.
func (m *maker) instruction(in ssa.Instruction) bool {
	switch in := in.(type) {
	case *ssa.BinOp:
		return m.binOp(in)
	case *ssa.UnOp:
		if in.Op == token.MUL {
			return m.loads(in)
		}
		return m.unOp(in)
	case *ssa.Convert:
		return m.converts(in, in.X)
	case *ssa.ChangeType:
		return m.converts(in, in.X)
	case *ssa.Alloc:
		return m.local(in)
	case *ssa.FieldAddr:
		return m.fieldAddr(in)
	case *ssa.IndexAddr:
		return m.indexAddr(in)
	case *ssa.Store:
		return m.stores(in)
	case *ssa.Call:
		return m.call(in)
	}
	return false
}

func (m *maker) binOp(in *ssa.BinOp) bool {
	k, ok := numeric(in.X.Type())
	ky, oky := numeric(in.Y.Type())
	if !ok || !oky {
		return false
	}
	m.settle(false, in.X, in.Y)
	impure := m.isImpure(in.X, in.Y)
	x, y := m.use(in.X), m.use(in.Y)
	switch in.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		c := compare(k, in.Op, x.number(), y.number())
		m.give(&pending{v: in, c: c, impure: impure})
		return true
	}
	shift := in.Op == token.SHL || in.Op == token.SHR
	refuses := shift && ky <= reflect.Int64 || (in.Op == token.QUO || in.Op == token.REM) && k < reflect.Float32
	if y.op.constant && y.op.k > 0 {
		refuses = false
	}
	var refuse num
	if refuses {
		refuse = m.refuse(in, x, y)
	}
	f := binary(k, in.Op, x.number(), y.number(), refuses, refuse)
	if f == nil {
		panic(unfit("the operation " + in.Op.String()))
	}
	m.give(&pending{v: in, op: operand{f: f}, impure: impure || refuses})
	return true
}

// number is an operand as a number, a truth value being 0 or 1.
func (u use) number() operand {
	if u.c != nil && u.op.f == nil {
		c := u.c
		return operand{f: func(q *quick) int64 { return truth(c(q)) }}
	}
	return u.op
}

func (m *maker) unOp(in *ssa.UnOp) bool {
	k, ok := numeric(in.X.Type())
	if !ok || in.Op == token.ARROW {
		return false
	}
	m.settle(false, in.X)
	impure := m.isImpure(in.X)
	x := m.use(in.X)
	if in.Op == token.NOT {
		c := x.truth()
		m.give(&pending{v: in, c: func(q *quick) bool { return !c(q) }, impure: impure})
		return true
	}
	m.give(&pending{v: in, op: operand{f: unary(k, in.Op, x.number())}, impure: impure})
	return true
}

func (m *maker) converts(in ssa.Value, from ssa.Value) bool {
	k, ok := numeric(from.Type())
	to, okTo := numeric(in.Type())
	if !ok || !okTo {
		return false
	}
	m.settle(false, from)
	impure := m.isImpure(from)
	x := m.use(from)
	if k == reflect.Bool && x.c != nil {
		m.give(&pending{v: in, c: x.c, impure: impure})
		return true
	}
	m.give(&pending{v: in, op: operand{f: convert(k, to, x.number())}, impure: impure})
	return true
}
