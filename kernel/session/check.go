package session

// The first program: the cell as typed, checked among the entities it
// reaches.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// runtimeNames are declared in every program: what rewritten text calls.
const runtimeNames = "func show" + cell.Hidden + "(xs ...any)\nfunc embedded" + cell.Hidden + "(n int, to any)\n"

// check finds out what the cell means. It goes round until everything that
// earlier cells declared fits what this one redefines, or is bound to the
// former meaning: each round but the last binds something that was not.
func (w *compilation) check() *engine.Failure {
	for _, p := range w.c.Stmts {
		for _, n := range cell.Defined(p) {
			w.vars[n] = true
		}
	}
	for {
		if failure, again := w.pass(); !again {
			return failure
		}
	}
}

// pass checks once, and tells whether it changed what has to be checked.
func (w *compilation) pass() (*engine.Failure, bool) {
	old, order := w.surroundings()
	oldSrc, head := old.source()
	w.labels = map[string]*entity{}
	for _, e := range order {
		if e.kind != isPackage {
			w.labels[e.label()] = e
		}
	}
	for _, d := range w.defs {
		w.labels[d.entity.label()] = d.entity
	}
	w.cellFile(cell.Identifiers(w.c.Code))

	w.fset = token.NewFileSet()
	oldFile, err := parser.ParseFile(w.fset, "session", oldSrc, parser.SkipObjectResolution)
	if err != nil {
		return &engine.Failure{Name: "compile error", Value: cell.Clean(err.Error())}, false
	}
	if w.file, err = parser.ParseFile(w.fset, "cell", w.src, parser.SkipObjectResolution); err != nil {
		return w.s.sources.SyntaxError(w.c.N, err), false
	}
	for _, d := range w.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "cell"+cell.Hidden {
			w.fn = f
		}
	}
	errs := w.types(oldFile, w.file)
	if w.freeze() {
		return nil, true
	}
	var first *types.Error
	again, bound := false, map[*decl]bool{}
	for _, e := range errs {
		off := w.fset.PositionFor(e.Pos, false).Offset
		inOld := w.fset.File(e.Pos) == w.fset.File(oldFile.Pos())
		switch {
		case unused(e), !inOld && w.shownOrLater(e):
		case inOld && w.fallBack(old, off-head, bound):
			again = true
		case first == nil:
			first = &e
		}
	}
	if again {
		return nil, true
	}
	if first != nil {
		return w.s.sources.CompileError(w.fset.Position(first.Pos), first.Msg), false
	}
	return nil, false
}

// surroundings is the part of the session that the cell reaches: what its
// words may mean, and the users of what it redefines.
func (w *compilation) surroundings() (*sourceFile, []*entity) {
	set, order := map[*entity]bool{}, []*entity{}
	for _, name := range slices.Sorted(maps.Keys(cell.Identifiers(w.c.Code))) {
		if e := w.s.names[name]; e != nil {
			reach(set, &order, e)
		}
	}
	skip := map[*entity]bool{}
	for _, d := range w.defs {
		if d.method == "" {
			skip[d.entity] = true
		}
	}
	if len(w.changes)+len(w.drop) > 0 {
		for _, e := range w.s.all() {
			if set[e] || e.kind == isVar {
				continue
			}
			for _, d := range w.defs {
				if e.needs(d.entity) {
					reach(set, &order, e)
				}
			}
		}
	}
	p := &sourceFile{}
	p.body.WriteString(runtimeNames)
	p.add(order, skip, w.drop, false)
	return p, order
}

// cellFile writes the cell as typed.
func (w *compilation) cellFile(words map[string]bool) {
	var b strings.Builder
	b.WriteString("package main\n")
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if e := w.s.names[name]; e != nil && e.kind == isPackage {
			fmt.Fprintf(&b, "import %s %q\n", name, e.path)
		}
	}
	for _, e := range w.s.dots {
		if w.dotted(e, words) {
			fmt.Fprintf(&b, "import . %q\n", e.path)
		}
	}
	w.begin = w.begin[:0]
	for _, p := range w.c.Decls {
		b.WriteString(cell.Mark(w.c.N, p.Line, p.Col))
		w.begin = append(w.begin, b.Len())
		b.WriteString(p.Text + "\n")
	}
	b.WriteString("func cell" + cell.Hidden + "() {\n" + w.c.Body() + "}\n")
	w.src = b.String()
}

// dotted tells whether the cell says a name of a package that was imported
// with a dot, and none of them is declared otherwise.
func (w *compilation) dotted(e *entity, words map[string]bool) bool {
	said := false
	for _, name := range e.pkg.Scope().Names() {
		if w.labels[name] != nil || cell.DotImported(e.path) && w.s.taken(name, e) {
			return false
		}
		said = said || words[name]
	}
	return said
}

// taken tells whether another package that was imported with a dot has a name.
func (s *Session) taken(name string, but *entity) bool {
	for _, e := range s.dots {
		if e != but && e.pkg.Scope().Lookup(name) != nil {
			return true
		}
	}
	return false
}

// types runs the checker.
func (w *compilation) types(files ...*ast.File) (errs []types.Error) {
	w.pkg = types.NewPackage("main", "main")
	w.info = cell.NewInfo()
	conf := types.Config{
		Importer:                 w.s.ctx.Importer,
		DisableUnusedImportCheck: true,
		Error: func(err error) {
			if e, ok := err.(types.Error); ok {
				errs = append(errs, e)
			}
		},
	}
	w.s.waitFor(files...)
	types.NewChecker(&conf, w.fset, w.pkg, w.info).Files(files)
	return errs
}

// shownOrLater tells whether an error is none: the last expression is used,
// for it is shown, and a declaration that names a variable of this cell is
// judged in the second program, where that variable exists.
func (w *compilation) shownOrLater(e types.Error) bool {
	if x := w.last(); x != nil && strings.HasSuffix(e.Msg, "is not used") && x.Pos() <= e.Pos && e.Pos <= x.End() {
		return true
	}
	off := w.fset.PositionFor(e.Pos, false).Offset
	for i, p := range w.c.Decls {
		if w.begin[i] <= off && off <= w.begin[i]+len(p.Text) {
			for name := range cell.Identifiers(p.Text) {
				if w.vars[name] {
					return true
				}
			}
		}
	}
	return false
}

// last is the expression that ends the cell, or nil.
func (w *compilation) last() ast.Expr {
	if w.fn == nil || len(w.fn.Body.List) == 0 {
		return nil
	}
	if x, ok := w.fn.Body.List[len(w.fn.Body.List)-1].(*ast.ExprStmt); ok {
		return x.X
	}
	return nil
}
