package parity

// Two samples of a distribution: a z-test of their means and the chi-square of
// their histograms.

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	mostZ     = 5    // standard errors between two means
	leastP    = 1e-4 // probability of a chi-square at least as large
	cellLeast = 10   // counts of both sides in a cell of a histogram; smaller ones join their neighbours
)

// maskSample is what a fixture says of the numbers that were drawn.
type maskSample struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
	Var  float64 `json:"var"`
	Zero float64 `json:"p_zero"`
	Hist []int   `json:"hist"`
}

// maskNumbers are our own, in the order in which they came.
type maskNumbers []int

func (s maskNumbers) moments() (mean, variance float64) {
	sum := 0
	for _, x := range s {
		sum += x
	}
	mean = float64(sum) / float64(len(s))
	for _, x := range s {
		variance += (float64(x) - mean) * (float64(x) - mean) / float64(len(s))
	}
	return mean, variance
}

// hist counts the numbers from each edge on to before the next.
func (s maskNumbers) hist(edges []int) []int {
	out := make([]int, max(len(edges)-1, 0))
	for _, x := range s {
		for i := range out {
			if x >= edges[i] && x < edges[i+1] {
				out[i]++
			}
		}
	}
	return out
}

// compareMean reports how many standard errors two means are apart.
func compareMean(r *Report, group, what string, own maskNumbers, mean, variance float64, n int) {
	m, v := own.moments()
	z := 0.0
	if m != mean {
		z = math.Abs(m-mean) / math.Sqrt(variance/float64(n)+v/float64(len(own)))
	}
	r.Number(group, fmt.Sprintf("%s: mean %.4g, expected %.4g", what, m, mean), z, 0, mostZ)
}

// compareHist reports the chi-square of two histograms beside its quantile.
func compareHist(r *Report, group, what string, own, want []int) {
	if len(own) != len(want) {
		r.Ints(group, what+" cells", []int{len(own)}, []int{len(want)})
		return
	}
	var a, b []float64
	x, y, n, m := 0.0, 0.0, 0.0, 0.0
	for i := range own {
		x, y = x+float64(own[i]), y+float64(want[i])
		n, m = n+float64(own[i]), m+float64(want[i])
		if min(x, y) >= cellLeast || x+y >= 4*cellLeast {
			a, b = append(a, x), append(b, y)
			x, y = 0, 0
		}
	}
	if len(a) == 0 {
		a, b = []float64{0}, []float64{0}
	}
	a[len(a)-1] += x
	b[len(b)-1] += y
	chi := 0.0
	for i := range a {
		if a[i]+b[i] > 0 {
			d := a[i]*math.Sqrt(m/n) - b[i]*math.Sqrt(n/m)
			chi += d * d / (a[i] + b[i])
		}
	}
	free := float64(len(a) - 1)
	if free == 0 { // one cell holds all on both sides
		r.Number(group, what, chi, 0, 0)
		return
	}
	r.Number(group, fmt.Sprintf("%s: chi-square with %g degrees of freedom", what, free), chi, 0, distuv.ChiSquared{K: free}.Quantile(1-leastP))
}

// compare compares a sample with the official one.
func (w maskSample) compare(r *Report, group, what string, own maskNumbers, edges []int) {
	compareMean(r, group+": means", what, own, w.Mean, w.Var, w.N)
	zero := make(maskNumbers, len(own))
	for i, x := range own {
		if x == 0 {
			zero[i] = 1
		}
	}
	compareMean(r, group+": zeros", what, zero, w.Zero, w.Zero*(1-w.Zero), w.N)
	compareHist(r, group+": histograms", what, own.hist(edges), w.Hist)
}
