package cell

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"fourmlab/kernel/engine"
)

// A cell falls into its pieces by tokens alone, whatever is wrong with it.
func TestCut(t *testing.T) {
	for code, want := range map[string]string{
		"":                                   "",
		"a; b":                               "ILLEGAL a|ILLEGAL b",
		"x := func() int {\n\treturn 1\n}()": "ILLEGAL x := func() int {\n\treturn 1\n}()",
		"func f() {}\nfunc (t T) m() {}":     "func func f() {}|func func (t T) m() {}",
		"func() { g() }()":                   "ILLEGAL func() { g() }()",
		"for i := 0; i < 3; i++ { f(i) }":    "ILLEGAL for i := 0; i < 3; i++ { f(i) }",
		"if x := f(); x > 0 { g() }\nh()":    "ILLEGAL if x := f(); x > 0 { g() }|ILLEGAL h()",
		"type T struct{ a int }\nvar t T":    "type type T struct{ a int }|var var t T",
		"f(1,\n2)\n)\ng()":                   "ILLEGAL f(1,\n2)|ILLEGAL )|ILLEGAL g()",
		"import \"os\"; const c = `a\nb`":    "import import \"os\"|const const c = `a\nb`",
	} {
		var got []string
		for _, p := range Cut(code) {
			got = append(got, p.Tok.String()+" "+p.Text)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q falls into %q, expected %q", code, s, want)
		}
	}
}

func TestWhole(t *testing.T) {
	for code, want := range map[string]engine.Status{
		"x := 1": engine.Complete, "": engine.Complete, "f(": engine.Incomplete, "x :=": engine.Incomplete, "for {": engine.Incomplete,
		"s := `a": engine.Incomplete, "/* a": engine.Incomplete, "}": engine.Invalid, "x := := 1": engine.Invalid,
	} {
		if got, _ := Whole(code); got != want {
			t.Errorf("%q is %s, expected %s", code, got, want)
		}
	}
}

// Of what fmt's functions return only texts and bytes are worth showing.
func TestShows(t *testing.T) {
	for expr, want := range map[string]bool{
		"fmt.Print(1)": false, "fmt.Printf(``)": false, "fmt.Println()": false, "fmt.Fprint(w)": false, "fmt.Fprintf(w, ``)": false, "fmt.Fprintln(w)": false,
		"fmt.Sprint(1)": true, "fmt.Sprintf(``)": true, "fmt.Sprintln()": true, "fmt.Append(nil, 1)": true, "fmt.Errorf(``)": true, "fmt.Sscan(``)": true,
		"reprint()": true, "none()": false, "1 + 1": true, "(fmt.Println)(1)": true,
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", "package p\nimport \"fmt\"\nimport \"io\"\nvar w io.Writer\nfunc reprint() int { return 1 }\nfunc none() {}\nfunc f() {\n"+expr+"\n}", 0)
		if err != nil {
			t.Fatal(err)
		}
		info := NewInfo()
		conf := types.Config{Importer: importer.Default(), Error: func(error) {}}
		conf.Check("p", fset, []*ast.File{f}, info)
		x := f.Decls[len(f.Decls)-1].(*ast.FuncDecl).Body.List[0].(*ast.ExprStmt).X
		if got := Shows(info, x); got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

// The source of an error is the cell's, though nothing has run.
func TestErrorsHavePlaces(t *testing.T) {
	code := "x := 1\n\n\tif x {\n"
	_, failure := Parse(7, code, Sources{7: code})
	if failure == nil || !strings.HasPrefix(failure.Value, "In [7]:3:") || len(failure.Trace) < 2 || !strings.Contains(failure.Trace[1], "if x {") {
		t.Errorf("%v", fmt.Sprint(failure))
	}
}
