package stop_test

import (
	"fmt"
	"os"

	"fourmlab/internal/stop"
)

// A program that was asked to end ends with the status that a shell expects.
func Example() {
	fmt.Println(stop.Status(os.Interrupt))
	// Output: 130
}
