package vq

// What a tokenizer's values are measured by: one answer for the validation of a
// training and for reports.

import (
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

// serial is the tokenizer as one that knows values of every kind.
func (t *Tokenizer) serial() *Serial { return &Serial{Of: t.Of, Inner: t} }

// tallies are the metrics of the tokenizer's values, the first one first.
func (t *Tokenizer) tallies() (out []*metric.Tally) {
	of := metric.For(t.Of)
	if t.serial().Numbers() {
		of = []metric.Metric{metric.NumberError, metric.NumberRMSE}
	}
	for _, m := range of {
		out = append(out, m.Tally())
	}
	return out
}

// count adds a value and what was decoded of it to tallies.
func (t *Tokenizer) count(tallies []*metric.Tally, truth, back *modality.Picture) {
	for _, x := range tallies {
		if t.serial().Numbers() {
			x.Add(truth.Pix, back.Pix)
		} else {
			x.Add(truth, back)
		}
	}
}

// known puts a number among those of a point, where it is one.
func known(of map[string]float64, t *metric.Tally) {
	if v := t.Value(); v-v == 0 {
		of[t.Metric.String()] = v
	}
}
