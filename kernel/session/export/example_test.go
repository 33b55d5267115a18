package export_test

import (
	"fmt"
	"strings"

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/export"
)

func Example() {
	p, err := export.NewProgram(session.New(), []string{
		"x := 20\nfunc twice(n int) int { return 2 * n }",
		"x := \"text\" // of another type\nfmt.Println(twice(3), x)",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("import", strings.Join(p.Imports, ", "))
	fmt.Println(p.Decls[0][0])
	fmt.Println("func main() {\n" + strings.Join(p.Body, "\n") + "\n" + p.Unuse() + "\n}")
	// Output:
	// import "fmt"
	// func twice(n int) int { return 2 * n }
	// func main() {
	// x := 20
	// x2 := "text" // of another type
	// fmt.Println(twice(3), x2)
	// _ = x
	// }
}
