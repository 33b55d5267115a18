package metric

// A metric, and what it has seen of a set.

import (
	"fmt"
	"math"

	"fourmlab/internal/fault"
)

// Metric is one measure. Those that there are stand in this package by name;
// For gives those that fit a modality. The zero Metric measures nothing.
type Metric struct {
	Name    string // "RMSE"
	Unit    string // "m", "dB", "degrees"; "" for shares and the like
	Lower   bool   // lower is better
	Whole   string // what the number of a set is
	Unknown string // what unknown and missing values mean
	Source  string // where it is defined

	text    string // how a value is written, a format of one number
	measure func(truth, guess any) part
	value   func(parts []part) float64
	classes func(parts []part) map[string]float64
}

// part is what one sample adds to a tally; nil where its truth is unknown.
type part any

// String gives the name with its unit: "RMSE, m".
func (m Metric) String() string {
	if m.Unit == "" {
		return m.Name
	}
	return m.Name + ", " + m.Unit
}

// Text writes a value as it stands under a picture: "RMSE 0.7 m". NaN is
// "nothing known".
func (m Metric) Text(value float64) string {
	if math.IsNaN(value) {
		return "nothing known"
	}
	return fmt.Sprintf(m.text, value)
}

// Better tells whether a is a better value than b.
func (m Metric) Better(a, b float64) bool { return m.Lower == (a < b) && a != b }

// Sample gives the number of one prediction, NaN where its truth is unknown or
// one sample has none (Fréchet distance, KID). Values that the metric is not for,
// and pictures of different shapes, are a panic with a *fault.Error.
func (m Metric) Sample(truth, guess any) float64 {
	t := m.Tally()
	t.Add(truth, guess)
	return t.Value()
}

// Tally gives an empty tally of the metric.
func (m Metric) Tally() *Tally {
	if m.measure == nil {
		fault.Panic("metric.Tally", "a metric without a name, expected one of this package, as metric.RMSE")
	}
	return &Tally{Metric: m}
}

// Tally is what a metric has seen of a set. Metric.Tally makes one.
type Tally struct {
	Metric Metric
	parts  []part
}

// Add adds a prediction and its truth. See Sample for what is refused.
func (t *Tally) Add(truth, guess any) {
	if p := t.Metric.measure(truth, guess); p != nil {
		t.parts = append(t.parts, p)
	}
}

// Join adds what another tally of the same metric has seen.
func (t *Tally) Join(other *Tally) {
	if other.Metric.Name != t.Metric.Name {
		fault.Panic("metric.Join", "a tally of %s, expected one of %s", other.Metric.Name, t.Metric.Name)
	}
	t.parts = append(t.parts, other.parts...)
}

// Samples counts the samples with a known truth.
func (t *Tally) Samples() int { return len(t.parts) }

// Value gives the number of all that was added, NaN where nothing is known.
func (t *Tally) Value() float64 {
	if len(t.parts) == 0 {
		return math.NaN()
	}
	return t.Metric.value(t.parts)
}

// ByClass gives the number of each class that mean IoU and AP average over: of
// classes by their id ("3"), of boxes by their name. It is nil for other
// metrics.
func (t *Tally) ByClass() map[string]float64 {
	if t.Metric.classes == nil {
		return nil
	}
	return t.Metric.classes(t.parts)
}

// String gives the value in words: "RMSE 0.7 m".
func (t *Tally) String() string { return t.Metric.Text(t.Value()) }

// perSample is a metric whose number of a set is the mean of the samples'.
// score gives NaN where the truth is unknown.
func perSample(m Metric, score func(truth, guess any) float64) Metric {
	m.Whole = "mean of the samples' numbers"
	m.measure = func(truth, guess any) part {
		if v := score(truth, guess); !math.IsNaN(v) {
			return v
		}
		return nil
	}
	m.value = func(parts []part) float64 {
		sum := 0.0
		for _, p := range parts {
			sum += p.(float64)
		}
		return sum / float64(len(parts))
	}
	return m
}
