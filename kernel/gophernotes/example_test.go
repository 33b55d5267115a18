package gophernotes_test

import (
	"fmt"

	"github.com/cosmos72/gomacro/imports"

	"fourmlab/kernel/gophernotes"
)

// What cells of gophernotes can import after Bind.
func ExampleBind() {
	gophernotes.Bind()
	fmt.Println(imports.Packages["fourmlab/fourm"].Binds["Tiny"].IsValid())
	// Output: true
}
