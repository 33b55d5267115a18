// Package ops holds 4M's operations as gorgonia ops with symbolic gradients,
// one file each: the shape rule, forward, and backward side by side.
//
// They are coarse (attention, a norm, a loss over a whole vocabulary), so a
// training step is a few hundred nodes, and they mix freely with gorgonia's
// own in one graph, which any gorgonia.VM runs:
//
//	g := gorgonia.NewGraph()
//	x := ops.Input(g, "x", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6})
//	w := ops.Input(g, "w", []int{1, 3}, []float32{1, 1, 1})
//	y := ops.Linear(x, w) // (2, 1)
//
// Shapes that do not fit panic with a one-line *fault.Error when the graph is
// built; nothing is checked again when it runs.
package ops
