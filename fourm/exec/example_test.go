package exec_test

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/exec"
	"fourmlab/fourm/ops"
)

// The gradient of a loss, twice, with other inputs and no more memory.
func Example() {
	g := G.NewGraph()
	data := []float32{1, 2}
	x := ops.Input(g, "x", []int{1, 2}, data)
	loss := ops.MSE(x, ops.Input(g, "target", []int{1, 2}, []float32{0, 0}))
	dx, err := G.Grad(loss, x)
	if err != nil {
		panic(err)
	}
	m, err := exec.New(g, loss, dx[0])
	if err != nil {
		panic(err)
	}
	for range 2 {
		if err := m.RunAll(); err != nil {
			panic(err)
		}
		fmt.Println(m.Floats(loss)[0], m.Floats(dx[0]))
		data[1] = 4 // a graph reads its inputs where they lie
	}
	// Output:
	// 2.5 [1 2]
	// 8.5 [1 4]
}
