package generate

import (
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/internal/show"
)

// Result is what a plan made of a sample: the given modalities and the
// generated ones together, and every step on the way.
type Result struct {
	Plan      Plan
	Given     []string        // modalities that conditioned the first stage
	Generated []string        // modalities in the order they were made
	Sample    modality.Sample // given and generated; generated ones have Toks, too
	Trace     []Step
}

// Step is one decoding step of one stage.
type Step struct {
	Stage      int             // from 0
	Target     string          // modality
	Index, Of  int             // step of the stage from 0, steps of the stage
	Tokens     modality.Tokens // after the step; -1 = still masked
	New        []bool          // fixed in this step, by position
	Confidence []float32       // probability of each fixed token when it was chosen, 0 elsewhere
	Value      any             // what the tokens decode to so far; nil for all but image modalities
}

func (r Result) String() string {
	var w []string
	for _, n := range r.Generated {
		m, _ := modality.Find(n)
		if m.Kind == modality.Sequence {
			w = append(w, fmt.Sprintf("%s %q", n, r.Sample.Text(n)))
		} else {
			w = append(w, n)
		}
	}
	return fmt.Sprintf("%v of sample %s: %s", r.Plan, r.Sample.Key, strings.Join(w, ", "))
}

// SimpleRender shows condition and results in a notebook.
func (r Result) SimpleRender() map[string]any { return show.Bundle(r) }
