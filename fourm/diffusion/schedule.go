package diffusion

// Noise schedules: how much of a picture is left after each step. They are
// computed in float32 and in the official order of operations, for near the
// first step 1 - ᾱ is a few units in the last place.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Schedule says how noise grows over the steps of training.
type Schedule struct {
	// Name is "linear", "scaled_linear", "squaredcos_cap_v2" (the cosine of
	// Nichol and Dhariwal, arXiv 2102.09672), "sigmoid", or "shifted_cosine:S",
	// a cosine whose log signal-to-noise ratio is moved by -2 log S (Hoogeboom et
	// al., arXiv 2301.11093): less noise for S < 1. Empty is squaredcos_cap_v2.
	// "flow" is no schedule of noise that is added, but the straight way between
	// picture and noise (see Levels); in "flow:S" the ratio of noise to picture is S
	// times that of "flow" at the same step (Esser et al., arXiv 2403.03206, 5.3.2).
	Name string
	// Steps of training; 0 stands for 1000.
	Steps int
	// ZeroSNR moves the schedule so that nothing is left at the last step (Lin
	// et al., arXiv 2305.08891). The shifted cosine always ends so.
	ZeroSNR bool
}

const (
	defaultSchedule = "squaredcos_cap_v2"
	firstBeta       = 0.0001 // of the linear schedules and the sigmoid
	lastBeta        = 0.02
)

// resolved fills in what is left out.
func (s Schedule) resolved() Schedule {
	if s.Name == "" {
		s.Name = defaultSchedule
	}
	if s.Steps == 0 {
		s.Steps = 1000
	}
	return s
}

// betas of the schedules by name: the noise that a step adds.
var betas = map[string]func(n int) []float32{
	"linear": func(n int) []float32 { return linspace(firstBeta, lastBeta, n) },
	"scaled_linear": func(n int) []float32 {
		b := linspace(float32(math.Sqrt(firstBeta)), float32(math.Sqrt(lastBeta)), n)
		for i, v := range b {
			b[i] = v * v
		}
		return b
	},
	"squaredcos_cap_v2": func(n int) []float32 {
		left := func(t float64) float64 {
			c := math.Cos((t + 0.008) / 1.008 * math.Pi / 2)
			return c * c
		}
		b := make([]float32, n)
		for i := range b {
			b[i] = float32(min(1-left(float64(i+1)/float64(n))/left(float64(i)/float64(n)), 0.999))
		}
		return b
	},
	"sigmoid": func(n int) []float32 {
		b := linspace(-6, 6, n)
		for i, v := range b {
			b[i] = sigmoid(v)*float32(lastBeta-firstBeta) + firstBeta
		}
		return b
	},
}

// Alphas gives ᾱ by step, the share of the variance that is the picture's: x at
// step t is √ᾱ[t] times the picture plus √(1 - ᾱ[t]) times noise.
func (s Schedule) Alphas() ([]float32, error) {
	s = s.resolved()
	if err := s.check(); err != nil {
		return nil, err
	}
	if by, ok := strings.CutPrefix(s.Name, "shifted_cosine:"); ok {
		shift, err := strconv.ParseFloat(by, 64)
		if err != nil || !(shift > 0) || math.IsInf(shift, 0) {
			return nil, fmt.Errorf("diffusion: schedule %q, expected a positive number behind the colon", s.Name)
		}
		return shiftedCosine(s.Steps, shift), nil
	}
	make, ok := betas[s.Name]
	if !ok {
		return nil, fmt.Errorf("diffusion: schedule %q, expected linear, scaled_linear, sigmoid, squaredcos_cap_v2, shifted_cosine:S, flow or flow:S", s.Name)
	}
	b := make(s.Steps)
	if s.ZeroSNR {
		endInNoise(b)
	}
	return remaining(b), nil
}

// check refuses numbers of steps that cannot be.
func (s Schedule) check() error {
	if s.Steps < 2 || s.Steps > 1<<20 {
		return fmt.Errorf("diffusion: schedule of %d steps, expected 2 to %d", s.Steps, 1<<20)
	}
	return nil
}

// remaining gives the products of 1 - beta.
func remaining(betas []float32) []float32 {
	out, p := make([]float32, len(betas)), 1.0
	for i, b := range betas {
		p *= float64(1 - b)
		out[i] = float32(p)
	}
	return out
}

// endInNoise changes betas so that √ᾱ falls to 0 at the last step and is as it
// was at the first.
func endInNoise(betas []float32) {
	a := remaining(betas)
	for i, v := range a {
		a[i] = sqrt(v)
	}
	first, last := a[0], a[len(a)-1]
	f := first / (first - last)
	for i, v := range a {
		v = (v - last) * f
		a[i] = v * v
	}
	before := float32(1)
	for i, v := range a {
		betas[i] = 1 - v/before
		before = v
	}
}

func shiftedCosine(n int, shift float64) []float32 {
	out := linspace(0, 1, n)
	for i, t := range out {
		logSNR := -2 * (math.Log(math.Tan(math.Pi*float64(t)/2)) + math.Log(shift))
		out[i] = sigmoid(float32(max(-15, min(15, logSNR))))
	}
	out[n-1] = 0
	return out
}

// linspace gives n numbers from a to b, as PyTorch makes them: in eights, from
// either end.
func linspace(a, b float32, n int) []float32 {
	out := make([]float32, n)
	step := (b - a) / float32(n-1)
	for at := 0; at < n; at += 8 {
		from := fused(step, float32(at), a)
		if at >= n/2 {
			from = fused(-step, float32(n-at-1), b)
		}
		for i := at; i < min(at+8, n); i++ {
			out[i] = from + step*float32(i-at)
		}
	}
	return out
}

// fused is x y + z with one rounding.
func fused(x, y, z float32) float32 { return float32(float64(x)*float64(y) + float64(z)) }

func sigmoid(x float32) float32 { return 1 / (1 + float32(math.Exp(-float64(x)))) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
