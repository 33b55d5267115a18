package cell_test

import (
	"fmt"

	"fourmlab/kernel/session/cell"
)

func Example() {
	code := "import \"os\"\nx := 20\nfunc f() int { return x }\nf()"
	c, failure := cell.Parse(3, code, cell.Sources{3: code})
	if failure != nil {
		fmt.Println(failure)
		return
	}
	for _, p := range append(c.Decls, c.Stmts...) {
		fmt.Printf("%d:%d %s\n", p.Line, p.Col, p.Text)
	}
	status, indent := cell.Whole("for i := range 3 {")
	fmt.Printf("%s %q\n", status, indent)

	code = "y := 1 +"
	_, failure = cell.Parse(4, code, cell.Sources{4: code})
	fmt.Println(failure.Value)
	// Output:
	// 3:1 func f() int { return x }
	// 2:1 x := 20
	// 4:1 f()
	// incomplete "\t"
	// In [4]:1:9: expected operand, found the end of the cell
}
