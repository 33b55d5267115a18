package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// The best of many by a score.
//
//	viz.Found(m.Best(s, plan, 32, score))
func ExampleFound() {
	f := fourm.Found{Tried: 32}
	for i := range int64(4) {
		f.Results, f.Scores = append(f.Results, generated(i)), append(f.Scores, 1-0.21*float64(i))
	}
	save(viz.Found(f), "found")
}

func TestFound(t *testing.T) { golden(t, ExampleFound, "found") }
