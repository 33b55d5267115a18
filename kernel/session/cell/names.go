package cell

// What names code says and defines, found without a checker.

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"fourmlab/kernel/engine"
)

// Hidden is the letter (of category Lo, so legal in a Go name) that the
// session's own names carry; nobody types it.
const Hidden = "ᐧ"

// Identifiers lists the names that occur in code.
func Identifiers(code string) map[string]bool {
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

// Defined lists the variables that a statement at the top defines.
func Defined(p Piece) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package main\nfunc _() {\n"+p.Text+"\n}", 0)
	if err != nil {
		return nil
	}
	var out []string
	for _, st := range f.Decls[0].(*ast.FuncDecl).Body.List {
		ids, _ := DefinedBy(st)
		for _, id := range ids {
			if id.Name != "_" {
				out = append(out, id.Name)
			}
		}
	}
	return out
}

// DefinedBy lists the names that a statement defines, and its operator.
func DefinedBy(st ast.Stmt) (ids []*ast.Ident, define bool) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			for _, l := range st.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					ids = append(ids, id)
				}
			}
			return ids, true
		}
	case *ast.DeclStmt:
		if g := st.Decl.(*ast.GenDecl); g.Tok == token.VAR {
			for _, spec := range g.Specs {
				ids = append(ids, spec.(*ast.ValueSpec).Names...)
			}
		}
	}
	return ids, false
}

// Receiver gives the name of a receiver's type, and those of its parameters.
func Receiver(x ast.Expr) (base *ast.Ident, params []*ast.Ident) {
	for {
		switch t := x.(type) {
		case *ast.ParenExpr:
			x = t.X
		case *ast.StarExpr:
			x = t.X
		case *ast.IndexExpr:
			if id, ok := t.Index.(*ast.Ident); ok {
				params = append(params, id)
			}
			x = t.X
		case *ast.IndexListExpr:
			for _, i := range t.Indices {
				if id, ok := i.(*ast.Ident); ok {
					params = append(params, id)
				}
			}
			x = t.X
		case *ast.Ident:
			return t, params
		default:
			return nil, nil
		}
	}
}

// ImportName gives the name an import is known by, "" for the package's own.
func ImportName(spec *ast.ImportSpec) (name, path string) {
	path, _ = strconv.Unquote(spec.Path.Value)
	if meant, ok := engine.Current().Aliases[path]; ok {
		path = meant
	}
	if spec.Name != nil {
		name = spec.Name.Name
	}
	return name, path
}

// DotImported tells whether every cell has the names of a package without its name.
func DotImported(path string) bool { return slices.Contains(engine.Current().Dots, path) }

// NewInfo gives one that holds all that a checker tells.
func NewInfo() *types.Info {
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
