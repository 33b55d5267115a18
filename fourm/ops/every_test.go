package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Every op has a row in the table of cases, or a test of its own.
func TestEveryOpHasACase(t *testing.T) {
	made, used := map[string]string{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncDecl:
				if !strings.HasSuffix(file, "_test.go") && x.Recv == nil && x.Name.IsExported() && givesNode(x) {
					made[x.Name.Name] = file
				}
			case *ast.SelectorExpr:
				if of, ok := x.X.(*ast.Ident); ok && of.Name == "ops" && strings.HasSuffix(file, "_test.go") {
					used[x.Sel.Name] = true
				}
			}
			return true
		})
	}
	for op, file := range made {
		if !used[op] {
			t.Errorf("ops.%s (%s) has no row in the cases of ops_test.go", op, file)
		}
	}
	if len(made) < 20 {
		t.Errorf("%d ops found, expected 20 or more", len(made))
	}
}

// givesNode tells whether a function gives a node of a graph.
func givesNode(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil {
		return false
	}
	star, ok := fn.Type.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Node"
}
