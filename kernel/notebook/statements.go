package notebook

// The statements of a program's cell as a notebook has them: what Script did to
// them for the compiler's sake is undone.

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"

	"fourmlab/kernel/session/export"
)

// timed is a line that ran under %time.
var timed = regexp.MustCompile(`(?m)^([ \t]*\S.*?)[ \t]*` + command + ` %time$`)

// statements takes a cell's commands and imports out of its comments, and
// gives its code: a value is shown by standing last, a variable of the top is
// defined where it gets its value, a cell that is a function is its body.
func (r *reader) statements(c *part, s string) string {
	lines := strings.Split(s, "\n")
	for len(lines) > 0 && (strings.HasPrefix(lines[0], command) || strings.TrimSpace(lines[0]) == "" && len(c.head) == 0) {
		if strings.HasPrefix(lines[0], command) {
			c.head = append(c.head, strings.TrimPrefix(strings.TrimPrefix(lines[0], command), " "))
		}
		lines = lines[1:]
	}
	r.note(c.head)
	s = strings.Join(lines, "\n")
	if t := strings.TrimSpace(s); strings.HasPrefix(t, export.CellFunc) && strings.HasSuffix(t, export.CellFuncEnd) {
		s = strings.TrimLeft(outdent(strings.TrimSuffix(strings.TrimPrefix(t, export.CellFunc), export.CellFuncEnd)), "\n")
		s = strings.TrimLeft(strings.TrimPrefix(s, caught), "\n")
	}
	s = r.undone(s)
	s = timed.ReplaceAllString(s, "%time $1")
	return strings.TrimRight(unguarded(s), "\n")
}

// note remembers the imports that a cell has typed.
func (r *reader) note(head []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+strings.Join(withoutCommands(head), "\n"), parser.ImportsOnly)
	if err != nil {
		return
	}
	for _, spec := range f.Imports {
		r.typed[spec.Path.Value] = true
	}
}

func withoutCommands(lines []string) (out []string) {
	for _, l := range lines {
		if !isCommand(l) {
			out = append(out, l)
		}
	}
	return out
}

// undone gives statements without what was added to them.
func (r *reader) undone(s string) string {
	const head = "package p\nfunc _() {\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", head+s+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return s // main as a whole was fine: a chunk cut through a statement
	}
	type edit struct {
		lo, hi int
		text   string
	}
	var edits []edit
	off := func(p token.Pos) int { return fset.PositionFor(p, false).Offset - len(head) }
	list := f.Decls[0].(*ast.FuncDecl).Body.List
	for i, st := range list {
		switch st := st.(type) {
		case *ast.AssignStmt:
			if st.Tok != token.ASSIGN {
				break
			}
			all, some := r.defines(st.Lhs)
			switch t := zero(st, func(x ast.Expr) string { return s[off(x.Pos()):off(x.End())] }); {
			case all && t != "":
				left := s[off(st.Lhs[0].Pos()):off(st.Lhs[len(st.Lhs)-1].End())]
				edits = append(edits, edit{off(st.Pos()), off(st.End()), "var " + left + " " + t})
			case all:
				edits = append(edits, edit{off(st.TokPos), off(st.TokPos) + 1, ":="})
			case len(some) > 0:
				edits = append(edits, edit{off(st.Pos()), off(st.Pos()), declarations(some) + "\n"})
			}
		case *ast.ExprStmt:
			if call, ok := st.X.(*ast.CallExpr); ok && i+1 == len(list) && isShow(call) {
				edits = append(edits, edit{off(call.Pos()), off(call.Lparen) + 1, ""}, edit{off(call.Rparen), off(call.Rparen) + 1, ""})
			}
		}
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(s[at:e.lo] + e.text)
		at = e.hi
	}
	return b.String() + s[at:]
}

// defines tells whether an assignment is the first to variables of the top:
// to all that it names, or to some.
func (r *reader) defines(left []ast.Expr) (all bool, some map[string]string) {
	some = map[string]string{}
	all = true
	for _, l := range left {
		id, ok := l.(*ast.Ident)
		if !ok {
			all = false
			continue
		}
		if t, ok := r.vars[id.Name]; ok {
			some[id.Name] = t
		} else if id.Name != "_" {
			all = false
		}
	}
	for name := range some {
		delete(r.vars, name)
	}
	return all && len(some) > 0, some
}

// zero gives the type where all values of an assignment are the zero value that
// Script wrote for a declaration.
func zero(st *ast.AssignStmt, text func(ast.Expr) string) (t string) {
	for i, x := range st.Rhs {
		star, ok := x.(*ast.StarExpr)
		if !ok {
			return ""
		}
		call, ok := star.X.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || text(call.Fun) != "new" || i > 0 && text(call.Args[0]) != t {
			return ""
		}
		t = text(call.Args[0])
	}
	return t
}

// declarations declares variables of the types that are given.
func declarations(vars map[string]string) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		lines = append(lines, fmt.Sprintf("var %s %s", name, vars[name]))
	}
	return strings.Join(lines, "\n")
}

func isShow(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "display" && sel.Sel.Name == "Show"
}

// outdent takes one level of indent from the statements of main; gofmt knows
// which lines of a raw string are none.
func outdent(s string) string {
	const head = "package p\n\nfunc _() {\n"
	out, err := format.Source([]byte(head + s + "\n}\n"))
	if err != nil {
		return strings.TrimSpace(s)
	}
	body := strings.TrimSuffix(strings.TrimPrefix(string(out), head), "}\n")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", out, parser.SkipObjectResolution)
	if err != nil {
		return strings.TrimSpace(s)
	}
	raw := map[int]bool{} // lines that begin inside a raw string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.HasPrefix(lit.Value, "`") {
			first := fset.Position(lit.Pos()).Line
			for i := range strings.Count(lit.Value, "\n") {
				raw[first+i+1] = true
			}
		}
		return true
	})
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		if !raw[i+4] {
			lines[i] = strings.TrimPrefix(l, "\t")
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n \t")
}
