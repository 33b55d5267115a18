package ablate

// The table that comes out.

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

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
	About  string // data, and how every setting was validated

	Interrupted bool  // some settings may have no value yet
	Err         error // the first failure, where the world failed

	task     string             // that was measured in place of the loss; empty: none
	domains  []string           // of the targets, in the order of the modalities
	marginal map[string]float64 // loss of predicting the tokens' own distribution
}

// columns are what stands beside the value: losses by domain, and what tokenizers
// keep.
func (a *Ablation) columns() []string {
	out := slices.Clone(a.domains)
	more := map[string]bool{}
	for _, r := range a.Rows {
		for _, by := range r.ByPart {
			for k := range by {
				if !slices.Contains(a.domains, k) {
					more[k] = true
				}
			}
		}
	}
	return append(out, slices.Sorted(maps.Keys(more))...)
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

// finished counts the seeds that have a value.
func (r Row) finished() int {
	n := 0
	for _, v := range r.Values {
		if !math.IsNaN(v) {
			n++
		}
	}
	return n
}

func (a *Ablation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s by %s\n", a.Name, a.Metric, a.Factor)
	wide := 12
	for _, r := range a.Rows {
		wide = max(wide, utf8.RuneCountInString(r.Label))
	}
	for _, r := range a.Rows {
		switch n := r.finished(); n {
		case 0:
			fmt.Fprintf(&b, "  %-*s no value yet\n", wide, r.Label)
		case 1:
			fmt.Fprintf(&b, "  %-*s %.4f  (1 seed)\n", wide, r.Label, r.Mean())
		default:
			fmt.Fprintf(&b, "  %-*s %.4f ± %.4f  (%d seeds)\n", wide, r.Label, r.Mean(), r.SD(), n)
		}
	}
	if a.Interrupted {
		b.WriteString("  (interrupted)\n")
	}
	if a.Err != nil {
		fmt.Fprintf(&b, "  (failed: %v)\n", a.Err)
	}
	return strings.TrimRight(b.String(), "\n")
}

// SimpleRender shows the bars in a notebook.
func (a *Ablation) SimpleRender() map[string]any { return show.Bundle(a) }
