package session

// The first program: the cell as typed, checked among the entities it
// reaches. What the cell redefines is staged so that it can be taken back.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"

	"fourmlab/kernel/engine"
)

// work is a cell on its way from text to a running program.
type work struct {
	s       *Session
	c       *cell
	undo    []func()
	defs    []def
	changes []*change
	drop    map[*decl]bool     // methods that the cell declares again
	vars    map[string]bool    // names that the cell's top level defines as variables
	created map[string]change  // variables that are new, with what the name meant
	labels  map[string]*entity // entities by their name in the checked program

	fset  *token.FileSet
	src   string // the cell's file
	file  *ast.File
	fn    *ast.FuncDecl // the function that holds the statements
	info  *types.Info
	pkg   *types.Package
	begin []int // where the declarations stand in src
}

// def is one name that a declaration of the cell defines.
type def struct {
	piece  int
	entity *entity // for a method, of its type
	method string
}

// change is a name that had a meaning of the same kind before.
type change struct {
	now    *entity
	former *entity // what old users keep when the new one does not fit them
	froze  bool    // a type: its layout changed, variables keep the former
}

// rollback takes back what was staged.
func (w *work) rollback() {
	for i := len(w.undo) - 1; i >= 0; i-- {
		w.undo[i]()
	}
}

func (w *work) setName(name string, e *entity) {
	old, had := w.s.names[name]
	w.s.names[name] = e
	w.undo = append(w.undo, func() {
		if had {
			w.s.names[name] = old
		} else {
			delete(w.s.names, name)
		}
	})
}

func (w *work) hideOld(e *entity) {
	if e.kind == isPackage || e.id != "" {
		return
	}
	w.s.hide(e)
	w.undo = append(w.undo, func() { e.id = "" })
	if e.kind == isType {
		w.s.loader.rename(e.name, e.id)
		w.s.loader.forget([]string{e.name})
	}
}

func (w *work) setText(d *decl, text []segment) {
	old := d.text
	d.text = text
	w.undo = append(w.undo, func() { d.text = old })
}

// newWork stages the cell's imports and the names it declares.
func (s *Session) newWork(c *cell) (*work, *engine.Failure) {
	w := &work{s: s, c: c, drop: map[*decl]bool{}, vars: map[string]bool{}, created: map[string]change{}}
	known := maps.Clone(s.loader.known)
	dots := len(s.dots)
	w.undo = append(w.undo, func() { s.loader.known, s.dots = known, s.dots[:dots] })
	for _, spec := range c.imports {
		name, path := importName(spec)
		e, err := s.load(path)
		if err != nil {
			return w, &engine.Failure{Name: "compile error", Value: fmt.Sprintf("%s: %v", file(c.n), err)}
		}
		switch name {
		case "_":
		case ".":
			if !slices.Contains(s.dots, e) {
				s.dots = append(s.dots, e)
			}
		default:
			if name == "" {
				name = e.name
			}
			if old := s.names[name]; old != nil {
				w.hideOld(old)
			}
			w.setName(name, e)
		}
	}
	for i, p := range c.decls {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+p.text, 0)
		if err != nil || len(f.Decls) == 0 {
			return w, s.syntaxError(c.n, err)
		}
		w.stage(i, f.Decls[0])
	}
	return w, nil
}

// stage notes what a declaration defines.
func (w *work) stage(piece int, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			w.stageMethod(piece, d)
			return
		}
		if d.Name.Name != "init" && d.Name.Name != "_" {
			w.define(piece, d.Name.Name, isFunc, true)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				w.define(piece, spec.Name.Name, isType, len(d.Specs) == 1)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					w.define(piece, n.Name, isConst, len(d.Specs) == 1 && len(spec.Names) == 1)
				}
			}
		}
	}
}

func (w *work) stageMethod(piece int, d *ast.FuncDecl) {
	if len(d.Recv.List) == 0 {
		return
	}
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			e := w.s.names[x.Name]
			if e == nil || e.kind != isType {
				return
			}
			if old := e.meths[d.Name.Name]; old != nil {
				w.drop[old] = true
			}
			w.defs = append(w.defs, def{piece, e, d.Name.Name})
			return
		default:
			return
		}
	}
}

// define gives the name its entity: the one it had, when that is of the same
// kind and stands alone, so that all who use it see the new declaration.
func (w *work) define(piece int, name string, k kind, alone bool) {
	if name == "_" {
		return
	}
	old := w.s.names[name]
	if old != nil && old.kind == k && alone && old.decl != nil && len(old.decl.defs) == 1 {
		w.defs = append(w.defs, def{piece, old, ""})
		w.changes = append(w.changes, &change{now: old})
		return
	}
	now := &entity{kind: k, name: name, meths: map[string]*decl{}}
	if old != nil {
		if old.kind == k && old.decl != nil {
			w.changes = append(w.changes, &change{now: now, former: old})
			users := w.s.all()
			w.hideOld(old)
			for _, u := range users {
				for _, d := range u.decls() {
					if d != old.decl && links(d.text, old) {
						w.setText(d, relink(d.text, map[*entity]*entity{old: now}))
					}
				}
			}
		} else {
			w.hideOld(old)
		}
	}
	w.setName(name, now)
	w.defs = append(w.defs, def{piece, now, ""})
}

// all lists everything the session knows.
func (s *Session) all() []*entity {
	set, order := map[*entity]bool{}, []*entity{}
	for _, e := range s.names {
		reach(set, &order, e)
	}
	return order
}

func (e *entity) decls() []*decl {
	var out []*decl
	if e.decl != nil {
		out = append(out, e.decl)
	}
	for _, m := range e.order {
		out = append(out, e.meths[m])
	}
	return out
}

func links(text []segment, e *entity) bool {
	for _, s := range text {
		if s.ref == e {
			return true
		}
	}
	return false
}

// identifiers lists the names that occur in code.
func identifiers(code string) map[string]bool {
	fset := token.NewFileSet()
	var sc scanner.Scanner
	sc.Init(fset.AddFile("", -1, len(code)), []byte(code), func(token.Position, string) {}, 0)
	out := map[string]bool{}
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			return out
		}
		if tok == token.IDENT {
			out[lit] = true
		}
	}
}

// runtimeNames are declared in every program: what rewritten text calls.
const runtimeNames = "var stop" + hidden + " bool\nfunc halt" + hidden + "()\nfunc show" + hidden + "(xs ...any)\nfunc crash" + hidden + "(place string, r any)\n"

// check finds out what the cell means. It goes round until everything that
// earlier cells declared fits what this one redefines, or is bound to the
// former meaning.
func (w *work) check() *engine.Failure {
	for _, p := range w.c.stmts {
		for _, n := range defined(p) {
			w.vars[n] = true
		}
	}
	var failure *engine.Failure
	for range 12 {
		var again bool
		if failure, again = w.pass(); !again {
			return failure
		}
	}
	return failure
}

// defined lists the variables that a statement at the top defines.
func defined(p piece) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+p.text+"\n}", 0)
	if err != nil {
		return nil
	}
	var out []string
	for _, st := range f.Decls[0].(*ast.FuncDecl).Body.List {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				for _, l := range st.Lhs {
					if id, ok := l.(*ast.Ident); ok && id.Name != "_" {
						out = append(out, id.Name)
					}
				}
			}
		case *ast.DeclStmt:
			for _, spec := range st.Decl.(*ast.GenDecl).Specs {
				if vs, ok := spec.(*ast.ValueSpec); ok {
					for _, n := range vs.Names {
						if n.Name != "_" {
							out = append(out, n.Name)
						}
					}
				}
			}
		}
	}
	return out
}

// pass checks once, and tells whether it changed what has to be checked.
func (w *work) pass() (*engine.Failure, bool) {
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
	w.cellFile(identifiers(w.c.code))

	w.fset = token.NewFileSet()
	oldFile, err := parser.ParseFile(w.fset, "session", oldSrc, parser.SkipObjectResolution)
	if err != nil {
		return &engine.Failure{Name: "compile error", Value: clean(err.Error())}, false
	}
	if w.file, err = parser.ParseFile(w.fset, "cell", w.src, parser.SkipObjectResolution); err != nil {
		return w.s.syntaxError(w.c.n, err), false
	}
	for _, d := range w.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "cell"+hidden {
			w.fn = f
		}
	}
	errs := w.types(oldFile, w.file)
	if w.freeze() {
		return nil, true
	}
	var first *types.Error
	again := false
	for _, e := range errs {
		off := w.fset.PositionFor(e.Pos, false).Offset
		inOld := w.fset.File(e.Pos) == w.fset.File(oldFile.Pos())
		switch {
		case unused(e), !inOld && w.shownOrLater(e):
		case inOld && w.fallBack(old, off-head):
			again = true
		case first == nil:
			first = &e
		}
		if again {
			return nil, true
		}
	}
	if first != nil {
		return w.s.compileError(w.fset.Position(first.Pos), first.Msg), false
	}
	return nil, false
}

// surroundings is the part of the session that the cell reaches: what its
// words may mean, and the users of what it redefines.
func (w *work) surroundings() (*program, []*entity) {
	set, order := map[*entity]bool{}, []*entity{}
	for name := range identifiers(w.c.code) {
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
	p := &program{}
	p.body.WriteString(runtimeNames)
	p.add(order, skip, w.drop, false)
	return p, order
}

// cellFile writes the cell as typed.
func (w *work) cellFile(words map[string]bool) {
	var b strings.Builder
	b.WriteString("package main\n")
	for name, e := range w.s.names {
		if e.kind == isPackage && words[name] {
			fmt.Fprintf(&b, "import %s %q\n", name, e.path)
		}
	}
	for _, e := range w.s.dots {
		if w.dotted(e, words) {
			fmt.Fprintf(&b, "import . %q\n", e.path)
		}
	}
	w.begin = w.begin[:0]
	for _, p := range w.c.decls {
		b.WriteString(mark(w.c.n, p.line, p.col))
		w.begin = append(w.begin, b.Len())
		b.WriteString(p.text + "\n")
	}
	b.WriteString("func cell" + hidden + "() {\n" + w.c.body() + "}\n")
	w.src = b.String()
}

// dotted tells whether the cell says a name of a package that was imported
// with a dot, and none of them is declared otherwise.
func (w *work) dotted(e *entity, words map[string]bool) bool {
	said := false
	for _, name := range e.pkg.Scope().Names() {
		if w.labels[name] != nil {
			return false
		}
		said = said || words[name]
	}
	return said
}

// types runs the checker.
func (w *work) types(files ...*ast.File) (errs []types.Error) {
	w.pkg = types.NewPackage("main", "main")
	w.info = newInfo()
	conf := types.Config{
		Importer:                 w.s.ctx.Importer,
		DisableUnusedImportCheck: true,
		Error: func(err error) {
			if e, ok := err.(types.Error); ok {
				errs = append(errs, e)
			}
		},
	}
	types.NewChecker(&conf, w.fset, w.pkg, w.info).Files(files)
	return errs
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Scopes:     map[ast.Node]*types.Scope{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances:  map[*ast.Ident]types.Instance{},
	}
}

// shownOrLater tells whether an error is none: the last expression is used,
// for it is shown, and a declaration that names a variable of this cell is
// judged in the second program, where that variable exists.
func (w *work) shownOrLater(e types.Error) bool {
	if x := w.last(); x != nil && strings.HasSuffix(e.Msg, "is not used") && x.Pos() <= e.Pos && e.Pos <= x.End() {
		return true
	}
	off := w.fset.PositionFor(e.Pos, false).Offset
	for i, p := range w.c.decls {
		if w.begin[i] <= off && off <= w.begin[i]+len(p.text) {
			for name := range identifiers(p.text) {
				if w.vars[name] {
					return true
				}
			}
		}
	}
	return false
}

// last is the expression that ends the cell, or nil.
func (w *work) last() ast.Expr {
	if w.fn == nil || len(w.fn.Body.List) == 0 {
		return nil
	}
	if x, ok := w.fn.Body.List[len(w.fn.Body.List)-1].(*ast.ExprStmt); ok {
		return x.X
	}
	return nil
}

// fallBack binds an old declaration that no longer fits to the former meaning
// of what it uses, and tells whether that changed anything.
func (w *work) fallBack(p *program, off int) bool {
	sp, ok := p.at(off)
	if !ok {
		return false
	}
	for _, c := range w.changes {
		if c.froze && c.now == sp.owner && sp.decl != sp.owner.decl {
			w.dropMethod(sp.owner, sp.decl)
			return true
		}
	}
	for _, c := range w.changes {
		if !links(sp.decl.text, c.now) {
			continue
		}
		if c.former == nil {
			c.former = w.former(c.now)
		}
		w.setText(sp.decl, relink(sp.decl.text, map[*entity]*entity{c.now: c.former}))
		return true
	}
	return false
}

// former copies an entity as it was before the cell under a hidden name.
func (w *work) former(e *entity) *entity {
	f := &entity{kind: e.kind, name: e.name, layout: e.layout, meths: map[string]*decl{}}
	w.s.hide(f)
	f.decl = &decl{relink(e.decl.text, map[*entity]*entity{e: f}), []*entity{f}}
	return f
}

func (w *work) dropMethod(e *entity, d *decl) {
	meths, order := e.meths, e.order
	e.meths, e.order = map[string]*decl{}, nil
	for _, m := range order {
		if meths[m] != d {
			e.meths[m] = meths[m]
			e.order = append(e.order, m)
		}
	}
	w.undo = append(w.undo, func() { e.meths, e.order = meths, order })
}

// freeze looks whether a redefined type looks different in memory. If so, the
// variables that hold it, and the types they hold it through, keep copies of
// the former declarations.
func (w *work) freeze() bool {
	froze := false
	for _, c := range w.changes {
		e := c.now
		if e.kind != isType || c.froze || c.former != nil || e.decl == nil {
			continue
		}
		obj, _ := w.pkg.Scope().Lookup(e.label()).(*types.TypeName)
		if obj == nil || layout(obj) == e.layout {
			continue
		}
		c.froze, froze = true, true
		w.freezeOne(c)
	}
	return froze
}

func (w *work) freezeOne(c *change) {
	s := w.s
	all := s.all()
	copies := map[*entity]*entity{}
	for _, e := range all {
		if e.kind == isType && e.decl != nil && e.needs(c.now) {
			f := &entity{kind: isType, name: e.name, layout: e.layout, meths: map[string]*decl{}, order: e.order}
			s.hide(f)
			copies[e] = f
		}
	}
	for e, f := range copies {
		f.decl = &decl{relink(e.decl.text, copies), nil}
		for _, d := range e.decl.defs {
			if n := copies[d]; n != nil {
				d = n
			}
			f.decl.defs = append(f.decl.defs, d)
		}
		for _, m := range e.order {
			f.meths[m] = &decl{text: relink(e.meths[m].text, copies)}
		}
		s.loader.rename(e.label(), f.id)
	}
	c.former = copies[c.now]
	for _, e := range all {
		if e.kind == isVar {
			old := e.typ
			e.typ = relink(e.typ, copies)
			w.undo = append(w.undo, func() { e.typ = old })
		}
	}
	var labels []string
	for e := range copies {
		labels = append(labels, e.label())
	}
	s.loader.forget(labels)
}

// layout describes a type in words: equal words, equal memory.
func layout(obj *types.TypeName) string {
	t := obj.Type()
	tail := ""
	if n, ok := t.(*types.Named); ok {
		for i := range n.TypeParams().Len() {
			tail += " " + n.TypeParams().At(i).String() + " " + n.TypeParams().At(i).Constraint().String()
		}
		t = n.Underlying()
	}
	if obj.IsAlias() {
		tail += " alias"
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Path()
	}) + tail
}

// move makes the program's variable live where the session keeps it. The type
// may be a newer version of what the memory was made as, of equal layout.
func move(old reflect.Value, t reflect.Type) reflect.Value {
	if old.Type() == t {
		return old
	}
	return reflect.NewAt(t.Elem(), old.UnsafePointer())
}
