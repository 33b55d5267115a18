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

	Interrupted bool  // a person stopped it: later targets are missing
	Err         error // why targets are missing, where the world failed
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
	return fmt.Sprintf("%v of sample %s: %s", r.Plan, r.Sample.Key, strings.Join(w, ", ")) + ended(r.Interrupted, r.Err)
}

// ended says in words why a value is not finished.
func ended(interrupted bool, err error) string {
	switch {
	case err != nil:
		return fmt.Sprintf("  (stopped: %v)", err)
	case interrupted:
		return "  (interrupted)"
	}
	return ""
}

// SimpleRender shows condition and results in a notebook.
func (r Result) SimpleRender() map[string]any { return show.Bundle(r) }
