package fastpath

// From the functions of a program to their compiled form: what is shared, and
// what is made of each block.

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// builder makes one function quick.
type builder struct {
	*Compiler
	*code
	fn      *ssa.Function
	slotOf  map[ssa.Value]uintptr
	pending []*pending // what waits to become part of an expression
	out     []do
	current *ssa.BasicBlock
	pc      int
	targets map[*ssa.Function]*code
	reads   []uintptr // slots that the expression in the making reads
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

// Compiler makes the functions of one program after another quick. The zero
// value is ready.
type Compiler struct {
	// Unfit says of functions of the last program why they are not quick, by
	// name.
	Unfit map[string]string

	methods methods // those of earlier programs' types
}

// Compile makes all functions of a program quick that can be. Calls and ways
// around loops ask the stopper whether to end.
func (k *Compiler) Compile(in *ixgo.Interp, funcs patched.Functions, stop *patched.Stopper) {
	k.Unfit = map[string]string{}
	program := &program{in: in}
	program.types = patched.TypesOf(in)
	program.sets = patched.MethodsOf(in)
	targets := map[*ssa.Function]*code{}
	program.targets = targets
	for fn, f := range funcs {
		if fn.Recover != nil {
			k.Unfit[fn.String()] = "it may recover"
			continue
		}
		if len(f.Steps) == 0 || len(fn.Blocks) != len(f.Blocks) {
			continue
		}
		c := &code{Function: f, program: program, id: len(targets), stop: stop, results: fn.Signature.Results().Len()}
		targets[fn] = c
		c.slots = firstSlot
		for i, v := range slices.Concat(values(fn.Params), values(fn.FreeVars)) {
			p := param{register: c.results + i}
			if k, ok := numeric(v.Type()); ok {
				p.kind, p.slot = k, c.slots
				c.slots += 8
			}
			c.params = append(c.params, p)
		}
	}
	n := len(targets)
	program.threads.New = func() any { return &thread{free: make([]*frame, n)} }
	for fn, c := range targets {
		m := &builder{Compiler: k, code: c, fn: fn, slotOf: map[ssa.Value]uintptr{}, targets: targets}
		m.build()
	}
	for _, c := range targets {
		if !c.ready {
			continue
		}
		template := c.Template()
		c.holder = len(*template)
		*template = append(slices.Clip(*template), nil)
		c.Steps[0] = c.enter
	}
	program.teach(k)
}

func values[T ssa.Value](vs []T) (out []ssa.Value) {
	for _, v := range vs {
		out = append(out, v)
	}
	return out
}

// numeric gives the kind of a type whose values live in slots.
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

func (m *builder) build() {
	defer func() {
		if e := recover(); e != nil {
			why, ok := e.(unfit)
			if !ok {
				why = unfit(fmt.Sprint(e))
			}
			m.Unfit[m.fn.String()] = string(why)
		}
	}()
	for i, v := range slices.Concat(values(m.fn.Params), values(m.fn.FreeVars)) {
		if m.params[i].slot != 0 {
			m.slotOf[v] = m.params[i].slot
		}
	}
	for _, b := range m.fn.Blocks {
		for _, in := range b.Instrs {
			if v, ok := in.(ssa.Value); ok {
				if _, ok := numeric(v.Type()); ok {
					m.slotOf[v] = m.slots
					m.slots += 8
				}
			}
		}
	}
	if m.slots > most {
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
func (m *builder) backward() do {
	if m.results != 1 {
		return nil
	}
	t := m.fn.Signature.Results().At(0).Type()
	k, ok := numeric(t)
	if !ok {
		return nil
	}
	box := boxed(k, m.typ(t))
	return func(q *frame) { *register(q, 0) = box(q.ret) }
}

// typ is the type of a register's values.
func (m *builder) typ(t types.Type) unsafe.Pointer { return patched.TypeWord(m.reflected(t)) }

func (m *builder) reflected(t types.Type) reflect.Type {
	if rt, ok := m.known(t); ok {
		return rt
	}
	panic(unfit("the interpreter has not made " + t.String()))
}

func (m *builder) known(t types.Type) (reflect.Type, bool) {
	if b, ok := types.Unalias(t).(*types.Basic); ok {
		if k, ok := numeric(b); ok {
			return basic[k], true
		}
	}
	rt, ok := m.program.types[t]
	return rt, ok && rt != nil
}

func (m *builder) block(i int, b *ssa.BasicBlock) {
	m.current, m.out, m.pending = b, nil, nil
	end := len(m.Steps)
	if i+1 < len(m.Function.Blocks) {
		end = m.Function.Blocks[i+1]
	}
	for m.pc = m.Function.Blocks[i]; m.pc < end; m.pc++ {
		m.reads = nil
		switch in := m.Instrs[m.pc].(type) {
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
		m.blocks[i].end = func(*frame) *block { panic("a block without an end") }
	}
}
