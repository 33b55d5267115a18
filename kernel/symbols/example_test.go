package symbols_test

import (
	"fmt"

	"fourmlab/kernel/symbols"
)

// What a script can import of the lab, by path and name.
func Example() {
	names := symbols.Symbols["fourmlab/fourm/fourm"]
	fmt.Println(names["Tiny"].IsValid(), names["tiny"].IsValid())
	// Output: true false
}
