package assist

// Completions that are no objects: keywords, where they may stand, and import
// paths.

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"fourmlab/kernel/session/cell"
)

// keywords offers those that may stand at the cursor; without a view only
// the tokens before it are known.
func (m *matches) keywords(p cursor, v *view) {
	var list []token.Token
	add := func(toks ...token.Token) { list = append(list, toks...) }
	inner := p.blocks // within the innermost function
	for i, b := range p.blocks {
		if b == token.FUNC {
			inner = p.blocks[i+1:]
		}
	}
	last := token.ILLEGAL
	if len(p.blocks) > 0 {
		last = p.blocks[len(p.blocks)-1]
	}
	begins := p.prev == token.SEMICOLON || p.prev == token.LBRACE || p.prev == token.COLON || p.prev == token.RBRACE && p.newline
	switch {
	case p.prev == token.RBRACE && !p.newline:
		if p.closed == token.IF {
			add(token.ELSE)
		}
	case p.prev == token.ELSE:
		add(token.IF)
	case v == nil:
		if begins && (last == token.SWITCH || last == token.SELECT) {
			add(token.CASE, token.DEFAULT)
		}
	case begins && v.statement():
		add(token.CONST, token.FOR, token.FUNC, token.GO, token.GOTO, token.IF, token.SELECT, token.SWITCH, token.TYPE, token.VAR, token.DEFER)
		if len(p.blocks) == 0 {
			add(token.IMPORT)
		}
		if slices.Contains(p.blocks, token.FUNC) {
			add(token.RETURN)
		}
		if slices.Contains(inner, token.FOR) {
			add(token.CONTINUE)
		}
		if slices.Contains(inner, token.FOR) || slices.Contains(inner, token.SWITCH) || slices.Contains(inner, token.SELECT) {
			add(token.BREAK)
		}
		if last == token.SWITCH {
			add(token.FALLTHROUGH)
		}
		if last == token.SWITCH || last == token.SELECT {
			add(token.CASE, token.DEFAULT)
		}
	default:
		m.withinExpression(p, v, add)
	}
	for _, t := range list {
		m.add(t.String(), "keyword", "", 2, 3)
	}
}

func (m *matches) withinExpression(p cursor, v *view, add func(...token.Token)) {
	id, ok := v.node(0).(*ast.Ident)
	if !ok || v.names(id) || p.prev == token.PERIOD {
		return
	}
	if _, branch := v.node(1).(*ast.BranchStmt); branch {
		return
	}
	if st, _, keyed := v.literal(); st != nil && keyed {
		return
	}
	if p.loop && (p.prev == token.FOR || p.prev == token.DEFINE || p.prev == token.ASSIGN) {
		add(token.RANGE)
	}
	call, _ := v.node(1).(*ast.CallExpr)
	if call != nil {
		f, ok := call.Fun.(*ast.Ident)
		if ok && (f.Name == "make" || f.Name == "new") && len(call.Args) > 0 && call.Args[0] == id {
			add(token.CHAN)
		}
	}
	if v.typePlace() {
		add(token.CHAN, token.FUNC, token.INTERFACE, token.MAP, token.STRUCT)
		return
	}
	add(token.FUNC, token.MAP, token.STRUCT)
}

// statement tells whether the word begins a statement.
func (v *view) statement() bool {
	switch n := v.node(1).(type) {
	case *ast.ExprStmt:
		return true
	case *ast.AssignStmt:
		return len(n.Lhs) > 0 && n.Lhs[0] == v.node(0)
	}
	return false
}

// paths offers the packages that can be imported: those whose path starts so,
// and after them those of which a later part does.
func (m *matches) paths(importable []string) {
	prefix := m.prefix
	for _, p := range importable {
		if !nameable(p) {
			continue
		}
		if strings.HasPrefix(p, prefix) {
			m.add(p, "package", "", 0, 0)
		} else if prefix != "" && strings.Contains(p, "/"+prefix) {
			m.list = append(m.list, match{inexact: 1})
			m.list[len(m.list)-1].Text, m.list[len(m.list)-1].Kind = p, "package"
		}
	}
}

// nameable tells whether a cell may import a package by its path.
func nameable(path string) bool {
	return path != "main" && !strings.HasPrefix(path, "github.com/goplus/") && !slices.Contains(strings.Split(path, "/"), "internal") && !strings.Contains(path, cell.Hidden)
}
