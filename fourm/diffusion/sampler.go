package diffusion

// Sampling: from noise to pictures in a few steps.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Sampler says how pictures are drawn; the zero value is 4M's way, with few
// steps.
type Sampler struct {
	// Steps, from 1 to those of the schedule; 0 stands for 25, and for 8 of a flow.
	// Where they do not divide those of the schedule, trailing steps are one more.
	Steps int
	// Method is "ddim" (Song et al., arXiv 2010.02502; empty stands for it) or
	// "ddpm" (Ho et al., arXiv 2006.11239); of a flow "euler".
	Method string
	// Spacing of DDIM's steps over those of the schedule is "trailing" (from the
	// last one down; empty stands for it), "linspace" (from the last to the first)
	// or "leading" (down to the first, and not from the last). DDPM's is leading;
	// Euler's are even.
	Spacing string
	// Eta from 0 to 1 is how much of DDPM's noise a step of DDIM adds.
	Eta float64
	// Guidance w takes w times the prediction, less w - 1 times the one without
	// the condition; 0 and 1 are without guidance. The decoder must have been
	// trained with conditions left out.
	Guidance float64
	// Rescale from 0 to 1 gives guided predictions that share of the spread of
	// unguided ones (arXiv 2305.08891).
	Rescale float64
	// Seed decides the noise: the same seed gives the same pictures.
	Seed int64
	// Noise, where not nil, draws it in place of Seed: first the beginning of all
	// pictures, then what each step adds, (B, H, W, C).
	Noise func(noise []float32)
	// Watch, where not nil, is called after every step.
	Watch func(Step)
}

// Step is a step of sampling that was taken. Its pictures are (B, H, W, C) and
// not to be changed.
type Step struct {
	Index, Of int
	T         int       // of the schedule
	Predicted []float32 // the pictures that the decoder sees in the noise, cut
	Noisy     []float32 // what the next step sees; after the last, the result
}

// Timesteps gives the steps of a schedule of n that sampling takes.
func (s Sampler) Timesteps(n int) ([]int, error) {
	s = s.resolved(n)
	if s.Steps < 1 || s.Steps > n {
		return nil, fmt.Errorf("diffusion: %d steps of sampling, expected 1 to %d", s.Steps, n)
	}
	spacing, ok := map[string]string{"ddim": "trailing", "ddpm": "leading", "euler": "even"}[s.Method]
	if !ok {
		return nil, fmt.Errorf("diffusion: sampling method %q, expected ddim, ddpm or euler", s.Method)
	}
	if s.Spacing != "" && s.Method != "ddpm" {
		spacing = s.Spacing
	}
	var t []int
	every := n / s.Steps
	switch {
	case s.Method == "euler" && spacing != "even":
		return nil, fmt.Errorf("diffusion: spacing %q of Euler's steps, expected none", spacing)
	case s.Method == "euler":
		return even(s.Steps, n), nil
	}
	switch spacing {
	case "trailing":
		for k := n; k > 0; k -= every {
			t = append(t, k-1)
		}
	case "linspace":
		for i := range s.Steps {
			at := float64(n)
			if s.Steps > 1 {
				at -= float64(i) * (float64(n-1) / float64(s.Steps-1))
			}
			t = append(t, int(math.RoundToEven(at))-1)
		}
	case "leading":
		for i := s.Steps - 1; i >= 0; i-- {
			t = append(t, i*every)
		}
	default:
		return nil, fmt.Errorf("diffusion: spacing %q of sampling, expected leading, linspace or trailing", spacing)
	}
	return t, nil
}

// usual is how many steps are taken where nothing is said; of Euler a few do.
const (
	usual      = 25
	usualEuler = 8
)

// resolved fills in method and steps, of n that training had.
func (s Sampler) resolved(n int) Sampler {
	if s.Method == "" {
		s.Method = "ddim"
	}
	if s.Steps == 0 {
		s.Steps = min(usual, n)
		if s.Method == "euler" {
			s.Steps = min(usualEuler, n)
		}
	}
	return s
}

// of gives the sampler for a process, its method filled in, or says what cannot
// be.
func (s Sampler) of(p Process) (Sampler, error) {
	if p.Schedule.flows() && s.Method == "" {
		s.Method = "euler"
	}
	s = s.resolved(len(p.signal))
	if p.Schedule.flows() != (s.Method == "euler") {
		return s, fmt.Errorf("diffusion: sampling method %q of schedule %q, expected euler for a flow, ddim or ddpm for others", s.Method, p.Schedule.Name)
	}
	if p.Schedule.flows() && s.Eta != 0 {
		return s, fmt.Errorf("diffusion: eta is %g, expected 0: Euler's steps add no noise", s.Eta)
	}
	return s, s.check()
}

// check refuses numbers that cannot be.
func (s Sampler) check() error {
	for _, x := range []struct {
		name    string
		v, most float64
	}{{"eta", s.Eta, 1}, {"rescale", s.Rescale, 1}, {"guidance", s.Guidance, 1e6}} {
		if !(x.v >= 0 && x.v <= x.most) {
			return fmt.Errorf("diffusion: %s is %g, expected 0 to %g", x.name, x.v, x.most)
		}
	}
	return nil
}

// draws gives what draws noise.
func (s Sampler) draws() func([]float32) {
	if s.Noise != nil {
		return s.Noise
	}
	r := rand.New(rand.NewPCG(uint64(s.Seed), 21))
	return func(noise []float32) {
		for i := range noise {
			noise[i] = float32(r.NormFloat64())
		}
	}
}

// Sample runs the process backwards: b samples of size numbers in all, by what
// predict says of noisy pictures at a step. When ctx ends it stops with the
// error of the context.
func (s Sampler) Sample(ctx context.Context, p Process, b, size int, predict func(x []float32, t int) ([]float32, error)) ([]float32, error) {
	p, err := p.resolved()
	if err == nil {
		s, err = s.of(p)
	}
	if err != nil {
		return nil, err
	}
	if b < 1 || size < b || size%b != 0 {
		return nil, fmt.Errorf("diffusion: %d numbers of %d samples, expected as many for each", size, b)
	}
	steps, err := s.Timesteps(len(p.signal))
	if err != nil {
		return nil, err
	}
	if p.Prediction == "epsilon" && p.signal[steps[0]] == 0 && !p.Clip && !p.Threshold {
		return nil, fmt.Errorf("diffusion: nothing is left of a picture at step %d, so that its noise does not tell it: expected Clip, Threshold, leading steps, or another prediction type", steps[0])
	}
	draw := s.draws()
	x := make([]float32, size)
	draw(x)
	for i, t := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		y, err := predict(x, t)
		if err != nil {
			return nil, err
		}
		if len(y) != size {
			return nil, fmt.Errorf("diffusion: %d numbers were predicted, expected %d", len(y), size)
		}
		to := t - len(p.signal)/s.Steps
		if s.Method == "euler" {
			to = append(steps, -1)[i+1]
		}
		var x0 []float32
		x0, x = s.step(p, x, y, b, t, to, draw)
		if s.Watch != nil {
			s.Watch(Step{i, len(steps), t, x0, x})
		}
	}
	return x, nil
}

// step goes from step t of the schedule to step to, which is before the first
// where it is negative. All factors are in float32, as the official ones are.
func (s Sampler) step(p Process, x, y []float32, b, t, to int, draw func([]float32)) (x0, next []float32) {
	x0, noise := p.predicted(x, y, t)
	p.bound(x0, b)
	next = make([]float32, len(x))
	if s.Method == "euler" { // x + (t' - t) velocity, where nothing was cut
		clean, noisy := float32(1), float32(0)
		if to >= 0 {
			clean, noisy = p.signal[to], p.noise[to]
		}
		for i := range next {
			next[i] = clean*x0[i] + noisy*noise[i]
		}
		return x0, next
	}
	a, after := p.alphas[t], float32(1)
	if to >= 0 {
		after = p.alphas[to]
	}
	var spread float32 // of the noise that is added
	if s.Method == "ddpm" {
		kept := a / after
		clean, noisy := sqrt(after)*(1-kept)/(1-a), sqrt(kept)*(1-after)/(1-a)
		for i := range next {
			next[i] = clean*x0[i] + noisy*x[i]
		}
		if t > 0 {
			spread = sqrt(max((1-after)/(1-a)*(1-kept), 1e-20))
		}
	} else {
		spread = float32(s.Eta) * sqrt((1-after)/(1-a)*(1-a/after))
		clean, noisy := sqrt(after), sqrt(1-after-spread*spread)
		for i := range next {
			next[i] = clean*x0[i] + noisy*noise[i]
		}
	}
	if spread > 0 {
		draw(noise)
		for i, e := range noise {
			next[i] += spread * e
		}
	}
	return x0, next
}

// guide mixes predictions with and without the condition, of b samples.
func (s Sampler) guide(with, without []float32, b int) []float32 {
	w, each := float32(s.Guidance), len(with)/b
	out := slices.Clone(without)
	for i, v := range with {
		out[i] += w * (v - without[i])
	}
	if s.Rescale == 0 {
		return out
	}
	for i := 0; i < len(out); i += each {
		f := float32(1 - s.Rescale + s.Rescale*deviation(with[i:i+each])/deviation(out[i:i+each]))
		for k := range each {
			out[i+k] *= f
		}
	}
	return out
}

// guided tells whether predictions without the condition are asked for.
func (s Sampler) guided() bool { return s.Guidance != 0 && s.Guidance != 1 }

func deviation(x []float32) float64 {
	mean, q := 0.0, 0.0
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		q += (float64(v) - mean) * (float64(v) - mean)
	}
	return math.Sqrt(q / float64(len(x)-1))
}
