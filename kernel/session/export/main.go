package export

// The statements of many cells in one function: which names they need, and
// what is changed in their text.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"sort"
	"strings"

	"fourmlab/kernel/session/cell"
)

// patch replaces a few bytes of the checked text.
type patch struct {
	hi   int
	text string
}

// writer turns the checked file into the program's parts.
type writer struct {
	*builder
	fset  *token.FileSet
	src   string
	info  *types.Info
	pkg   *types.Package
	used  map[string]bool         // names of imports
	hoist map[string]bool         // variables that functions use
	names map[types.Object]string // of the variables of main
	vars  []string
	edits map[int]patch

	// what is asked for each variable and statement, so that a notebook of many
	// cells takes no longer than they do
	begins map[string]token.Pos // of a name: its first variable
	isVars map[string]bool      // vars as a set
	spans  []extent             // of the statements, in order
	sorted []int                // where the edits are, once all are made
}

func (m *writer) off(p token.Pos) int { return m.fset.PositionFor(p, false).Offset }

// put notes an edit; an insertion has from == to.
func (m *writer) put(from, to token.Pos, text string) {
	m.edits[m.off(from)] = patch{m.off(to), text}
}

// statements lists main's, those in the blocks that redefinitions opened too.
func statements(list []ast.Stmt, braces func(*ast.BlockStmt) bool) (out []ast.Stmt) {
	for _, st := range list {
		if b, ok := st.(*ast.BlockStmt); ok && braces(b) {
			out = append(out, statements(b.List, braces)...)
			continue
		}
		out = append(out, st)
	}
	return out
}

// top lists the statements of the cells.
func (m *writer) top(f *ast.File) []ast.Stmt {
	fn := f.Decls[len(f.Decls)-1].(*ast.FuncDecl)
	typed := map[int]bool{} // where a statement's text begins
	for _, c := range m.cells {
		for _, st := range c.stmts {
			typed[st.lo+len(markPrefix.FindString(st.text))] = true
		}
	}
	return statements(fn.Body.List, func(b *ast.BlockStmt) bool { return !typed[m.off(b.Pos())] })
}

var markPrefix = regexp.MustCompile(`^/\*line [^*]*\*/`)

// name decides what each variable of main is called: a second one of another
// type gets another name.
func (m *writer) name(f *ast.File) {
	m.hoist = map[string]bool{}
	for _, d := range f.Decls[:len(f.Decls)-1] {
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				ast.Inspect(sel.X, func(n ast.Node) bool { m.unresolved(n); return true })
				return false
			}
			m.unresolved(n)
			return true
		})
	}
	current := map[string]types.Type{} // of the variable that a name means
	label := map[string]string{}
	for _, st := range m.top(f) {
		ids, define := cell.DefinedBy(st)
		fresh := false
		for _, id := range ids {
			obj := m.info.Defs[id]
			if obj == nil || id.Name == "_" {
				continue
			}
			if old, ok := current[id.Name]; ok && types.Identical(old, obj.Type()) {
				m.call(obj, label[id.Name])
				continue
			}
			name := id.Name
			for n := 2; current[id.Name] != nil && (n == 2 && name == id.Name || m.words[name]); n++ {
				name = fmt.Sprint(id.Name, n)
			}
			m.words[name] = true
			current[id.Name], label[id.Name] = obj.Type(), name
			m.call(obj, name)
			if m.hoist[id.Name] && name == id.Name || m.cells[max(m.cellOf(st), 0)].apart {
				m.vars, m.isVars[name] = append(m.vars, name), true
				continue
			}
			fresh = true
		}
		m.define(st, ids, define, fresh)
	}
}

// unresolved notes a name that a declaration uses and that only main defines.
func (m *writer) unresolved(n ast.Node) {
	if id, ok := n.(*ast.Ident); ok && m.info.Uses[id] == nil && m.info.Defs[id] == nil && id.Name != "_" {
		m.hoist[id.Name] = true
	}
}

// define writes a definition as an assignment where its variables exist
// already. Where some do and some do not, those that do not are declared
// before it.
func (m *writer) define(st ast.Stmt, ids []*ast.Ident, define, fresh bool) {
	if len(ids) == 0 {
		return
	}
	declared := 0
	for _, id := range ids {
		if obj := m.info.Defs[id]; obj == nil || id.Name == "_" || !m.local(obj) {
			declared++
		}
	}
	before := ""
	switch {
	case fresh && declared == 0, fresh && define && m.legal(st.(*ast.AssignStmt)):
		return // as it stands
	case fresh:
		var b strings.Builder
		for _, id := range ids {
			if obj := m.info.Defs[id]; obj != nil && id.Name != "_" && m.local(obj) {
				fmt.Fprintf(&b, "var %s %s\n", m.names[obj], types.TypeString(obj.Type(), m.qualify))
			}
		}
		before = b.String()
	}
	if define {
		a := st.(*ast.AssignStmt)
		m.put(st.Pos(), a.Lhs[0].End(), before+m.label(ids[0]))
		m.put(a.TokPos, a.TokPos+2, "=")
		return
	}
	vs := st.(*ast.DeclStmt).Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec) // a cell's groups are taken apart
	var left []string
	for _, id := range ids {
		left = append(left, m.label(id))
	}
	to, text := st.End(), before+strings.Join(left, ", ")+" = "
	if len(vs.Values) > 0 {
		to = vs.Values[0].Pos()
	} else {
		zero := fmt.Sprintf("*new(%s)", types.TypeString(m.info.Defs[vs.Names[0]].Type(), m.qualify))
		text += strings.TrimSuffix(strings.Repeat(zero+", ", len(left)), ", ")
	}
	m.put(st.Pos(), to, text)
}

// legal tells whether := may stay: all that exist already are of main too.
func (m *writer) legal(a *ast.AssignStmt) bool {
	for _, l := range a.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" {
			if obj := m.info.ObjectOf(id); obj != nil && m.isVar(m.names[obj]) {
				return false
			}
		}
	}
	return true
}

// local tells whether main defines the variable here for the first time.
func (m *writer) local(obj types.Object) bool { return !m.isVar(m.names[obj]) && m.first(obj) }

func (m *writer) label(id *ast.Ident) string {
	if name, ok := m.names[m.info.ObjectOf(id)]; ok {
		return name
	}
	return id.Name
}

// qualify writes a package's name and remembers that it is used.
func (m *writer) qualify(p *types.Package) string {
	if p == m.pkg {
		return ""
	}
	for name, path := range m.imports {
		if path == p.Path() && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_") {
			m.used[name] = true
			return name
		}
	}
	m.imports[p.Name()] = p.Path()
	m.used[p.Name()] = true
	return p.Name()
}

// written lists the variables' names where they are assigned to, which to Go is
// no use of them.
func written(f *ast.File) map[*ast.Ident]bool {
	out := map[*ast.Ident]bool{}
	note := func(tok token.Token, left ...ast.Expr) {
		for _, l := range left {
			if id, ok := l.(*ast.Ident); ok && tok == token.ASSIGN {
				out[id] = true
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			note(n.Tok, n.Lhs...)
		case *ast.RangeStmt:
			note(n.Tok, n.Key, n.Value)
		}
		return true
	})
	return out
}

// write gives the parts.
func (m *writer) write(f *ast.File) *Program {
	read, written := map[string]bool{}, written(f)
	for id, obj := range m.info.Uses {
		if p, ok := obj.(*types.PkgName); ok {
			m.used[p.Name()] = true
		}
		name, ok := m.names[obj]
		if !ok {
			continue
		}
		if name != id.Name {
			m.put(id.Pos(), id.End(), name)
		}
		read[name] = read[name] || !written[id]
	}
	for id, obj := range m.info.Defs {
		if name, ok := m.names[obj]; ok && name != id.Name {
			if _, taken := m.edits[m.off(id.Pos())]; !taken {
				m.put(id.Pos(), id.End(), name)
			}
		}
	}
	top := m.top(f)
	for i, st := range top {
		m.expression(st, i+1 == len(top) || m.cellOf(top[i+1]) != m.cellOf(st))
	}
	u := &Program{}
	for _, c := range m.cells {
		var decls []string
		for _, d := range c.decls {
			decls = append(decls, cell.Unmark(d))
		}
		u.Decls = append(u.Decls, decls)
		u.Typed = append(u.Typed, c.imports)
		var b strings.Builder
		for _, st := range c.stmts {
			b.WriteString(st.before + markPrefix.ReplaceAllString(m.patched(st.lo, st.hi), "") + st.after + "\n")
		}
		body := c.note + strings.TrimSuffix(b.String(), "\n")
		if c.apart && body != "" {
			body = CellFunc + "\n" + body + "\n" + CellFuncEnd
		}
		u.Body = append(u.Body, body)
	}
	for obj := range m.names {
		if !m.isVar(m.names[obj]) && !read[m.names[obj]] {
			read[m.names[obj]] = true
			u.Unused = append(u.Unused, m.names[obj])
		}
	}
	sort.Strings(u.Unused)
	firsts := map[string]types.Object{}
	for obj, name := range m.names {
		if m.first(obj) {
			firsts[name] = obj
		}
	}
	for _, name := range m.vars {
		if obj := firsts[name]; obj != nil {
			u.Vars = append(u.Vars, name+" "+types.TypeString(obj.Type(), m.qualify))
		}
	}
	for _, obj := range m.info.Uses {
		if p := obj.Pkg(); p != nil && cell.DotImported(p.Path()) && obj.Parent() == p.Scope() {
			m.used["."+p.Path()] = true
		}
	}
	lines := map[string]bool{}
	for name, path := range m.imports {
		if strings.HasPrefix(name, ".") && cell.DotImported(path) && (!m.used[name] || !m.bare(path)) {
			continue
		}
		if m.used[name] || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			pkg, _ := m.importer.Import(path)
			lines[quoted(name, path, pkg)] = true
		}
	}
	u.Imports = sorted(lines)
	return u
}
