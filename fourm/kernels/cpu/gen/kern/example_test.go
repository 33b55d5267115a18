package kern_test

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu/gen/kern"
)

// Tiles of a product are one description for every instruction set.
func Example() {
	for _, isa := range []kern.ISA{kern.AVX2, kern.AVX512} {
		fmt.Println(isa.Name, isa.Rows, isa.Cols(), kern.Tiles(isa, isa.Rows).Name)
	}
	// Output:
	// 256 6 16 tiles256_6
	// 512 12 32 tiles512_12
}
