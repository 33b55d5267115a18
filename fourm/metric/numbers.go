package metric

// Numbers: scalars, lists of them, vectors and signals.

import (
	"math"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// NumberError is the mean absolute difference of numbers in the same place.
var NumberError = perSample(Metric{
	Name: "mean absolute error", text: "mean absolute error %.3g", Lower: true, Unknown: "a number that is missing is 0",
	Source: "mean |a - b|",
}, func(truth, guess any) float64 {
	sum, n := compare(truth, guess, math.Abs)
	return sum / n
})

// NumberRMSE is the root of the mean squared difference of numbers in the same
// place, of each sample by itself.
var NumberRMSE = perSample(Metric{
	Name: "RMSE", text: "RMSE %.3g", Lower: true, Unknown: "a number that is missing is 0",
	Source: "√ mean (a - b)²",
}, func(truth, guess any) float64 {
	sum, n := compare(truth, guess, func(d float64) float64 { return d * d })
	return math.Sqrt(sum / n)
})

// compare adds what f says of the differences; a truth that is not finite is left
// out.
func compare(truth, guess any, f func(d float64) float64) (sum, n float64) {
	a, b := numbersOf(truth), numbersOf(guess)
	for i, v := range a {
		g := 0.0
		if i < len(b) && !math.IsNaN(b[i]) {
			g = b[i]
		}
		if v-v == 0 {
			sum, n = sum+f(v-g), n+1
		}
	}
	return sum, n
}

// numbersOf gives the numbers of a value, none of nil.
func numbersOf(v any) []float64 {
	out, ok := modality.NumbersOf(v)
	if !ok && v != nil {
		fault.Panic("metric", "a value of type %T, expected a number or a list of numbers", v)
	}
	return out
}
