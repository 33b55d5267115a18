package generate

// Schedules: how many tokens a step decides and at what temperature
// (inventory 6.2).

import "math"

// CosineTokens gives the number of tokens of each of steps so that total are
// decided: few at first, most in the middle. Steps beyond total are dropped.
func CosineTokens(steps, total int) []int {
	steps = min(steps, total)
	share := func(i int) float64 { return 0.5 * (1 + math.Cos(math.Pi*float64(i)/float64(steps))) }
	var out []int
	left := total
	for i := range steps {
		n := int(math.RoundToEven(float64(total) * (share(i) - share(i+1))))
		if i == steps-1 {
			n = left
		}
		n = min(n, left)
		left -= n
		if n > 0 {
			out = append(out, n)
		}
	}
	return out
}

// LinearTokens gives nearly equal numbers of tokens, the larger ones first.
func LinearTokens(steps, total int) []int {
	steps = min(steps, total)
	out := make([]int, steps)
	for i := range out {
		out[i] = total / steps
		if i < total%steps {
			out[i]++
		}
	}
	return out
}

// LinearTemps lets the temperature fall from t in proportion to what is still
// to be decided; the first step has t itself.
func LinearTemps(t float64, tokens []int) []float64 {
	total, done := 0, 0
	for _, n := range tokens {
		total += n
	}
	out := make([]float64, len(tokens))
	for i, n := range tokens {
		out[i] = math.Max(t*float64(total-done)/float64(total), 1e-9)
		done += n
	}
	return out
}
