package generate

// Schedules: how many tokens a step decides and at what temperature
// (docs/4m.md, 6.2).

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// CosineTokens gives the number of tokens of each of steps so that total are
// decided: few at first, most in the middle. Steps beyond total, and those
// that would decide nothing, are left out.
func CosineTokens(steps, total int) []int {
	var out []int
	left := total
	for _, n := range OfficialCosine(min(steps, total), total) {
		n = min(n, left)
		left -= n
		if n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// OfficialCosine is the official schedule number by number: it may have steps
// of no token, and a last one below 0 that makes up for what was rounded up.
func OfficialCosine(steps, total int) []int {
	schedule("generate.OfficialCosine", steps, total)
	share := func(i int) float64 { return 0.5 * (1 + math.Cos(math.Pi*float64(i)/float64(steps))) }
	out := make([]int, steps)
	left := total
	for i := range out {
		out[i] = int(math.RoundToEven(float64(total) * (share(i) - share(i+1))))
		if i == steps-1 {
			out[i] = left
		}
		left -= out[i]
	}
	return out
}

// schedule refuses what is no schedule, or one that the memory cannot hold.
func schedule(op string, steps, total int) {
	if steps < 0 || total < 0 {
		fault.Panic(op, "%d steps for %d tokens, expected 0 or more of each", steps, total)
	}
	memory.Need(op, 8*float64(steps), "a schedule of %d steps", steps)
}

// LinearTokens gives nearly equal numbers of tokens, the larger ones first.
func LinearTokens(steps, total int) []int {
	steps = min(steps, total)
	schedule("generate.LinearTokens", steps, total)
	out := make([]int, steps)
	for i := range out {
		out[i] = total / steps
		if i < total%steps {
			out[i]++
		}
	}
	return out
}

// paces are schedules as functions: the share of the tokens that is decided once a
// share of the steps is done (Chang et al., arXiv 2202.04200, 3.3; arccos as
// Besnier et al. have it, 2503.17076). They rise from 0 to 1.
var paces = map[string]func(r float64) float64{
	"arccos":   func(r float64) float64 { return 1 - math.Acos(r)/(math.Pi/2) },
	"square":   func(r float64) float64 { return r * r },
	"constant": func(r float64) float64 { return r },
}

// PacedTokens gives the numbers of tokens of a schedule that a function says: the
// share that is decided once a share of the steps is done. After step i, counted from
// 0, so many tokens are decided, rounded down, but at least i+1; after the last one
// all. Steps that would decide nothing are left out.
func PacedTokens(pace func(r float64) float64, steps, total int) []int {
	const op = "generate.PacedTokens"
	steps = min(steps, total)
	schedule(op, steps, total)
	var out []int
	done := 0
	for i := range steps {
		r := float64(i+1) / float64(steps)
		share := pace(r)
		if !(share >= 0 && share <= 1+1e-9) {
			fault.Panic(op, "a schedule that has decided the share %g after %.3g of its steps, expected 0 to 1", share, r)
		}
		now := min(max(int(float64(total)*share+1e-9), i+1), total-(steps-1-i))
		if i == steps-1 {
			now = total
		}
		if now > done {
			out, done = append(out, now-done), now
		}
	}
	return out
}

// Continue gives what is left of a schedule when done tokens are decided
// already.
func Continue(tokens []int, done int) []int {
	var out []int
	for _, n := range tokens {
		cut := min(n, done)
		done -= cut
		if n > cut {
			out = append(out, n-cut)
		}
	}
	return out
}

// coldest is the lowest temperature of a schedule that falls.
const coldest = 1e-9

// LinearTemps lets the temperature fall from t in proportion to what is still
// to be decided; the first step has t itself.
func LinearTemps(t float64, tokens []int) []float64 {
	total, done := sum(tokens), 0
	out := make([]float64, len(tokens))
	for i, n := range tokens {
		out[i] = math.Max(t*float64(total-done)/float64(total), coldest)
		done += n
	}
	return out
}

// FallingTemps lets the temperature fall from high to low, which the last step
// has, in proportion to what has been decided after the step.
func FallingTemps(high, low float64, tokens []int) []float64 {
	total, done := sum(tokens), 0
	out := make([]float64, len(tokens))
	for i, n := range tokens {
		done += n
		out[i] = high - (high-low)*float64(done)/float64(total)
	}
	return out
}

// OneX lets the temperature fall from high to low as x^-power, over 1 to 100
// cut into as many points as there are tokens, of which it takes the first
// ones, one a step, times the share that is still to be decided. Steps beyond
// the number of tokens have none.
func OneX(high, low, power float64, tokens []int) []float64 {
	total, done := sum(tokens), 0
	at := func(i int) float64 {
		if total < 2 {
			return 1
		}
		return math.Pow(1+99*float64(i)/float64(total-1), -power)
	}
	end := at(total - 1)
	out := make([]float64, min(len(tokens), total))
	for i, n := range tokens[:len(out)] {
		done += n
		u := 0.0 // a single point is its own smallest
		if total > 1 {
			u = (at(i) - end) / (1 - end)
		}
		out[i] = math.Max(low+(high-low)*(1-float64(done)/float64(total))*u, coldest)
	}
	return out
}

func sum(x []int) int {
	s := 0
	for _, v := range x {
		s += v
	}
	return s
}

// temperatures gives those of a schedule by name: "linear" (or ""), "constant",
// or "onex:LOW:POWER".
func temperatures(name string, t float64, tokens []int) ([]float64, error) {
	switch {
	case name == "" || name == "linear":
		return LinearTemps(t, tokens), nil
	case name == "constant":
		out := make([]float64, len(tokens))
		for i := range out {
			out[i] = t
		}
		return out, nil
	}
	if f := strings.Split(name, ":"); len(f) == 3 && f[0] == "onex" {
		low, err1 := strconv.ParseFloat(f[1], 64)
		power, err2 := strconv.ParseFloat(f[2], 64)
		if err1 == nil && err2 == nil && low >= 0 && power > 0 {
			return OneX(t, low, power, tokens), nil
		}
	}
	return nil, fmt.Errorf("temperature schedule %q, expected linear, constant or onex:LOW:POWER", name)
}

// tokens gives the numbers of a schedule, by a person's own function or by name; ""
// stands for what suits the scheme.
func (s Stage) tokens(total int, compat bool) ([]int, error) {
	if s.Pace != nil {
		return PacedTokens(s.Pace, s.Steps, total), nil
	}
	name := s.Schedule
	if name == "" {
		name = suits(s.Scheme)
	}
	if pace := paces[name]; pace != nil {
		return PacedTokens(pace, s.Steps, total), nil
	}
	switch {
	case name == "linear":
		return LinearTokens(s.Steps, total), nil
	case name == "cosine":
		if compat {
			return OfficialCosine(s.Steps, total), nil
		}
		return CosineTokens(s.Steps, total), nil
	}
	return nil, fmt.Errorf("token schedule %q, expected cosine, linear, %s", name, strings.Join(slices.Sorted(maps.Keys(paces)), ", "))
}

// argsort gives the places of x from the smallest to the largest.
func argsort(x []float32) []int {
	at := make([]int, len(x))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return x[at[i]] < x[at[j]] })
	return at
}
