package npy_test

import (
	"fmt"

	"fourmlab/datasets/npy"
)

func Example() {
	file := npy.Table(2, 3, []int{1, 2, 3, 4, 5, 6}) // as numpy.save would write it
	a, err := npy.Parse(file)
	if err != nil {
		panic(err)
	}
	fmt.Println(a.Shape, a.Type, a.Floats())
	// Output: [2 3] i2 [1 2 3 4 5 6]
}
