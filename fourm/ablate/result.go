// Package ablate trains one model a setting and compares them.
package ablate

import (
	"fmt"
	"math"
	"strings"

	"fourmlab/internal/show"
)

// Ablation is a table of runs: one row a setting, one value a seed. Rows are
// in the order in which the settings were typed.
type Ablation struct {
	Name   string
	Factor string // what was varied: "mask.in_alpha"
	Metric string // what the values are: "validation loss, nats a token"
	Lower  bool   // lower is better
	Rows   []Row
	Dir    string // where results.csv and its companions are; empty: nowhere
}

// Row is one setting's results. A value that is not there yet is NaN.
type Row struct {
	Label  string
	Seeds  []int64
	Values []float64
	ByPart []map[string]float64 // by seed: the metric by domain
}

// Mean gives the mean over the seeds that have a value.
func (r Row) Mean() float64 {
	s, n := 0.0, 0
	for _, v := range r.Values {
		if !math.IsNaN(v) {
			s, n = s+v, n+1
		}
	}
	return s / float64(n)
}

// SD gives the sample standard deviation over the seeds, 0 for fewer than two.
func (r Row) SD() float64 {
	m, s, n := r.Mean(), 0.0, 0
	for _, v := range r.Values {
		if !math.IsNaN(v) {
			s, n = s+(v-m)*(v-m), n+1
		}
	}
	if n < 2 {
		return 0
	}
	return math.Sqrt(s / float64(n-1))
}

func (a *Ablation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s by %s\n", a.Name, a.Metric, a.Factor)
	for _, r := range a.Rows {
		fmt.Fprintf(&b, "  %-12s %.4f ± %.4f  (%d seeds)\n", r.Label, r.Mean(), r.SD(), len(r.Seeds))
	}
	return b.String()
}

// SimpleRender shows the bars in a notebook.
func (a *Ablation) SimpleRender() map[string]any { return show.Bundle(a) }
