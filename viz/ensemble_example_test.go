package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/generate"
	"fourmlab/viz"
)

// What ten generations agree on, and how far they are apart.
//
//	viz.Ensemble(m.Ensemble(s, plan, 10))
func ExampleEnsemble() {
	var all []fourm.Result
	for i := range int64(10) {
		all = append(all, generated(i))
	}
	save(viz.Ensemble(generate.Together(all)), "ensemble")
}

func TestEnsemble(t *testing.T) { golden(t, ExampleEnsemble, "ensemble") }
