package bare_test

import . "fourmlab/kernel/display/bare"

func ExampleDisplay() {
	Display("a result")
	// Output: a result
}
