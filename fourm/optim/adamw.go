package optim

import "fourmlab/fourm/kernels/cpu"

// AdamW is the optimiser over a list of parameters; the zero value of each
// field stands for 4M's (docs/4m.md, 5.1): betas 0.9 and 0.95, epsilon 1e-8.
type AdamW struct {
	Beta1, Beta2, Eps, Decay float64
	Step                     int         // steps taken
	Late                     []int       // by parameter: how many of the steps came before its first gradient; nil: none
	M, V                     [][]float32 // running means of the gradient and of its square
	seen                     [][]bool    // by table of which only rows have gradients: rows whose means may differ from zero
}

// Apply takes one step. Gradients of a norm over clip are scaled down to it
// (0 stands for no limit); decays says by parameter whether it decays. A
// parameter that has had no gradient yet is left alone: it does not decay, and
// its means and their corrections begin with its first gradient. From then on
// a step without one is a step with zeros, as in the official optimizer.
func (o *AdamW) Apply(params [][]float32, grads []Grad, decays []bool, lr, norm, clip float64) {
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
	if o.Late == nil {
		o.Late = make([]int, len(params))
	}
	o.Step++
	for i, p := range params {
		if grads[i].None && o.Late[i] == o.Step-1 {
			o.Late[i] = o.Step
			continue
		}
		step := o.Step - o.Late[i]
		decay := 0.0
		if decays[i] {
			decay = o.Decay
		}
		b1, b2, eps := or(o.Beta1, 0.9), or(o.Beta2, 0.95), or(o.Eps, 1e-8)
		if g := grads[i]; g.Rows != nil {
			d := g.width()
			cpu.AdamWRows(p, g.F, o.M[i], o.V[i], d, g.at(len(p)), o.rows(i, d), step, lr, b1, b2, eps, decay, scale)
			continue
		}
		if i < len(o.seen) {
			o.seen[i] = nil // other rows may move now
		}
		cpu.AdamW(p, grads[i].F, o.M[i], o.V[i], step, lr, b1, b2, eps, decay, scale)
	}
}

// rows tells by row of table i whether its means may differ from zero.
func (o *AdamW) rows(i, d int) []bool {
	for len(o.seen) < len(o.M) {
		o.seen = append(o.seen, nil)
	}
	if o.seen[i] == nil {
		seen := make([]bool, len(o.M[i])/d)
		for r := range seen {
			seen[r] = !zero(o.M[i][r*d:r*d+d]) || !zero(o.V[i][r*d:r*d+d])
		}
		o.seen[i] = seen
	}
	return o.seen[i]
}

func zero(x []float32) bool {
	for _, v := range x {
		if v != 0 {
			return false
		}
	}
	return true
}
