package mask

// Dirichlet budgets (inventory 3.1).

import (
	"math"
	"math/rand/v2"
)

// budgets shares n tokens among len(alpha) domains: a Dirichlet draw times n,
// rounded down; what is left goes one by one to the largest of a fresh draw;
// then each is cut to its limit, and what is cut is lost, as in 4M.
func budgets(r *rand.Rand, n int, alpha []float64, limit []int) []int {
	p := dirichlet(r, alpha)
	out := make([]int, len(alpha))
	left := n
	for i := range out {
		out[i] = int(p[i] * float64(n))
		left -= out[i]
	}
	for range left {
		q := dirichlet(r, alpha)
		best := 0
		for i := range q {
			if q[i] > q[best] {
				best = i
			}
		}
		out[best]++
	}
	for i := range out {
		out[i] = max(min(out[i], limit[i]), 0)
	}
	return out
}

// dirichlet draws from the Dirichlet distribution; an alpha of 0 counts as
// 1e-9, so that domain practically never gets a share. Gammas of tiny shape
// underflow, so they are drawn as logarithms.
func dirichlet(r *rand.Rand, alpha []float64) []float64 {
	p := make([]float64, len(alpha))
	top := math.Inf(-1)
	for i, a := range alpha {
		p[i] = logGamma(r, math.Max(a, 1e-9))
		top = math.Max(top, p[i])
	}
	sum := 0.0
	for i := range p {
		p[i] = math.Exp(p[i] - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// logGamma draws the logarithm of a gamma variable of shape a by Marsaglia
// and Tsang (ACM TOMS 26, 2000), with the boost u^(1/a) for a < 1.
func logGamma(r *rand.Rand, a float64) float64 {
	if a < 1 {
		return logGamma(r, a+1) + math.Log(1-r.Float64())/a
	}
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return math.Log(d * v)
		}
	}
}
