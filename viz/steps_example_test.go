package viz_test

import (
	"testing"

	"fourmlab/viz"
)

// How values are decoded, step by step.
//
//	viz.Steps(m.Generate(s, plan, 0))
func ExampleSteps() {
	save(viz.Steps(generated(1)), "steps")
}

func TestSteps(t *testing.T) { golden(t, ExampleSteps, "steps") }
