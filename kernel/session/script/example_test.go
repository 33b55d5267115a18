package script_test

import (
	"fmt"

	_ "github.com/goplus/ixgo/pkg/fmt" // linked in

	"fourmlab/kernel/session/script"
)

func Example() {
	p, err := script.Check("twice.go", []byte("package main\n\nimport \"fmt\"\n\nfunc main() {\n\tdefer fmt.Println(\"end\")\n\tfmt.Println(2 * 21)\n}\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	pos, what := p.BeyondYaegi()
	fmt.Printf("line %d: %s\n", p.Position(pos).Line, what)
	if err := p.Run(nil, nil); err != nil {
		fmt.Println(err)
	}
	_, err = script.Check("wrong.go", []byte("package main\n\nfunc main() { x }\n"))
	fmt.Println(err)
	// Output:
	// line 6: defer
	// 42
	// end
	// wrong.go:3:15: undefined: x
}
