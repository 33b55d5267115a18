package session

// What a session remembers: entities, the declarations that make them, and
// how a declaration is written into a program again.

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"

	"fourmlab/kernel/session/cell"
)

type kind int

const (
	isPackage kind = iota
	isType
	isFunc
	isConst
	isVar
)

// entity is one thing that a name can mean.
type entity struct {
	kind   kind
	name   string // as typed
	id     string // as written in programs where it is not the current meaning of name
	decl   *decl  // what declares it (types, functions, constants)
	path   string // of a package
	pkg    *types.Package
	typ    []segment        // of a variable
	ptr    reflect.Value    // where a variable's value is
	cell   int              // that defined a variable
	layout string           // of a type: what it looks like in memory, in words
	meths  map[string]*decl // of a type
	order  []string         // of its methods
}

// decl is a declaration as text that can be written into any later program.
type decl struct {
	text []segment
	defs []*entity // what it declares; a group declares several

	cell, line int    // where it was typed
	source     string // as it was typed
}

// segment is a piece of text, or a link to an entity that the text names.
type segment struct {
	text string
	ref  *entity
}

// label is the entity's name in a program.
func (e *entity) label() string {
	if e.kind == isPackage {
		return "pkg" + cell.Hidden + strings.Map(letter, e.path)
	}
	if e.id != "" {
		return e.id
	}
	return e.name
}

func letter(r rune) rune {
	switch r {
	case '/', '.', '-', '~', '+':
		return '_'
	}
	return r
}

// pointer is the name of the program's pointer to a variable.
func (e *entity) pointer() string { return "p" + cell.Hidden + e.label() }

// write renders text. In a program that is only checked, variables are
// themselves; in one that runs, they are reached through pointers.
func write(b *strings.Builder, text []segment, run bool) {
	for _, s := range text {
		switch {
		case s.ref == nil:
			b.WriteString(s.text)
		case s.ref.kind == isVar && run:
			b.WriteString("(*" + s.ref.pointer() + ")")
		default:
			b.WriteString(s.ref.label())
		}
	}
}

// texts lists everything that has to be compiled with the entity.
func (e *entity) texts() [][]segment {
	var out [][]segment
	if e.decl != nil {
		out = append(out, e.decl.text)
		for _, d := range e.decl.defs {
			if d != e {
				out = append(out, []segment{{ref: d}})
			}
		}
	}
	if e.kind == isVar {
		out = append(out, e.typ)
	}
	for _, m := range e.order {
		out = append(out, e.meths[m].text)
	}
	return out
}

// reach adds to set all that the entities need, themselves included.
func reach(set map[*entity]bool, order *[]*entity, es ...*entity) {
	for _, e := range es {
		if set[e] {
			continue
		}
		set[e] = true
		for _, t := range e.texts() {
			for _, s := range t {
				if s.ref != nil {
					reach(set, order, s.ref)
				}
			}
		}
		*order = append(*order, e)
	}
}

// needs tells whether the entity reaches the other one.
func (e *entity) needs(other *entity) bool {
	set, order := map[*entity]bool{}, []*entity{}
	reach(set, &order, e)
	return set[other]
}

// relink gives the text with every link to from leading to to.
func relink(text []segment, to map[*entity]*entity) []segment {
	out := make([]segment, len(text))
	for i, s := range text {
		if n := to[s.ref]; s.ref != nil && n != nil {
			s.ref = n
		}
		out[i] = s
	}
	return out
}

// hide gives e a name that no cell can type.
func (s *Session) hide(e *entity) {
	s.serial++
	e.id = fmt.Sprint(e.name, cell.Hidden, s.serial)
}

// sourceFile collects the text of a file and where each declaration stands in it.
type sourceFile struct {
	imports, body strings.Builder
	spans         []span
}

// span says what stands from one offset of the body to another.
type span struct {
	from, to int
	owner    *entity
	decl     *decl
}

// add writes the entities. Of those in skip only the methods are written, and
// no declaration in drop.
func (p *sourceFile) add(order []*entity, skip map[*entity]bool, drop map[*decl]bool, run bool) {
	done := map[*decl]bool{}
	put := func(e *entity, d *decl) {
		if d == nil || done[d] || drop[d] {
			return
		}
		done[d] = true
		from := p.body.Len()
		write(&p.body, d.text, run)
		p.body.WriteByte('\n')
		p.spans = append(p.spans, span{from, p.body.Len(), e, d})
	}
	for _, e := range order {
		switch {
		case e.kind == isPackage:
			fmt.Fprintf(&p.imports, "import %s %q\n", e.label(), e.path)
		case skip[e]:
		case e.kind == isVar && run:
			p.body.WriteString("var " + e.pointer() + " *")
			write(&p.body, e.typ, run)
			p.body.WriteByte('\n')
		case e.kind == isVar:
			p.body.WriteString("var " + e.label() + " ")
			write(&p.body, e.typ, run)
			p.body.WriteByte('\n')
		default:
			put(e, e.decl)
		}
		for _, m := range e.order {
			put(e, e.meths[m])
		}
	}
}

// source is the whole file; its body starts at offset head.
func (p *sourceFile) source() (src string, head int) {
	top := "package main\n" + p.imports.String()
	return top + p.body.String(), len(top)
}

// spanAt finds the declaration at an offset of the body.
func (p *sourceFile) spanAt(off int) (span, bool) {
	for _, s := range p.spans {
		if s.from <= off && off < s.to {
			return s, true
		}
	}
	return span{}, false
}
