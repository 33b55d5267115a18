package session

// The methods of types that programs make: of those that a program needs places
// for, and of those that the session keeps for later cells. A program compiles
// the methods only of types that it names in capitals or puts into interfaces;
// the session keeps others, so it names them all.

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// slots tells how many places for methods the program's new types take. Where
// they have run out the interpreter would end the process.
func (w *compilation) slots() int {
	seen := map[types.Type]bool{}
	n := 0
	count := func(t types.Type) {
		if seen[t] || generic(t) || types.IsInterface(t) {
			return
		}
		seen[t] = true
		if _, known := w.s.loader.LookupReflect(t); !known {
			n += types.NewMethodSet(t).Len() + types.NewMethodSet(types.NewPointer(t)).Len()
		}
	}
	for _, obj := range w.info.Defs {
		if t, ok := obj.(*types.TypeName); ok && !t.IsAlias() {
			count(t.Type())
		}
	}
	for _, i := range w.info.Instances {
		if t, ok := i.Type.(*types.Named); ok {
			count(t)
		}
	}
	return n
}

// spare is what stays free for types that have no name.
const spare = 64

// crowded refuses a program whose types find no place for their methods.
func (w *compilation) crowded() *engine.Failure {
	capacity, _, free := ixgo.IcallStat()
	if need := w.slots(); need > 0 && need+spare > free {
		return &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: the methods of types that the cell makes anew need %d places, and of the %d that a process has %d are left; restart the kernel to go on with new types", cell.FileName(w.c.N), need, capacity, max(0, free-spare))}
	}
	return nil
}

// keep writes a function that puts pointers to all types that the session
// will remember of the program into interfaces. Nothing calls it.
func (p *sourceFile) keep(pkg *types.Package, order []*entity) {
	p.body.WriteString("func keep" + cell.Hidden + "() []any { return []any{")
	for _, e := range order {
		text := e.typ
		switch e.kind {
		case isVar:
			if !slices.ContainsFunc(text, func(s segment) bool { return s.ref != nil && s.ref.kind == isType }) {
				continue
			}
		case isType:
			obj, ok := pkg.Scope().Lookup(e.label()).(*types.TypeName)
			if !ok || generic(obj.Type()) || types.IsInterface(obj.Type()) {
				continue
			}
			text = []segment{{ref: e}}
		default:
			continue
		}
		p.body.WriteString("(*")
		write(&p.body, text, true)
		p.body.WriteString(")(nil), ")
	}
	p.body.WriteString("} }\n")
}

// generic tells whether a type is none before it has its arguments.
func generic(t types.Type) bool {
	switch t := t.(type) {
	case *types.Named:
		return t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0
	case *types.Alias:
		return t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0
	}
	return false
}
