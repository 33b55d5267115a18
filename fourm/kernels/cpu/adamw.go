package cpu

// One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2).

import "math"

// adamw holds what all elements of a step share.
type adamw struct{ b1, b2, c1, c2, eps, keep, scale float32 }

func adamwOf(step int, lr, beta1, beta2, eps, decay, scale float64) adamw {
	return adamw{
		b1: float32(beta1), b2: float32(beta2), eps: float32(eps), scale: float32(scale),
		c1:   float32(lr / (1 - math.Pow(beta1, float64(step)))),
		c2:   float32(1 / math.Sqrt(1-math.Pow(beta2, float64(step)))),
		keep: float32(1 - lr*decay),
	}
}

func (c adamw) slice(p, g, m, v []float32) {
	for i := range p {
		gi := g[i] * c.scale
		m[i] = c.b1*m[i] + (1-c.b1)*gi
		v[i] = c.b2*v[i] + (1-c.b2)*gi*gi
		p[i] = p[i]*c.keep - c.c1*m[i]/(float32(math.Sqrt(float64(v[i])))*c.c2+c.eps)
	}
}

// AdamW moves p against its gradient g. m and v are the running means of g
// and of its square; step counts from 1; scale multiplies g first (clipping).
func AdamW(p, g, m, v []float32, step int, lr, beta1, beta2, eps, decay, scale float64) {
	c := adamwOf(step, lr, beta1, beta2, eps, decay, scale)
	For(len(p), grain, func(lo, hi int) { c.slice(p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
}

// SumSquares gives the sum of the squares of x, in double precision and in an
// order that does not depend on the workers.
func SumSquares(x []float32) float64 {
	parts := make([]float64, (len(x)+grain-1)/grain)
	For(len(parts), 1, func(lo, hi int) {
		for c := lo; c < hi; c++ {
			s := 0.0
			for _, v := range x[c*grain : min(len(x), (c+1)*grain)] {
				s += float64(v) * float64(v)
			}
			parts[c] = s
		}
	})
	s := 0.0
	for _, v := range parts {
		s += v
	}
	return s
}
