package fastpath

// How quick functions call and what they know of methods.

import (
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// argument is a number to work out, or a register.
type argument struct {
	f num
	r int
}

// call makes calls of functions and methods that are quick themselves, of
// compiled ones, and len.
func (m *builder) call(in *ssa.Call) bool {
	switch fn := in.Call.Value.(type) {
	case *ssa.Builtin:
		return fn.Name() == "len" && m.length(in)
	case *ssa.Function:
		if t := m.targets[fn]; t != nil {
			args, step := m.arguments(in, in.Call.Args)
			m.out = append(m.out, m.static(in, t, args, step))
			return true
		}
		return m.compiled(in, fn)
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
func (m *builder) arguments(in *ssa.Call, vs []ssa.Value) (args []argument, step do) {
	m.flush(true, vs...)
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
			m.compute(p)
		}
		args = append(args, argument{r: m.must(v)})
	}
	step = m.slowly(uses...)
	if out := m.unboxer(in); out != nil {
		plain := step
		step = func(q *frame) { plain(q); out(q) }
	}
	return args, step
}

// hand puts the arguments into the memory of the call.
func hand(q, to *frame, t *code, args []argument) {
	for i, a := range args {
		p := &t.params[i]
		if a.f != nil {
			*slotAt(to, p.slot) = a.f(q)
		} else {
			*register(to, p.register) = *register(q, a.r)
		}
	}
}

// result takes it from the memory of the call.
func (m *builder) result(in *ssa.Call) func(q, from *frame) {
	refs := in.Referrers()
	if refs == nil || len(*refs) == 0 {
		return func(q, from *frame) {}
	}
	r := m.must(in)
	switch n := in.Call.Signature().Results().Len(); n {
	case 0:
		return func(q, from *frame) {}
	case 1:
		if off := m.slotOf[in]; off != 0 {
			return func(q, from *frame) { *slotAt(q, off) = from.ret }
		}
		return func(q, from *frame) { *register(q, r) = *register(from, 0) }
	default:
		return func(q, from *frame) {
			patched.Registers(q.fr)[r] = ixgo.Tuple(slices.Clone(patched.Registers(from.fr)[:n]))
		}
	}
}

// static is the call of a function that is known.
func (m *builder) static(in *ssa.Call, t *code, args []argument, step do) do {
	next, result, off := m.pc+1, m.result(in), m.slotOf[in]
	if len(args) == 1 && args[0].f != nil && off != 0 {
		f, to := args[0].f, t.params[0].slot
		return func(q *frame) {
			if !t.ready {
				step(q)
				return
			}
			v := f(q)
			*patched.Next(q.fr) = next
			c := q.th.take(t, q.fr)
			*slotAt(c, to) = v
			t.run(c)
			*slotAt(q, off) = c.ret
			q.th.give(t, c)
		}
	}
	return func(q *frame) {
		if !t.ready {
			step(q)
			return
		}
		*patched.Next(q.fr) = next
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
func (m *builder) invoke(in *ssa.Call, args []argument, step do) do {
	next, result, name, program := m.pc+1, m.result(in), in.Call.Method.Name(), m.program
	var last atomic.Pointer[method]
	r := args[0].r
	return func(q *frame) {
		w := register(q, r)
		found := last.Load()
		if found == nil || found.typ != w.Type {
			if found = program.method(patched.Registers(q.fr)[r], name); found == nil {
				step(q)
				return
			}
			last.Store(found)
		}
		t := found.t
		*patched.Next(q.fr) = next
		var c *frame
		th := q.th
		if t.program == program {
			c = th.take(t, q.fr)
		} else {
			c, th = t.abroad(q)
		}
		if p := &t.params[0]; p.slot != 0 {
			*slotAt(c, p.slot) = unbox(p.kind, w)
		} else {
			*register(c, p.register) = *w
		}
		for i, a := range args[1:] {
			p := &t.params[i+1]
			if a.f != nil {
				*slotAt(c, p.slot) = a.f(q)
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
func (p *program) method(v any, name string) *method {
	var t *code
	if fn := p.sets[reflect.TypeOf(v)][name]; fn != nil {
		t = p.targets[fn]
	} else {
		t = p.others[reflect.TypeOf(v)][name]
	}
	if t == nil || !t.ready {
		return nil
	}
	return &method{typ: (*patched.Interface)(unsafe.Pointer(&v)).Type, t: t}
}

// teach lets later programs know the quick methods of types that this one was
// the first to make, for values that wait in interfaces. What others know
// already stays as it is, for their goroutines may go on.
func (p *program) teach(to *Compiler) {
	if to.methods == nil {
		to.methods = methods{}
	}
	p.others = to.methods
	known := to.methods
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
		if len(known) == len(to.methods) {
			known = maps.Clone(known)
		}
		known[t] = codes
	}
	to.methods = known
}

// abroad begins a call of a function of another program.
func (t *code) abroad(q *frame) (*frame, *thread) {
	th := t.program.threads.Get().(*thread)
	c := th.take(t, q.fr)
	*patched.DeferID(c.fr) = 0
	return c, th
}

// length is len of a slice or string.
func (m *builder) length(in *ssa.Call) bool {
	x := in.Call.Args[0]
	t, ok := m.known(x.Type())
	if !ok || t.Kind() != reflect.Slice && t.Kind() != reflect.String {
		return false
	}
	if _, ok := x.(*ssa.Const); ok {
		return false
	}
	m.flush(false, x)
	impure := m.isImpure(x)
	u := m.use(x)
	p, refuse := u.p, m.refuse(in, u)
	m.define(&pending{v: in, impure: impure, op: operand{f: func(q *frame) int64 {
		at := p(q)
		if at == nil {
			return refuse(q)
		}
		return int64(*(*int)(unsafe.Add(at, unsafe.Offsetof(sliceHeader{}.len)))) // a string has no more than that
	}}})
	return true
}
