package kernels_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// without lists what package cpu exports that has no twin of its name in ref:
// other forms of kernels that have, and what is no kernel.
var without = map[string]bool{
	"AddScaled": true, "AdamWRows": true, "Exp": true, "GemmPlus": true, "GemmSerial": true, "Linear": true, "NormBackColumns": true,
	"NormBackParamColumns": true, "NormColumns": true, "Pack": true, "Scale": true, "ScatterRows": true, "Unit": true, // forms of others
	"For": true, "ISAs": true, "Peak": true, "UseISA": true, // no kernels
}

// Every kernel has a plain twin, and both stand in a table of cases.
func TestEveryKernelHasATwin(t *testing.T) {
	funcs := func(dir string) map[string]bool {
		out := map[string]bool{}
		each(t, dir, func(file string, n ast.Node) {
			fn, ok := n.(*ast.FuncDecl)
			if ok && fn.Recv == nil && fn.Name.IsExported() && !strings.HasSuffix(file, "_test.go") {
				out[fn.Name.Name] = true
			}
		})
		return out
	}
	fast, plain := funcs("cpu"), funcs("ref")
	used := map[string]bool{}
	each(t, ".", func(file string, n ast.Node) {
		if x, ok := n.(*ast.SelectorExpr); ok && strings.HasSuffix(file, "_test.go") {
			if of, ok := x.X.(*ast.Ident); ok {
				used[of.Name+"."+x.Sel.Name] = true
			}
		}
	})
	for name := range fast {
		switch {
		case without[name]:
		case !plain[name]:
			t.Errorf("cpu.%s has no twin in kernels/ref", name)
		case !used["cpu."+name] || !used["ref."+name]:
			t.Errorf("cpu.%s and ref.%s are in no table of cases (elementwise_test.go, rows_test.go ...)", name, name)
		}
	}
	for name := range plain {
		if !fast[name] {
			t.Errorf("ref.%s has no twin in kernels/cpu", name)
		}
	}
	if len(plain) < 20 {
		t.Errorf("%d kernels found in ref, expected 20 or more", len(plain))
	}
}

// each calls f for every node of every file of a folder.
func each(t *testing.T, dir string, f func(file string, n ast.Node)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			f(file, n)
			return true
		})
	}
}
