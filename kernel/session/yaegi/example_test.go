package yaegi_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"

	"fourmlab/kernel/session/yaegi"
)

func Example() {
	for _, body := range []string{"n := 2\nfor i := 0; i < 3; i++ {\n n = n + i\n}", "defer func() {}()"} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "main.go", "package main\n\nfunc main() {\n"+body+"\n}\n", 0)
		if err != nil {
			panic(err)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{}}
		conf := types.Config{Importer: importer.Default()}
		if _, err := conf.Check("main", fset, []*ast.File{f}, info); err != nil {
			panic(err)
		}
		if pos, what := yaegi.Beyond(f, info); what != "" {
			fmt.Printf("line %d: %s\n", fset.Position(pos).Line, what)
		} else {
			fmt.Println("yaegi runs it")
		}
	}
	// Output:
	// yaegi runs it
	// line 4: defer
}
