package assist

// Completion: what fits at a cursor, the best first. What may stand there is
// read off the tree around the cursor, what it is off the checker.

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session/cell"
)

// Complete lists what fits at byte offset at of the code of a cell, the best
// first. An offset beyond the code is its end.
func Complete(s Scope, code string, at int) engine.Completion {
	p := locate(code, at)
	m := &matches{expected: nil, prefix: code[min(p.from, p.offset):p.offset]}
	switch {
	case p.importPath:
		m.paths(s.Importable())
	case p.noName || p.stuck(code):
		return engine.Completion{From: p.offset, To: p.offset}
	case p.prev == token.ELSE || p.prev == token.RBRACE && !p.newline:
		m.keywords(p, nil)
	default:
		v := newView(s, nil, code, p.from, p.to, placeholder)
		if v != nil {
			m.expected = v.expectedType()
			m.collect(v)
		}
		m.keywords(p, v)
	}
	return engine.Completion{Matches: m.sorted(), From: p.from, To: p.offset}
}

// matches gathers what fits.
type matches struct {
	prefix   string
	expected types.Type // of the value at the cursor, nil where nobody knows
	list     []match
	seen     map[string]bool
}

type match struct {
	engine.Match
	// The lesser come first, by the first that differs.
	inexact, fit, tier int
}

// add takes what starts with the prefix, in upper or lower case.
func (m *matches) add(name, kind, typ string, fit, tier int) {
	if m.seen[name] || strings.Contains(name, cell.Hidden) || name == "_" {
		return
	}
	inexact := 0
	if !strings.HasPrefix(name, m.prefix) {
		if !hasPrefixFold(name, m.prefix) {
			return
		}
		inexact = 1
	}
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	m.seen[name] = true
	m.list = append(m.list, match{engine.Match{Text: name, Kind: kind, Type: typ}, inexact, fit, tier})
}

func hasPrefixFold(name, prefix string) bool {
	for prefix != "" {
		a, n := utf8.DecodeRuneInString(name)
		b, k := utf8.DecodeRuneInString(prefix)
		if name == "" || a != b && !strings.EqualFold(string(a), string(b)) {
			return false
		}
		name, prefix = name[n:], prefix[k:]
	}
	return true
}

func (m *matches) object(o types.Object, tier int) {
	if m.seen[o.Name()] || !hasPrefixFold(o.Name(), m.prefix) {
		return
	}
	m.add(o.Name(), kindOf(o), typeOf(o), fit(o, m.expected), tier)
}

func (m *matches) sorted() []engine.Match {
	slices.SortFunc(m.list, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.inexact, b.inexact), cmp.Compare(a.fit, b.fit), cmp.Compare(a.tier, b.tier), cmp.Compare(a.Text, b.Text))
	})
	out := make([]engine.Match, len(m.list))
	for i, x := range m.list {
		out[i] = x.Match
	}
	return out
}

// kindOf is the word of completions for what an object is.
func kindOf(o types.Object) string {
	switch o := o.(type) {
	case *types.PkgName:
		return "package"
	case *types.TypeName:
		return "type"
	case *types.Const, *types.Nil:
		return "constant"
	case *types.Func:
		if o.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Builtin:
		return "function"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
	}
	return "variable"
}

func typeOf(o types.Object) string {
	switch o := o.(type) {
	case *types.PkgName:
		return o.Imported().Path()
	case *types.Builtin, *types.Nil:
		return ""
	case *types.TypeName:
		return typeText(shallow(o.Type()))
	}
	if o.Type() == nil || o.Type() == types.Typ[types.Invalid] {
		return ""
	}
	return typeText(o.Type())
}

// shallow says of a type what it is without its fields or methods.
func shallow(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return types.NewStruct(nil, nil)
	case *types.Interface:
		return types.NewInterfaceType(nil, nil)
	default:
		return u
	}
}

// typeText is a type in the words of a cell.
func typeText(t types.Type) string {
	text := types.TypeString(t, qualify)
	if strings.Contains(text, cell.Hidden) {
		text = cell.Clean(text)
	}
	return text
}

func qualify(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

// collect offers what the tree around the cursor allows.
func (m *matches) collect(v *view) {
	id, ok := v.node(0).(*ast.Ident)
	if !ok || v.names(id) {
		return
	}
	onlyTypes := v.typePlace()
	put := func(tier int) func(types.Object) {
		return func(o types.Object) {
			switch o.(type) {
			case *types.TypeName, *types.PkgName:
			default:
				if onlyTypes {
					return
				}
			}
			m.object(o, tier)
		}
	}
	switch n := v.node(1).(type) {
	case *ast.SelectorExpr:
		if n.Sel == id {
			v.members(n.X, put(0))
			return
		}
	case *ast.BranchStmt:
		m.labels(v, n)
		return
	}
	if st, used, keyed := v.literal(); st != nil {
		for f := range st.Fields() {
			if !used[f.Name()] && v.visible(f) {
				m.add(f.Name(), "field", typeText(f.Type()), 0, 0)
			}
		}
		if keyed {
			return
		}
	}
	v.scopeNames(put)
}

// names tells whether the word gives something its name, which nobody can
// guess.
func (v *view) names(id *ast.Ident) bool {
	switch n := v.node(1).(type) {
	case *ast.FuncDecl:
		return n.Name == id
	case *ast.TypeSpec:
		return n.Name == id
	case *ast.ValueSpec:
		return slices.Contains(n.Names, id)
	case *ast.Field:
		return slices.Contains(n.Names, id)
	case *ast.LabeledStmt:
		return n.Label == id
	case *ast.ImportSpec, *ast.File:
		return true
	}
	return false
}

// typePlace tells whether only a type can stand at the cursor.
func (v *view) typePlace() bool {
	x, _ := v.node(0).(ast.Expr)
	for i := 1; ; i++ {
		switch n := v.node(i).(type) {
		case *ast.SelectorExpr:
			if n.Sel != x {
				return false
			}
			x = n
		case *ast.StarExpr:
			x = n
		case *ast.Field:
			return n.Type == x
		case *ast.ValueSpec:
			return n.Type == x
		case *ast.TypeSpec:
			return n.Name != x
		case *ast.ArrayType:
			return n.Elt == x
		case *ast.TypeAssertExpr:
			return n.Type == x
		case *ast.CompositeLit:
			return n.Type == x
		case *ast.CaseClause:
			_, ok := v.node(i + 2).(*ast.TypeSwitchStmt)
			return ok && slices.Contains(n.List, x)
		case *ast.MapType, *ast.ChanType, *ast.Ellipsis:
			return true
		default:
			return false
		}
	}
}

// scopeNames offers what a word alone can mean at the cursor.
func (v *view) scopeNames(put func(tier int) func(types.Object)) {
	for scope := v.scope; scope != nil && scope != types.Universe; scope = scope.Parent() {
		for _, name := range scope.Names() {
			o := scope.Lookup(name)
			if scope != v.pkg.Scope() {
				if in, _ := v.scope.LookupParent(name, v.pos); in != scope {
					continue // not yet declared, or another one is nearer
				}
			}
			if p, ok := o.(*types.PkgName); ok {
				put(1)(p)
			} else {
				put(0)(o)
			}
		}
	}
	for _, name := range v.session.Names() {
		if m, _ := v.session.Lookup(name); m.Package != nil {
			put(1)(packageName(v.session, name))
		} else if m.Object != nil {
			put(0)(m.Object)
		}
	}
	constants := false
	for _, n := range v.path {
		d, ok := n.(*ast.GenDecl)
		constants = constants || ok && d.Tok == token.CONST
	}
	for _, name := range types.Universe.Names() {
		if name != "iota" || constants {
			put(2)(types.Universe.Lookup(name))
		}
	}
}

// labels offers those that a break, continue or goto can lead to.
func (m *matches) labels(v *view, n *ast.BranchStmt) {
	for i, node := range v.path {
		l, ok := node.(*ast.LabeledStmt)
		if ok && i < len(v.path)-1 && n.Tok != token.GOTO {
			_, loop := l.Stmt.(*ast.ForStmt)
			_, over := l.Stmt.(*ast.RangeStmt)
			if loop || over || n.Tok == token.BREAK {
				m.add(l.Label.Name, "label", "", 2, 0)
			}
		}
		if f, ok := node.(*ast.FuncDecl); ok && n.Tok == token.GOTO {
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.LabeledStmt); ok {
					m.add(l.Label.Name, "label", "", 2, 0)
				}
				return true
			})
		}
	}
}
