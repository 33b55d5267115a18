package metric

// Classes of pixels. What a set is judged by is its confusion matrix: how many
// pixels of each true class were given each class.

import (
	"math"
	"strconv"
)

const unknownClass = "a class below 0 is unknown: left out of the truth, always wrong in a prediction; class 0 is a class as any other"

// PixelAccuracy is the share of pixels that have the right class.
var PixelAccuracy = labelMetric(Metric{Name: "pixel accuracy", text: "pixel accuracy %.2f"}, func(m confusion) float64 {
	right, n := 0.0, 0.0
	for at, c := range m {
		n += c
		if at.truth == at.guess {
			right += c
		}
	}
	return right / n
})

// MeanIoU is the mean over classes of intersection over union, both counted over
// all pixels of the set. A class that neither the truths nor the predictions have
// does not count; one that only predictions have is 0.
var MeanIoU = func() Metric {
	m := labelMetric(Metric{Name: "mean IoU", text: "mean IoU %.3f"}, func(m confusion) float64 {
		sum, by := 0.0, m.iou()
		for _, id := range sortedKeys(by) {
			sum += by[id]
		}
		return sum / float64(len(by))
	})
	m.classes = func(parts []part) map[string]float64 {
		out := map[string]float64{}
		for id, v := range added(parts).iou() {
			out[strconv.Itoa(id)] = v
		}
		return out
	}
	return m
}()

// confusion counts pixels by true and predicted class.
type confusion map[classes]float64

type classes struct{ truth, guess int }

func labelMetric(m Metric, last func(confusion) float64) Metric {
	m.Whole, m.Unknown = overPixels, unknownClass
	m.Source = "Long, Shelhamer, Darrell, Fully convolutional networks for semantic segmentation, arXiv 1411.4038"
	op := "metric." + m.Name
	m.measure = func(truth, guess any) part {
		a, b, ok := channels(op, 1, truth, guess)
		if !ok {
			return nil
		}
		out := confusion{}
		missing := asPicture(op, "prediction", guess) == nil
		for i, v := range a.Pix {
			t, g := classOf(v), classOf(b.Pix[i])
			if missing {
				g = -1
			}
			if t >= 0 {
				out[classes{t, g}]++
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	m.value = func(parts []part) float64 { return last(added(parts)) }
	return m
}

// classOf gives the class of a pixel, -1 where it is unknown.
func classOf(v float32) int {
	if !finite(v) || !(v > -0.5) {
		return -1
	}
	return int(math.Round(float64(v)))
}

func added(parts []part) confusion {
	out := confusion{}
	for _, p := range parts {
		for at, c := range p.(confusion) {
			out[at] += c
		}
	}
	return out
}

// iou gives each class that occurs its intersection over union.
func (m confusion) iou() map[int]float64 {
	both, either := map[int]float64{}, map[int]float64{}
	for at, c := range m {
		either[at.truth] += c
		if at.guess == at.truth {
			both[at.truth] += c
		} else if at.guess >= 0 {
			either[at.guess] += c
		}
	}
	for id, n := range either {
		either[id] = both[id] / n
	}
	return either
}

// classError is 0 for the right class and 1 for a wrong one.
func classError(truth, guess []float32) float64 {
	switch c := classOf(truth[0]); {
	case c < 0:
		return math.NaN()
	case c == classOf(guess[0]):
		return 0
	}
	return 1
}
