package packages_test

import (
	"fmt"

	"github.com/goplus/ixgo"
	_ "github.com/goplus/ixgo/pkg/strings" // linked in

	"fourmlab/kernel/session/packages"
)

func Example() {
	ctx := ixgo.NewContext(0)
	l := packages.Use(ctx)
	defer l.Modules.Close()

	p, err := ctx.Importer.Import("strings")
	fmt.Println(p.Path(), p.Scope().Lookup("Fields").Type(), err)
	_, err = ctx.Importer.Import("example.org/shapes")
	fmt.Println(err)
	// Output:
	// strings func(string) []string <nil>
	// package example.org/shapes is not linked into this kernel
}
