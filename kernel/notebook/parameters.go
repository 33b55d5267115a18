package notebook

// Parameters: values from outside take the place of those in one cell, as
// papermill has it.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
)

const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// Set gives parameters new values: a cell that assigns them is put behind the
// one tagged "parameters", or takes the place of what an earlier Set put there.
// A value is Go's (200, 1e-3, true, []string{"rgb"}, 2*time.Second); what is
// none is a string, and so is everything given to a parameter that is a string
// already. Without such a cell the values are defined at the notebook's top.
//
// The error names a parameter that the cell does not define.
func (nb *File) Set(values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	at, known := -1, map[string]ast.Expr{}
	for i, c := range nb.Cells {
		if c.Kind == "code" && c.Tagged(parametersTag) {
			at = i
			var err error
			if known, err = defined(c.Source); err != nil {
				return fmt.Errorf("notebook: the cell tagged %q: %w", parametersTag, err)
			}
		}
	}
	var names []string
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString("// Parameters\n")
	for _, name := range names {
		if !token.IsIdentifier(name) {
			return fmt.Errorf("notebook: parameter %q is no name in Go", name)
		}
		init, there := known[name]
		if at >= 0 && !there {
			return fmt.Errorf("notebook: no parameter %q%s; the cell tagged %q defines %s", name, meant(name, known), parametersTag, listed(known))
		}
		op := ":="
		if at >= 0 {
			op = "=" // it keeps its type
		}
		fmt.Fprintf(&b, "%s %s %s\n", name, op, literal(values[name], isString(init)))
	}
	source := strings.TrimSuffix(b.String(), "\n")
	for _, c := range nb.Cells {
		if c.Tagged(injectedTag) {
			c.Source = source
			return nil
		}
	}
	c := &Cell{Kind: "code", ID: nb.freshID("parameters"), Source: source}
	c.tag(injectedTag)
	nb.Cells = append(nb.Cells, nil)
	copy(nb.Cells[at+2:], nb.Cells[at+1:])
	nb.Cells[at+1] = c
	return nil
}

func (nb *File) freshID(id string) string {
	taken := map[string]bool{}
	for _, c := range nb.Cells {
		taken[c.ID] = true
	}
	for n := 2; taken[id]; n++ {
		id = fmt.Sprintf("%s-%d", strings.TrimRight(id, "-0123456789"), n)
	}
	return id
}

// defined lists what a cell defines at its top, with the values where there
// are any.
func defined(code string) (map[string]ast.Expr, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+code+"\n}", 0)
	if err != nil {
		return nil, err
	}
	out := map[string]ast.Expr{}
	put := func(name ast.Expr, values []ast.Expr, i int) {
		id, ok := name.(*ast.Ident)
		switch {
		case !ok:
		case i < len(values):
			out[id.Name] = values[i]
		default:
			out[id.Name] = nil
		}
	}
	for _, st := range f.Decls[0].(*ast.FuncDecl).Body.List {
		switch st := st.(type) {
		case *ast.AssignStmt:
			for i, l := range st.Lhs {
				if st.Tok == token.DEFINE {
					put(l, st.Rhs, i)
				}
			}
		case *ast.DeclStmt:
			if g := st.Decl.(*ast.GenDecl); g.Tok == token.VAR {
				for _, s := range g.Specs {
					vs := s.(*ast.ValueSpec)
					for i, n := range vs.Names {
						put(n, vs.Values, i)
						if id, ok := vs.Type.(*ast.Ident); ok && id.Name == "string" {
							out[n.Name] = &ast.BasicLit{Kind: token.STRING}
						}
					}
				}
			}
		}
	}
	return out, nil
}

func isString(x ast.Expr) bool {
	lit, ok := x.(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}

// literal is a value as Go text.
func literal(value string, isString bool) string {
	if _, err := strconv.Unquote(value); err == nil && value[0] != '\'' {
		return value
	}
	if isString {
		return strconv.Quote(value)
	}
	x, err := parser.ParseExpr(value)
	if err != nil || !says(x) {
		return strconv.Quote(value)
	}
	return value
}

// says tells whether an expression can be meant as Go: one plain word is a
// string, unless it is a word of the language; so is a word with a dash or a
// slash in it, a path.
func says(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "true" || x.Name == "false" || x.Name == "nil"
	case *ast.ParenExpr:
		return says(x.X)
	case *ast.UnaryExpr:
		return says(x.X)
	case *ast.BinaryExpr:
		return (says(x.X) || qualified(x.X)) && (says(x.Y) || qualified(x.Y))
	case *ast.BasicLit, *ast.CompositeLit, *ast.CallExpr, *ast.FuncLit:
		return true
	case *ast.SelectorExpr:
		return false
	}
	return false
}

// qualified tells whether an expression is a package's name, as time.Second.
func qualified(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && ast.IsExported(s.Sel.Name)
}

// meant names the parameter that was probably meant.
func meant(name string, known map[string]ast.Expr) string {
	best, at := "", 3
	for k := range known {
		if d := fault.Distance(name, k); d < at || d == at && k < best {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func listed(known map[string]ast.Expr) string {
	if len(known) == 0 {
		return "none"
	}
	var names []string
	for n := range known {
		names = append(names, n)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}
