// Package optim moves parameters by their gradients: AdamW as 4M trains with
// it, the learning rates of a run by step, and gradients themselves, whole ones
// and those of the few rows of a table that a batch read (docs/4m.md, 5.1 and 5.2).
//
//	o := optim.AdamW{Decay: 0.05}
//	grads := optim.Dense([][]float32{dw, db})
//	o.Apply(params, grads, []bool{true, false}, 1e-4, optim.Norm(grads), 3)
//
// A parameter is a slice of numbers, and its gradient a Grad of the same
// length. What a step costs grows with the rows that have a gradient: the rows
// of a table that were never read only decay.
package optim
