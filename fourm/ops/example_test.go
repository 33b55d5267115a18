package ops_test

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// An op of ours between two of gorgonia's own, run by gorgonia's machine.
func Example() {
	g := G.NewGraph()
	x := ops.Input(g, "x", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6})
	w := ops.Input(g, "w", []int{1, 3}, []float32{1, 1, 1})
	y := G.Must(G.Sum(ops.Linear(G.Must(G.Square(x)), w)))
	m := G.NewTapeMachine(g)
	defer m.Close()
	if err := m.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println(y.Value())
	// Output: 91
}
