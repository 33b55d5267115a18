package session

// What a session knows, as package assist asks for it.

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/assist"
	"fourmlab/kernel/session/cell"
)

// Whole tells whether the code is finished, and the indent of the next line
// when it is not.
func (s *Session) Whole(code string) (engine.Status, string) { return cell.Whole(code) }

// Complete lists what fits at byte offset at of the code, the best first.
func (s *Session) Complete(code string, at int) engine.Completion {
	return assist.Complete(s.Scope(), code, at)
}

// Inspect describes what stands at byte offset at of the code, in each of the
// forms it has by media type, or gives nil; with more, examples and source too.
func (s *Session) Inspect(code string, at int, more bool) map[string]string {
	return assist.Inspect(s.Scope(), &s.library, code, at, more)
}

// Scope is what the next cell can name, until a cell has run.
func (s *Session) Scope() assist.Scope { return &scope{s: s} }

// scope is that, for one or more questions.
type scope struct {
	s     *Session
	known *knowledge // nil before it was asked for
}

func (x *scope) objects() map[string]types.Object {
	if x.known == nil {
		x.known = x.s.learned()
	}
	return x.known.objects
}

func (x *scope) Names() []string {
	out := make([]string, 0, len(x.s.names))
	for name := range x.s.names {
		out = append(out, name)
	}
	return out
}

func (x *scope) Lookup(name string) (m assist.Meaning, ok bool) {
	e := x.s.names[name]
	if e == nil {
		return m, false
	}
	if e.kind == isPackage {
		return assist.Meaning{Path: e.path, Package: e.pkg}, true
	}
	return assist.Meaning{Object: x.objects()[e.label()]}, true
}

func (x *scope) Dots() (out []assist.Meaning) {
	for _, e := range x.s.dots {
		out = append(out, assist.Meaning{Path: e.path, Package: e.pkg})
	}
	return out
}

func (x *scope) Knows(o types.Object) bool { return x.objects()[o.Name()] == o }

func (x *scope) Declaration(name, method string) (d assist.Declaration, ok bool) {
	e := x.s.names[name]
	if e == nil || e.kind == isPackage {
		return d, false
	}
	by := e.decl
	if m := e.meths[method]; m != nil {
		by = m
	}
	d.Cell = e.cell
	if by != nil && by.cell > 0 {
		d.Cell, d.Source, d.Comment = by.cell, by.source, x.s.commentAbove(by)
	}
	if e.kind == isVar && e.ptr.IsValid() && !e.ptr.IsNil() {
		d.Value = e.ptr.Elem()
	}
	return d, true
}

func (x *scope) Import(path string) (*types.Package, error) { return waiting{x.s}.Import(path) }

func (x *scope) WaitFor(f *ast.File) { x.s.waitFor(f) }

func (x *scope) Importable() []string { return append(ixgo.PackageList(), "unsafe") }

// commentAbove is the comment over a declaration as it was typed.
func (s *Session) commentAbove(d *decl) (comment string) {
	lines := strings.Split(s.sources[d.cell], "\n")
	first := min(max(d.line-1, 0), len(lines))
	top := first
	for top > 0 && strings.HasPrefix(strings.TrimSpace(lines[top-1]), "//") {
		top--
	}
	for _, l := range lines[top:first] {
		comment += strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(l), "//"), " ") + "\n"
	}
	return comment
}
