package cpu_test

import (
	"fmt"

	"fourmlab/fourm/kernels/cpu"
)

// One query attends to two keys, and a second one to the last of them alone.
func Example() {
	s := cpu.Heads{B: 1, Tq: 2, Tk: 2, H: 1, D: 2, QStride: 2, KStride: 2, VStride: 2}
	q := []float32{1, 0, 1, 0}
	k := []float32{0, 1, 0, 1} // both as far from either query
	v := []float32{2, 4, 6, 8}
	out := make([]float32, 4)
	span := []int32{0, 2, 0, 0, 1, 2, 0, 0} // by query: from, to, and a hole
	cpu.Attend(out, q, k, v, s, span)
	fmt.Println(out)
	// Output: [4 6 6 8]
}
