package metric

// How sure a set's number is: what it would have been with other samples of the
// same kind.

import (
	"math"
	"math/rand/v2"
	"slices"

	"fourmlab/internal/fault"
)

const resamples = 1000

// Interval gives the bootstrap interval of the value (Efron, Bootstrap methods:
// another look at the jackknife, 1979): between which two numbers the middle
// share, as 0.95, of 1,000 sets lies that are drawn from the samples with
// replacement. The same seed gives the same interval. Both are NaN with fewer than
// two samples.
func (t *Tally) Interval(share float64, seed uint64) (low, high float64) {
	if !(share > 0 && share < 1) {
		fault.Panic("metric.Interval", "a share of %g, expected one between 0 and 1", share)
	}
	n := len(t.parts)
	if n < 2 {
		return math.NaN(), math.NaN()
	}
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	var values []float64
	drawn := make([]part, n)
	for range resamples {
		for i := range drawn {
			drawn[i] = t.parts[r.IntN(n)]
		}
		if v := t.Metric.value(drawn); !math.IsNaN(v) { // as of draws without any truth
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return quantile(values, (1-share)/2), quantile(values, (1+share)/2)
}

// quantile lies between the two nearest of sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	x := q * float64(len(sorted)-1)
	i := min(int(x), len(sorted)-1)
	a, b := sorted[i], sorted[min(i+1, len(sorted)-1)]
	if a == b { // also where both are infinite
		return a
	}
	return a + (x-float64(i))*(b-a)
}

// Error gives the standard error of the value by the jackknife: from what it is
// without each sample in turn, or, in a large set, without each of 200 groups. For
// the mean of the samples' numbers that is the standard error of the mean. It is 0
// with fewer than two samples.
func (t *Tally) Error() float64 {
	n := len(t.parts)
	groups := min(n, 200)
	if groups < 2 {
		return 0
	}
	without := make([]float64, 0, groups)
	rest := make([]part, 0, n)
	for g := range groups {
		from, to := g*n/groups, (g+1)*n/groups
		rest = append(append(rest[:0], t.parts[:from]...), t.parts[to:]...)
		if v := t.Metric.value(rest); !math.IsNaN(v) {
			without = append(without, v)
		}
	}
	mean, sum := 0.0, 0.0
	for _, v := range without {
		mean += v / float64(len(without))
	}
	for _, v := range without {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum * float64(groups-1) / float64(groups))
}
