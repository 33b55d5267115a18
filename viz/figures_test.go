package viz_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every figure has an example in the file beside its own, which says in its
// comment what the figure is for and how it is called, and which a test compares
// with a golden picture; every golden picture has an example.
func TestFiguresHaveExamples(t *testing.T) {
	figures, at := map[string]string{}, map[string]string{} // their files
	examples := map[string]*ast.FuncDecl{}
	golden := map[string]string{} // by example
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			switch {
			case !ok || fn.Recv != nil:
			case strings.HasPrefix(fn.Name.Name, "Example") && strings.HasSuffix(file, "_example_test.go"):
				examples[fn.Name.Name], at[fn.Name.Name] = fn, file
			case !strings.HasSuffix(file, "_test.go") && fn.Name.IsExported() && draws(fn):
				figures[fn.Name.Name] = file
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 3 {
				of, isName := call.Args[1].(*ast.Ident)
				name, isText := call.Args[2].(*ast.BasicLit)
				if fun, ok := call.Fun.(*ast.Ident); ok && fun.Name == "golden" && isName && isText {
					golden[of.Name], _ = strconv.Unquote(name.Value)
				}
			}
			return true
		})
	}
	for name, file := range figures {
		beside := strings.TrimSuffix(file, ".go") + "_example_test.go"
		if at["Example"+name] != beside {
			t.Errorf("viz.%s (%s) has no Example%s in %s", name, file, name, beside)
		}
	}
	used := map[string]bool{}
	for name, fn := range examples {
		figure, _, _ := strings.Cut(strings.TrimPrefix(name, "Example"), "_")
		if figures[figure] == "" {
			t.Errorf("%s (%s) is an example of no figure", name, at[name])
		}
		about, call, _ := strings.Cut(fn.Doc.Text(), "\n\n")
		if about == "" || !strings.Contains(call, "viz."+figure+"(") {
			t.Errorf("%s (%s): its comment is %q, expected what the figure is for and, indented, a call of viz.%s", name, at[name], fn.Doc.Text(), figure)
		}
		picture := "testdata/" + golden[name] + "_golden.png"
		if golden[name] == "" {
			t.Errorf("%s (%s): no test compares it: func Test...(t *testing.T) { golden(t, %s, ...) }", name, at[name], name)
		} else if _, err := os.Stat(picture); err != nil {
			t.Errorf("%s (%s): no %s: look at what go test ./viz -regen makes of it", name, at[name], picture)
		}
		used[picture] = true
	}
	have, err := filepath.Glob("testdata/*_golden.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, picture := range have {
		if !used[filepath.ToSlash(picture)] {
			t.Errorf("%s belongs to no example", picture)
		}
	}
	if len(figures) < 20 {
		t.Errorf("%d figures found, expected 20 or more", len(figures))
	}
}

// draws tells whether a function gives a figure.
func draws(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
		return false
	}
	switch x := fn.Type.Results.List[0].Type.(type) {
	case *ast.StarExpr:
		id, ok := x.X.(*ast.Ident)
		return ok && id.Name == "Figure"
	case *ast.Ident:
		return x.Name == "Frame"
	}
	return false
}
