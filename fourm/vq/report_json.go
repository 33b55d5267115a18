package vq

// A report as JSON, in which what is no number is null.

import (
	"encoding/json"
	"math"

	"fourmlab/fourm/quantize"
)

// MarshalJSON writes the report with what follows from its fields.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report
	out := struct {
		*plain
		Frechet    *float64       `json:"frechet"`
		Scores     []writtenScore `json:"scores"`
		Use        []writtenUse   `json:"use"`
		Used       *float64       `json:"codes_used"` // a share
		Dead       int            `json:"dead_codes"`
		Perplexity *float64       `json:"perplexity"`
		Carried    *float64       `json:"bits_carried"` // by a place
		Err        string         `json:"error,omitempty"`
	}{plain: (*plain)(r), Frechet: number(r.Frechet), Used: number(r.Used()), Dead: r.Dead(), Perplexity: number(r.Perplexity()), Carried: number(r.Carried())}
	for _, s := range r.Scores {
		out.Scores = append(out.Scores, writtenScore{s.Metric, s.Unit, number(s.Value), number(s.Low), number(s.High), s.Lower})
	}
	for _, u := range r.Use {
		out.Use = append(out.Use, writtenUse(u))
	}
	if r.Err != nil {
		out.Err = r.Err.Error()
	}
	return json.Marshal(out)
}

type writtenScore struct {
	Metric string   `json:"metric"`
	Unit   string   `json:"unit,omitempty"`
	Value  *float64 `json:"value"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Lower  bool     `json:"lower_is_better"`
}

type writtenUse struct {
	Tokens     int     `json:"tokens"`
	Codes      int     `json:"codes"`
	Used       int     `json:"used"`
	Dead       int     `json:"dead"`
	Bits       float64 `json:"bits"`
	Entropy    float64 `json:"entropy"`
	Perplexity float64 `json:"perplexity"`
}

var _ = quantize.Use(writtenUse{})

// number is nil for what is none.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
