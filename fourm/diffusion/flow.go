package diffusion

// Rectified flow (Liu et al., arXiv 2209.03003; Lipman et al., 2210.02747): the
// straight way from a picture to noise, along which a decoder predicts the
// velocity. It bends little, so that a few steps of Euler go back on it.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// flows tells whether the schedule is the straight way.
func (s Schedule) flows() bool { return s.Name == "flow" || strings.HasPrefix(s.Name, "flow:") }

// shift gives S of "flow:S".
func (s Schedule) shift() (float64, error) {
	by, ok := strings.CutPrefix(s.Name, "flow:")
	if !ok {
		return 1, nil
	}
	shift, err := strconv.ParseFloat(by, 64)
	if err != nil || !(shift > 0) || math.IsInf(shift, 0) {
		return 0, fmt.Errorf("diffusion: schedule %q, expected a positive number behind the colon", s.Name)
	}
	return shift, nil
}

// Levels gives the shares of picture and noise by step: √ᾱ and √(1-ᾱ) of a
// schedule. Those of a flow add up to 1: at step k of n a picture is 1 - t of
// itself and t of noise, t = (k+1)/n, or S u/(1 + (S-1) u) of such a u.
func (s Schedule) Levels() (signal, noise []float32, err error) {
	s = s.resolved()
	if !s.flows() {
		a, err := s.Alphas()
		signal, noise = make([]float32, len(a)), make([]float32, len(a))
		for i, v := range a {
			signal[i], noise[i] = sqrt(v), sqrt(1-v)
		}
		return signal, noise, err
	}
	if err := s.check(); err != nil {
		return nil, nil, err
	}
	shift, err := s.shift()
	if err != nil {
		return nil, nil, err
	}
	signal, noise = make([]float32, s.Steps), make([]float32, s.Steps)
	for k := range signal {
		t := float64(k+1) / float64(s.Steps)
		t = shift * t / (1 + (shift-1)*t)
		signal[k], noise[k] = float32(1-t), float32(t)
	}
	return signal, noise, nil
}

// even gives so many of n steps, from the last one down, as far from each other
// as can be.
func even(steps, n int) []int {
	out := make([]int, steps)
	for i := range out {
		out[i] = int(math.Round(float64(n)*float64(steps-i)/float64(steps))) - 1
	}
	return out
}
