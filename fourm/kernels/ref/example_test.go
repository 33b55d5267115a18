package ref_test

import (
	"fmt"

	"fourmlab/fourm/kernels/ref"
)

func Example() {
	x := []float32{1, 2, 3, 4} // (2, 2)
	w := []float32{1, 0, 1, 1} // (2, 2)
	y := make([]float32, 4)
	ref.Gemm(false, true, 2, 2, 2, x, 2, w, 2, y, 2, false) // y = x wᵀ
	fmt.Println(y)
	// Output: [1 3 3 7]
}
