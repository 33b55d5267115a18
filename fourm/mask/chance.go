package mask

// Where random numbers come from: a seeded generator here, or a recording of
// somebody else's.

import (
	"math"
	"math/rand/v2"
)

// Chance gives a mask its random numbers. They are asked for in the order in
// which 4M's own code draws them, so that a recording of those plays back as
// the same masks (docs/4m.md, 3.1 to 3.3).
type Chance interface {
	// Between gives a whole number from lo to hi, both included: a number of
	// tokens, the place of a sentinel, a component of a mixture.
	Between(lo, hi int) int
	// Weighted gives an index of weights, each as likely as its share.
	Weighted(weights []float64) int
	// Uniform gives a number from 0 to 1: a keep probability.
	Uniform() float64
	// Noise fills x with uniform numbers from 0 to 1, one a token or chunk.
	Noise(x []float32)
	// Dirichlet fills p with shares that add up to 1; alpha, as long as p,
	// holds the concentrations, all above 0.
	Dirichlet(alpha []float64, p []float32)
	// Perm gives the numbers from 0 to n-1 in any order: that of chunks.
	Perm(n int) []int
}

// Seeded gives the chance of a generator: the same numbers for the same seed.
func Seeded(r *rand.Rand) Chance { return seeded{r} }

type seeded struct{ *rand.Rand }

func (s seeded) Between(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

func (s seeded) Uniform() float64 { return s.Float64() }

func (s seeded) Weighted(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	u := s.Float64() * total
	for i, w := range weights {
		if u -= w; u < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// Noise is never 0, so that a keep probability of 0 keeps nothing.
func (s seeded) Noise(x []float32) {
	unit := func(bits uint32) float32 { return float32(bits>>8+1) / (1 << 24) }
	for i := 0; i < len(x); i += 2 {
		u := s.Uint64()
		x[i] = unit(uint32(u))
		if i+1 < len(x) {
			x[i+1] = unit(uint32(u >> 32))
		}
	}
}

// Dirichlet divides gamma variables by their sum, in float64, and keeps the
// shares within the smallest normal float32 and the largest below 1, as torch
// does. Gammas of tiny shape underflow, so they are drawn as logarithms.
func (s seeded) Dirichlet(alpha []float64, p []float32) {
	var room [32]float64
	g := room[:0]
	top := math.Inf(-1)
	for _, a := range alpha {
		x := logGamma(s.Rand, a)
		g = append(g, x)
		top = max(top, x)
	}
	sum := 0.0
	for i := range g {
		g[i] = math.Exp(g[i] - top)
		sum += g[i]
	}
	for i := range p {
		p[i] = min(max(float32(g[i]/sum), 0x1p-126), 1-0x1p-24)
	}
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
