package vq

// The moving average of a network's numbers, which decodes better than any single
// step's (Polyak and Juditsky, 1992; model_ema of the official script).

import "slices"

// average is that of the tensors that gradients move. Codes are as they are: they
// are an average of latents already, and one that was put elsewhere a moment ago
// would lie between two places.
type average struct {
	decay float64
	names []string
	mean  [][]float32
}

// averageOf begins at the numbers as they are.
func averageOf(n *Network, decay float64) *average {
	a := &average{decay: decay}
	a.names = n.trained()
	for _, name := range a.names {
		a.mean = append(a.mean, slices.Clone(n.Params[name].Data))
	}
	return a
}

// add takes the numbers after step steps in.
func (a *average) add(n *Network, step int) {
	for i, name := range a.names {
		follow(a.mean[i], n.Params[name].Data, a.decay, step)
	}
}

// follow moves a mean towards x. The first steps count for less, or the beginning
// would be seen for long.
func follow(mean, x []float32, decay float64, step int) {
	keep := float32(min(decay, float64(1+step)/float64(10+step)))
	for k, v := range x {
		mean[k] = keep*mean[k] + (1-keep)*v
	}
}

// swap puts the average where the numbers are, and the numbers where it was.
func (a *average) swap(n *Network) {
	for i, name := range a.names {
		x := n.Params[name].Data
		for k, v := range a.mean[i] {
			a.mean[i][k], x[k] = x[k], v
		}
	}
}
