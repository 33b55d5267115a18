package metric

// Depth in metres.

import (
	"fmt"
	"math"

	"fourmlab/internal/fault"
)

const unknownDepth = "0 m is unknown: left out of the truth, in a prediction taken as 0 m"

const eigen = "Eigen, Puhrsch, Fergus, Depth map prediction from a single image, arXiv 1406.2283; of each picture, then averaged"

// RMSE is the root of the mean squared difference of depths, over a picture's
// known pixels.
var RMSE = depthMetric(Metric{Name: "RMSE", Unit: "m", Lower: true, text: "RMSE %.3g m", Source: eigen},
	func(d, p float64) float64 { return (d - p) * (d - p) }, math.Sqrt)

// AbsRel is the mean of the absolute difference as a share of the true depth.
var AbsRel = depthMetric(Metric{Name: "AbsRel", Lower: true, text: "AbsRel %.3f", Source: eigen},
	func(d, p float64) float64 { return math.Abs(d-p) / d }, same)

// Delta is the share of pixels whose depth is wrong by a factor of less than
// 1.25^k; k is 1, 2 or 3.
func Delta(k int) Metric {
	if k < 1 || k > 3 {
		fault.Panic("metric.Delta", "a power of %d, expected 1, 2 or 3", k)
	}
	name := "δ<1.25"
	if k > 1 {
		name += [...]string{"²", "³"}[k-2]
	}
	limit := math.Pow(1.25, float64(k))
	return depthMetric(Metric{Name: name, text: name + ": %.3f", Source: eigen}, func(d, p float64) float64 {
		if math.Max(d/p, p/d) < limit {
			return 1
		}
		return 0
	}, same)
}

func same(x float64) float64 { return x }

// depthMetric is the mean of an error over a picture's known pixels.
func depthMetric(m Metric, err func(truth, guess float64) float64, last func(mean float64) float64) Metric {
	m.Unknown = unknownDepth
	op := fmt.Sprintf("metric.%s", m.Name)
	return perSample(m, func(truth, guess any) float64 {
		a, b, ok := channels(op, 1, truth, guess)
		if !ok {
			return math.NaN()
		}
		sum, n := 0.0, 0.0
		for i, v := range a.Pix {
			if d, p, ok := depths(v, b.Pix[i]); ok {
				sum, n = sum+err(d, p), n+1
			}
		}
		return last(sum / n) // 0/0 is NaN
	})
}

// depths gives a known depth and what was predicted for it.
func depths(truth, guess float32) (d, p float64, ok bool) {
	if !finite(truth) || !(truth > 0) {
		return 0, 0, false
	}
	return float64(truth), math.Max(float64(known(guess)), 0), true
}

// depthError is the absolute difference in metres.
func depthError(truth, guess []float32) float64 {
	if d, p, ok := depths(truth[0], guess[0]); ok {
		return math.Abs(d - p)
	}
	return math.NaN()
}
