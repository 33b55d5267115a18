package fastpath

// The instructions of quick functions that reach memory.

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// loads reads what a pointer points to.
func (m *builder) loads(in *ssa.UnOp) bool {
	k, isNumber := numeric(in.Type())
	t, known := m.known(in.Type())
	if !isNumber && !known || in.Type().Underlying() == types.Typ[types.Invalid] {
		return false
	}
	if !isNumber && t.Kind() == reflect.Interface && t.NumMethod() > 0 {
		return false
	}
	m.flush(false, in.X)
	x := m.use(in.X)
	if isNumber {
		m.define(&pending{v: in, op: operand{f: load(k, x.p, m.refuse(in, x))}, impure: true})
		return true
	}
	p, w, r := x.p, patched.TypeWord(t), m.must(in)
	refuse := m.refusePtr(in, x)
	switch {
	case t.Kind() == reflect.Pointer:
		m.define(&pending{v: in, impure: true, p: func(q *frame) unsafe.Pointer {
			a := (*unsafe.Pointer)(p(q))
			if a == nil {
				return refuse(q)
			}
			return *a
		}})
		return true
	case t.Kind() == reflect.Slice && m.looked(in):
		m.define(&pending{v: in, impure: true, header: true, p: func(q *frame) unsafe.Pointer {
			a := p(q)
			if a == nil {
				return refuse(q)
			}
			return a
		}})
		return true
	}
	var read do
	switch {
	case t.Kind() == reflect.Interface:
		read = func(q *frame) {
			if a := (*patched.Interface)(p(q)); a != nil {
				*register(q, r) = *a
			} else {
				refuse(q)
			}
		}
	case direct(t):
		read = func(q *frame) {
			if a := (*unsafe.Pointer)(p(q)); a != nil {
				*register(q, r) = patched.Interface{Type: w, Data: *a}
			} else {
				refuse(q)
			}
		}
	default:
		read = func(q *frame) {
			a := p(q)
			if a == nil {
				refuse(q)
				return
			}
			to := patched.NewValue(w)
			patched.Move(w, to, a)
			*register(q, r) = patched.Interface{Type: w, Data: to}
		}
	}
	m.flush(true)
	m.out = append(m.out, read)
	return true
}

// looked tells whether a slice is only looked into, once and in this block.
func (m *builder) looked(v ssa.Value) bool {
	refs := v.Referrers()
	if refs == nil || len(*refs) != 1 || (*refs)[0].Block() != m.current {
		return false
	}
	switch u := (*refs)[0].(type) {
	case *ssa.IndexAddr:
		return u.X == v
	case *ssa.Call:
		b, ok := u.Call.Value.(*ssa.Builtin)
		return ok && b.Name() == "len"
	}
	return false
}

// local makes a variable that stays in the function zero again; the first time
// the interpreter makes it.
func (m *builder) local(in *ssa.Alloc) bool {
	t, ok := m.known(in.Type())
	if in.Heap || !ok || t.Kind() != reflect.Pointer || !flat(t.Elem()) || t.Elem().Size() > 128 {
		return false
	}
	m.flush(true)
	step, r, size := m.slowly(), m.must(in), t.Elem().Size()
	m.out = append(m.out, func(q *frame) {
		if a := register(q, r).Data; a != nil {
			clear(unsafe.Slice((*byte)(a), size))
		} else {
			step(q)
		}
	})
	return true
}

// flat tells whether values of a type hold no pointers.
func flat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if !flat(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return flat(t.Elem())
	}
	return basic[t.Kind()] != nil
}

func (m *builder) fieldAddr(in *ssa.FieldAddr) bool {
	pt, ok := m.known(in.X.Type())
	if _, known := m.known(in.Type()); !ok || !known || pt.Kind() != reflect.Pointer || pt.Elem().Kind() != reflect.Struct {
		return false
	}
	off := pt.Elem().Field(in.Field).Offset
	m.flush(false, in.X)
	x := m.use(in.X)
	p, refuse := x.p, m.refusePtr(in, x)
	m.define(&pending{v: in, impure: true, p: func(q *frame) unsafe.Pointer {
		a := p(q)
		if a == nil {
			return refuse(q)
		}
		return unsafe.Add(a, off)
	}})
	return true
}

func (m *builder) indexAddr(in *ssa.IndexAddr) bool {
	t, ok := m.known(in.X.Type())
	if _, known := m.known(in.Type()); !ok || !known {
		return false
	}
	k, ok := numeric(in.Index.Type())
	if !ok {
		return false
	}
	var p ptr
	switch {
	case t.Kind() == reflect.Slice:
		m.flush(false, in.X, in.Index)
		x, i := m.use(in.X), m.use(in.Index)
		p = element(x.p, i.number(), t.Elem().Size(), m.tooLarge(k, i, m.refusePtr(in, x, i), func(q *frame) int {
			s := (*sliceHeader)(x.p(q))
			if s == nil {
				return -1
			}
			return s.len
		}))
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Array:
		m.flush(false, in.X, in.Index)
		x, i := m.use(in.X), m.use(in.Index)
		n := t.Elem().Len()
		p = within(x.p, i.number(), int64(n), t.Elem().Elem().Size(), m.tooLarge(k, i, m.refusePtr(in, x, i), func(q *frame) int {
			if x.p(q) == nil {
				return -1
			}
			return n
		}))
	default:
		return false
	}
	m.define(&pending{v: in, impure: true, p: p})
	return true
}

// tooLarge refuses an index; one that is too large for an int the interpreter
// would call negative. The length is -1 where there is nothing to look into.
func (m *builder) tooLarge(k reflect.Kind, i use, refuse ptr, length func(*frame) int) ptr {
	if k != reflect.Uint && k != reflect.Uint64 && k != reflect.Uintptr {
		return refuse
	}
	f, next := i.number().num(), m.pc+1
	return func(q *frame) unsafe.Pointer {
		if v := f(q); v < 0 && length(q) >= 0 {
			*patched.Next(q.fr) = next
			panic(ixgo.RuntimeError(fmt.Sprintf("index out of range [%d] with length %d", uint64(v), length(q))))
		}
		return refuse(q)
	}
}

// stores writes to what a pointer points to.
func (m *builder) stores(in *ssa.Store) bool {
	k, isNumber := numeric(in.Val.Type())
	if isNumber {
		// Whichever of the two was before is looked at first.
		first := m.before(in.Addr, in.Val)
		if first {
			m.flush(true, in.Addr, in.Val)
		} else {
			m.flush(true, in.Val, in.Addr)
		}
		a, v := m.use(in.Addr), m.use(in.Val)
		step := m.slowly(a, v)
		m.out = append(m.out, store(k, a.p, v.number(), first, func(q *frame) int64 { step(q); return 0 }))
		return true
	}
	pt, ok := m.known(in.Addr.Type())
	if !ok || pt.Kind() != reflect.Pointer || pt.Elem().Kind() == reflect.Interface {
		return false
	}
	t := pt.Elem()
	m.flush(true, in.Addr) // the value comes from its register
	if p := m.find(in.Val); p != nil {
		m.flush(true)
		if m.find(in.Val) != nil {
			m.compute(p)
		}
	}
	a, r, w := m.use(in.Addr), m.must(in.Val), patched.TypeWord(t)
	p, step := a.p, m.slowly(a)
	if direct(t) {
		m.out = append(m.out, func(q *frame) {
			to, v := (*unsafe.Pointer)(p(q)), register(q, r)
			if to == nil || v.Type != w {
				step(q)
				return
			}
			*to = v.Data
		})
		return true
	}
	m.out = append(m.out, func(q *frame) {
		to, v := p(q), register(q, r)
		if to == nil || v.Type != w {
			step(q)
			return
		}
		patched.Move(w, to, v.Data)
	})
	return true
}

// before tells whether a waits and b does, and a was there first.
func (m *builder) before(a, b ssa.Value) bool {
	for _, p := range m.pending {
		if p.v == a {
			return p.impure && m.isImpure(b)
		}
		if p.v == b {
			return false
		}
	}
	return false
}
