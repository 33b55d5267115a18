package fastpath

// The instructions of quick functions that are arithmetic.

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// instruction makes one instruction quick, or tells that it cannot.
func (m *builder) instruction(in ssa.Instruction) bool {
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

func (m *builder) binOp(in *ssa.BinOp) bool {
	k, ok := numeric(in.X.Type())
	ky, oky := numeric(in.Y.Type())
	if !ok || !oky {
		return false
	}
	m.flush(false, in.X, in.Y)
	impure := m.isImpure(in.X, in.Y)
	x, y := m.use(in.X), m.use(in.Y)
	switch in.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		c := compare(k, in.Op, x.number(), y.number())
		m.define(&pending{v: in, c: c, impure: impure})
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
	m.define(&pending{v: in, op: operand{f: f}, impure: impure || refuses})
	return true
}

// number is an operand as a number, a truth value being 0 or 1.
func (u use) number() operand {
	if u.c != nil && u.op.f == nil {
		c := u.c
		return operand{f: func(q *frame) int64 { return truth(c(q)) }}
	}
	return u.op
}

func (m *builder) unOp(in *ssa.UnOp) bool {
	k, ok := numeric(in.X.Type())
	if !ok || in.Op == token.ARROW {
		return false
	}
	m.flush(false, in.X)
	impure := m.isImpure(in.X)
	x := m.use(in.X)
	if in.Op == token.NOT {
		c := x.truth()
		m.define(&pending{v: in, c: func(q *frame) bool { return !c(q) }, impure: impure})
		return true
	}
	m.define(&pending{v: in, op: operand{f: unary(k, in.Op, x.number())}, impure: impure})
	return true
}

func (m *builder) converts(in ssa.Value, from ssa.Value) bool {
	k, ok := numeric(from.Type())
	to, okTo := numeric(in.Type())
	if !ok || !okTo {
		return false
	}
	m.flush(false, from)
	impure := m.isImpure(from)
	x := m.use(from)
	if k == reflect.Bool && x.c != nil {
		m.define(&pending{v: in, c: x.c, impure: impure})
		return true
	}
	m.define(&pending{v: in, op: operand{f: convert(k, to, x.number())}, impure: impure})
	return true
}
