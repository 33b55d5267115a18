package cases_test

import (
	"fmt"

	"fourmlab/bench/cases"
)

func Example() {
	c, ok := cases.Find("train_tiny_b8")
	fmt.Println(c.Name, ok)
	_, ok = cases.Find("train_enormous")
	fmt.Println(ok)
	// Output:
	// train_tiny_b8 true
	// false
}
