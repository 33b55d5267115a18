package diffusion

// The process that a decoder learns to run backwards: noise is added, and the
// decoder says what was there. Of a picture x₀ and noise ε a step leaves
// s x₀ + n ε; a schedule says s and n, a flow has them add up to 1.

import (
	"fmt"
	"math"
	"math/rand/v2"
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
	// is v_prediction. Of a flow it is "velocity", ε - x₀ (empty stands for it), or
	// "sample", from which the velocity follows: (xₜ - x₀)/t. A small network learns
	// that sooner, for it need not pass noise on (Li and He, arXiv 2511.13720).
	Prediction string
	// Times says at which steps training looks: "uniform" (empty stands for it) or
	// "logit_normal", most of them in the middle: the sigmoid of a normal number
	// (Esser et al., arXiv 2403.03206).
	Times string
	// Ends is the share of training that looks at the last step, where a picture
	// must come from the condition alone: there sampling begins.
	Ends float64
	// Loss of training is "mse" (empty stands for it) or "smooth_l1", which 4M
	// takes for depth and edges.
	Loss string
	// Weight p weighs the loss of a step by n to the power -p, n being its share of
	// noise, at least 1/20: 0 weighs all steps alike, 2 makes the mse of a predicted
	// picture that of a flow's velocity that follows from it.
	Weight float64
	// Clip cuts predicted pictures to [-1, 1] in sampling.
	Clip bool
	// Threshold does it picture by picture at the quantile 0.995 of their
	// magnitudes, if that is more than 1, and divides by it (Saharia et al., arXiv
	// 2205.11487); it goes before Clip. It lies at most at MaxValue; 0 stands for
	// the official 1, with which it is Clip.
	Threshold bool
	MaxValue  float64

	signal, noise []float32 // shares by step
	alphas        []float32 // ᾱ by step; nil: the process is a flow
}

const (
	defaultPrediction = "v_prediction"
	velocity          = "velocity"
)

var losses = map[string]func(a, b *G.Node) *G.Node{"mse": ops.MSE, "smooth_l1": ops.SmoothL1}

var predictions = []string{"sample", "epsilon", defaultPrediction}

// resolved fills in what is left out, and refuses what cannot be.
func (p Process) resolved() (Process, error) {
	p.Schedule = p.Schedule.resolved()
	if p.Prediction == "" {
		p.Prediction = defaultPrediction
		if p.Schedule.flows() {
			p.Prediction = velocity
		}
	}
	if p.Times == "" {
		p.Times = "uniform"
	}
	if p.MaxValue == 0 {
		p.MaxValue = 1
	}
	if p.Schedule.flows() && p.Prediction != velocity && p.Prediction != "sample" {
		return p, fmt.Errorf("diffusion: prediction type %q of a flow, expected velocity or sample", p.Prediction)
	}
	if !p.Schedule.flows() && !slices.Contains(predictions, p.Prediction) {
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
	if !(p.Ends >= 0 && p.Ends <= 1) {
		return p, fmt.Errorf("diffusion: a share of %g of training at the last step, expected 0 to 1", p.Ends)
	}
	if !(p.Weight >= 0 && p.Weight <= 4) {
		return p, fmt.Errorf("diffusion: a weight of power %g, expected 0 to 4", p.Weight)
	}
	if p.Times != "uniform" && p.Times != "logit_normal" {
		return p, fmt.Errorf("diffusion: times %q of training, expected uniform or logit_normal", p.Times)
	}
	var err error
	if p.signal, p.noise, err = p.Schedule.Levels(); err == nil && !p.Schedule.flows() {
		p.alphas, err = p.Schedule.Alphas()
	}
	return p, err
}

// Steps draws b steps for training.
func (p Process) Steps(r *rand.Rand, b int) ([]int, error) {
	p, err := p.resolved()
	if err != nil {
		return nil, err
	}
	n, out := len(p.signal), make([]int, b)
	for i := range out {
		out[i] = r.IntN(n)
		if p.Times == "logit_normal" {
			out[i] = min(int(float64(n)/(1+math.Exp(-r.NormFloat64()))), n-1)
		}
		if p.Ends > 0 && r.Float64() < p.Ends {
			out[i] = n - 1
		}
	}
	return out, nil
}

// Noisy gives what a batch x (B, ...) is at steps t (B), with noise as large as
// x: √ᾱ x + √(1-ᾱ) noise, or where a flow is.
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
		case velocity:
			return e - x
		}
		return a*e - s*x
	})
}

// NoiseOf gives the noise of noisy pictures xt at steps t of which v is
// predicted: √ᾱ v + √(1-ᾱ) xt; of a flow's velocity v it is (1-t) v + xt.
func (p Process) NoiseOf(xt, v []float32, t []int) ([]float32, error) {
	flows := p.Schedule.flows()
	return p.mix(xt, v, t, func(a, s, x, v float32) float32 {
		if flows {
			s = 1
		}
		return a*v + s*x
	})
}

// mix makes a batch of two, with the shares of picture and noise of each sample's
// step.
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
		if step < 0 || step >= len(p.signal) {
			return nil, fmt.Errorf("diffusion: step %d of sample %d, expected 0 to %d", step, b, len(p.signal)-1)
		}
		a, s := p.signal[step], p.noise[step]
		for i := b * each; i < (b+1)*each; i++ {
			out[i] = f(a, s, x[i], y[i])
		}
	}
	return out, nil
}

// leastNoise bounds the weights of losses.
const leastNoise = 0.05

// root gives the root of the weight of a step's loss.
func (p Process) root(t int) float32 {
	return float32(math.Pow(max(float64(p.noise[t]), leastNoise), -p.Weight/2))
}

// predicted gives the picture and the noise that follow from the decoder's
// output y at noisy pictures x at step t.
func (p Process) predicted(x, y []float32, t int) (x0, noise []float32) {
	x0, noise = make([]float32, len(x)), make([]float32, len(x))
	left, added := p.signal[t], p.noise[t]
	for i := range x {
		switch p.Prediction {
		case "sample":
			x0[i], noise[i] = y[i], (x[i]-left*y[i])/added
		case "epsilon":
			x0[i], noise[i] = (x[i]-added*y[i])/left, y[i]
		case velocity:
			x0[i], noise[i] = x[i]-added*y[i], x[i]+left*y[i]
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
