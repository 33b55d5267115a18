package exec

import (
	"math"

	"fourmlab/fourm/kernels/cpu"
)

// AdamW is the optimiser over a list of parameters; the zero value of each
// field stands for 4M's (inventory 5): betas 0.9 and 0.95, epsilon 1e-8.
type AdamW struct {
	Beta1, Beta2, Eps, Decay float64
	Step                     int         // steps taken
	M, V                     [][]float32 // running means of the gradient and of its square
}

// Norm gives the Euclidean norm of all gradients together.
func Norm(grads [][]float32) float64 {
	s := 0.0
	for _, g := range grads {
		s += cpu.SumSquares(g)
	}
	return math.Sqrt(s)
}

// Apply takes one step. Gradients of a norm over clip are scaled down to it
// (0 stands for no limit); decays says by parameter whether it decays.
func (o *AdamW) Apply(params, grads [][]float32, decays []bool, lr, norm, clip float64) {
	if o.M == nil {
		for _, p := range params {
			o.M = append(o.M, make([]float32, len(p)))
			o.V = append(o.V, make([]float32, len(p)))
		}
	}
	or := func(v, d float64) float64 {
		if v == 0 {
			return d
		}
		return v
	}
	scale := 1.0
	if clip > 0 && norm > clip {
		scale = clip / (norm + 1e-6)
	}
	o.Step++
	for i, p := range params {
		decay := 0.0
		if decays[i] {
			decay = o.Decay
		}
		cpu.AdamW(p, grads[i], o.M[i], o.V[i], o.Step, lr, or(o.Beta1, 0.9), or(o.Beta2, 0.95), or(o.Eps, 1e-8), decay, scale)
	}
}
