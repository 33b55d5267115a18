package diffusion

// The process that a decoder learns to run backwards: noise is added, and the
// decoder says what was there.

import (
	"fmt"
	"math"
	"slices"

	G "gorgonia.org/gorgonia"

	"fourmlab/fourm/ops"
)

// Process is a noise schedule, what the decoder predicts, and what is done to
// the pictures that follow from its predictions.
type Process struct {
	Schedule Schedule
	// Prediction is "sample" (the picture x₀), "epsilon" (the noise) or
	// "v_prediction" (√ᾱ ε - √(1-ᾱ) x₀; Salimans and Ho, arXiv 2202.00512). Empty
	// is v_prediction.
	Prediction string
	// Loss of training is "mse" (empty stands for it) or "smooth_l1", which 4M
	// takes for depth and edges.
	Loss string
	// Clip cuts predicted pictures to [-1, 1] in sampling.
	Clip bool
	// Threshold does it picture by picture at the quantile 0.995 of their
	// magnitudes, if that is more than 1, and divides by it (Saharia et al., arXiv
	// 2205.11487); it goes before Clip. It lies at most at MaxValue; 0 stands for
	// the official 1, with which it is Clip.
	Threshold bool
	MaxValue  float64

	alphas []float32
}

const defaultPrediction = "v_prediction"

var losses = map[string]func(a, b *G.Node) *G.Node{"mse": ops.MSE, "smooth_l1": ops.SmoothL1}

var predictions = []string{"sample", "epsilon", defaultPrediction}

// resolved fills in what is left out, and refuses what cannot be.
func (p Process) resolved() (Process, error) {
	p.Schedule = p.Schedule.resolved()
	if p.Prediction == "" {
		p.Prediction = defaultPrediction
	}
	if p.MaxValue == 0 {
		p.MaxValue = 1
	}
	if !slices.Contains(predictions, p.Prediction) {
		return p, fmt.Errorf("diffusion: prediction type %q, expected epsilon, sample or v_prediction", p.Prediction)
	}
	if p.Loss == "" {
		p.Loss = "mse"
	}
	if losses[p.Loss] == nil {
		return p, fmt.Errorf("diffusion: loss %q, expected mse or smooth_l1", p.Loss)
	}
	if !(p.MaxValue >= 1) {
		return p, fmt.Errorf("diffusion: a threshold of at most %g, expected 1 or more", p.MaxValue)
	}
	var err error
	p.alphas, err = p.Schedule.Alphas()
	return p, err
}

// Noisy gives what a batch x (B, ...) is at steps t (B), with noise as large as
// x: √ᾱ x + √(1-ᾱ) noise.
func (p Process) Noisy(x, noise []float32, t []int) ([]float32, error) {
	return p.mix(x, noise, t, func(a, s, x, e float32) float32 { return a*x + s*e })
}

// Target gives what the decoder is to predict of a batch x with noise at steps
// t.
func (p Process) Target(x, noise []float32, t []int) ([]float32, error) {
	p, err := p.resolved()
	if err != nil {
		return nil, err
	}
	return p.mix(x, noise, t, func(a, s, x, e float32) float32 {
		switch p.Prediction {
		case "sample":
			return x
		case "epsilon":
			return e
		}
		return a*e - s*x
	})
}

// NoiseOf gives the noise of noisy pictures xt at steps t of which v is
// predicted: √ᾱ v + √(1-ᾱ) xt.
func (p Process) NoiseOf(xt, v []float32, t []int) ([]float32, error) {
	return p.mix(xt, v, t, func(a, s, x, v float32) float32 { return a*v + s*x })
}

// mix makes a batch of two, with √ᾱ and √(1-ᾱ) of each sample's step.
func (p Process) mix(x, y []float32, t []int, f func(a, s, x, y float32) float32) ([]float32, error) {
	p, err := p.resolved()
	if err != nil {
		return nil, err
	}
	if len(t) == 0 || len(x)%len(t) != 0 || len(x) != len(y) {
		return nil, fmt.Errorf("diffusion: %d and %d numbers of %d samples, expected as many for each", len(x), len(y), len(t))
	}
	out, each := make([]float32, len(x)), len(x)/len(t)
	for b, step := range t {
		if step < 0 || step >= len(p.alphas) {
			return nil, fmt.Errorf("diffusion: step %d of sample %d, expected 0 to %d", step, b, len(p.alphas)-1)
		}
		a, s := sqrt(p.alphas[step]), sqrt(1-p.alphas[step])
		for i := b * each; i < (b+1)*each; i++ {
			out[i] = f(a, s, x[i], y[i])
		}
	}
	return out, nil
}

// predicted gives the picture and the noise that follow from the decoder's
// output y at noisy pictures x and share a of the picture.
func (p Process) predicted(x, y []float32, a float32) (x0, noise []float32) {
	x0, noise = make([]float32, len(x)), make([]float32, len(x))
	left, added := sqrt(a), sqrt(1-a)
	for i := range x {
		switch p.Prediction {
		case "sample":
			x0[i], noise[i] = y[i], (x[i]-left*y[i])/added
		case "epsilon":
			x0[i], noise[i] = (x[i]-added*y[i])/left, y[i]
		default:
			x0[i], noise[i] = left*x[i]-added*y[i], left*y[i]+added*x[i]
		}
	}
	return x0, noise
}

// bound cuts predicted pictures of b samples.
func (p Process) bound(x0 []float32, b int) {
	switch {
	case p.Threshold:
		each := len(x0) / b
		for i := 0; i < len(x0); i += each {
			x := x0[i : i+each]
			s := max(1, min(quantile(x, 0.995), float32(p.MaxValue)))
			for k, v := range x {
				x[k] = max(-s, min(s, v)) / s
			}
		}
	case p.Clip:
		for i, v := range x0 {
			x0[i] = max(-1, min(1, v))
		}
	}
}

// quantile is that of magnitudes, between two of them by their distance.
func quantile(x []float32, q float64) float32 {
	m := make([]float32, len(x))
	for i, v := range x {
		m[i] = max(v, -v)
	}
	slices.Sort(m)
	at := q * float64(len(m)-1)
	lo := int(math.Floor(at))
	hi := min(lo+1, len(m)-1)
	if f := float32(at - float64(lo)); m[hi] > m[lo] {
		return m[lo] + f*(m[hi]-m[lo])
	}
	return m[lo] // both may be infinite
}
