package metric

// Directions: normals, and vectors of features.

import (
	"fmt"
	"math"

	"fourmlab/internal/fault"
)

const (
	unknownNormal = "a vector of length 0 is unknown: left out of the truth, in a prediction at 90 degrees to it"
	fouhey        = "Fouhey, Gupta, Hebert, Data-driven 3D primitives for single image understanding, 2013"
)

// MeanAngle is the mean angle between true and predicted normals. Lengths do not
// matter.
var MeanAngle = angleMetric(Metric{Name: "mean angle", Unit: "degrees", Lower: true, text: "%.1f° mean angle"}, 0,
	func(a *angles) float64 { return a.sum / a.n })

// MedianAngle is the angle that half of the known pixels do not exceed, to a
// hundredth of a degree.
var MedianAngle = angleMetric(Metric{Name: "median angle", Unit: "degrees", Lower: true, text: "%.1f° median angle"}, 0,
	func(a *angles) float64 {
		var bins [180*perDegree + 1]float64
		for i, k := range a.bin {
			bins[k] += a.count[i]
		}
		below := 0.0
		for k, c := range bins {
			switch below += c; {
			case below == a.n/2: // between two
				next := k + 1
				for bins[next] == 0 {
					next++
				}
				return float64(k+next) / 2 / perDegree
			case below > a.n/2:
				return float64(k) / perDegree
			}
		}
		return math.NaN()
	})

// AngleWithin is the share of known pixels whose normal is less than so many
// degrees off; 11.25, 22.5 and 30 are usual.
func AngleWithin(degrees float64) Metric {
	if !(degrees > 0 && degrees <= 180) {
		fault.Panic("metric.AngleWithin", "%g degrees, expected more than 0 and at most 180", degrees)
	}
	name := fmt.Sprintf("within %g°", degrees)
	return angleMetric(Metric{Name: name, text: name + ": %.3f"}, degrees, func(a *angles) float64 { return a.within / a.n })
}

const perDegree = 100 // bins of the median

// angles are those of one picture or, added up, of a set.
type angles struct {
	sum, n, within float64
	bin            []int // which bins of the median are not empty
	count          []float64
}

// angleMetric makes a number of the angles over all known pixels of a set; those
// below a limit are counted.
func angleMetric(m Metric, limit float64, last func(*angles) float64) Metric {
	m.Whole, m.Unknown, m.Source = overPixels, unknownNormal, fouhey
	op, median := "metric."+m.Name, m.Name == "median angle"
	m.measure = func(truth, guess any) part {
		a, b, ok := channels(op, 3, truth, guess)
		if !ok {
			return nil
		}
		out := &angles{}
		var bins map[int]float64
		if median {
			bins = map[int]float64{}
		}
		for i := 0; i < len(a.Pix); i += 3 {
			if v := angle(a.Pix[i:i+3], b.Pix[i:i+3]); !math.IsNaN(v) {
				out.sum, out.n = out.sum+v, out.n+1
				if v < limit {
					out.within++
				}
				if median {
					bins[int(math.Round(v*perDegree))]++
				}
			}
		}
		if out.n == 0 {
			return nil
		}
		for k, c := range bins {
			out.bin, out.count = append(out.bin, k), append(out.count, c)
		}
		return out
	}
	m.value = func(parts []part) float64 {
		var sum angles
		for _, p := range parts {
			a := p.(*angles)
			sum.sum, sum.n, sum.within = sum.sum+a.sum, sum.n+a.n, sum.within+a.within
			sum.bin, sum.count = append(sum.bin, a.bin...), append(sum.count, a.count...)
		}
		return last(&sum)
	}
	return m
}

// angle gives the angle between two vectors in degrees, NaN where the true one
// is unknown.
func angle(truth, guess []float32) float64 {
	return math.Acos(cosineAt(truth, guess)) * 180 / math.Pi
}

// Cosine is the mean over the places of a picture of features of the cosine
// between the true vector and the predicted one.
var Cosine = perSample(Metric{
	Name: "cosine similarity", text: "cosine %.2f",
	Unknown: "a vector of length 0 is unknown: left out of the truth, cosine 0 in a prediction",
	Source:  "the cosine of the angle between two vectors",
}, func(truth, guess any) float64 {
	a, b, ok := pair("metric.Cosine", truth, guess)
	if !ok {
		return math.NaN()
	}
	sum, n := 0.0, 0.0
	for i := 0; i+a.C <= len(a.Pix) && a.C > 0; i += a.C {
		if c := cosineAt(a.Pix[i:i+a.C], b.Pix[i:i+a.C]); !math.IsNaN(c) {
			sum, n = sum+c, n+1
		}
	}
	return sum / n
})

// cosineError is 1 minus the cosine.
func cosineError(truth, guess []float32) float64 { return 1 - cosineAt(truth, guess) }

// cosineAt gives the cosine between two vectors: NaN where the true one has no
// length, 0 where the predicted one has none.
func cosineAt(truth, guess []float32) float64 {
	var ab, aa, bb float64
	for i, v := range truth {
		a, b := float64(v), float64(guess[i])
		ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
	}
	switch {
	case !(aa > 0) || math.IsInf(aa, 0):
		return math.NaN()
	case !(bb > 0) || math.IsInf(bb, 0):
		return 0
	}
	return math.Min(math.Max(ab/math.Sqrt(aa*bb), -1), 1)
}

// Similarity gives the cosine between two vectors of one length, from -1 to 1;
// 0 where one of them has no length.
func Similarity(a, b []float64) float64 {
	if len(a) != len(b) {
		fault.Panic("metric.Similarity", "vectors of %d and %d numbers", len(a), len(b))
	}
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	return ab / math.Max(math.Sqrt(aa*bb), 1e-12)
}
