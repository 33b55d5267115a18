package memory_test

import (
	"fmt"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

func Example() {
	memory.Limit(2e9) // of this process
	defer memory.Limit(0)
	refused := func() (err error) {
		defer fault.Catch(&err)
		memory.Need("fourm.New", 70.4e12, "dim %d: the model", 1<<20)
		return nil
	}()
	fmt.Println(refused != nil)
	fmt.Println(memory.Picture(1<<20, 1<<20, 4))
	// Output:
	// true
	// picture of 1048576x1048576 pixels, expected 1 to 67 million
}
