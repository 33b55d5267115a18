package cpu

// One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2).

import "math"

// adamw holds what all elements of a step share: 1 - beta1 and 1 - beta2,
// rounded once as such, for betas near 1 would lose what they say; the factors
// of both means; what decay keeps of p.
type adamw struct{ w1, w2, c1, c2, eps, keep, scale float32 }

func adamwOf(step int, lr, beta1, beta2, eps, decay, scale float64) adamw {
	return adamw{
		w1: float32(1 - beta1), w2: float32(1 - beta2), eps: float32(eps), scale: float32(scale),
		c1:   float32(lr / (1 - math.Pow(beta1, float64(step)))),
		c2:   float32(1 / math.Sqrt(1-math.Pow(beta2, float64(step)))),
		keep: float32(1 - lr*decay),
	}
}

// slice takes the step. Where g, m and v are zero, p becomes p keep and the
// others stay.
func (c adamw) slice(p, g, m, v []float32) {
	n := len(p)
	vec.adamw(p, g[:n], m[:n], v[:n], c.scale, c.w1, c.w2, c.c1, c.c2, c.eps, c.keep)
}

// AdamW moves p against its gradient g. m and v are the running means of g
// and of its square; step counts from 1; scale multiplies g first (clipping).
// It passes over memory once.
func AdamW(p, g, m, v []float32, step int, lr, beta1, beta2, eps, decay, scale float64) {
	c := adamwOf(step, lr, beta1, beta2, eps, decay, scale)
	For(len(p), 2*grain, func(lo, hi int) { c.slice(p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
}
