package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// How the alpha of a mask shares tokens out among the modalities.
//
//	viz.MaskBudget(m.Mask(mask), 5000)
func ExampleMaskBudget() {
	mask := fourm.Mask{In: 64, InAlpha: 0.5, Inputs: []string{"rgb", "depth", "semseg", "caption"}, Seed: 5}
	save(viz.MaskBudget(mask, 5000), "mask_budget")
}

func TestMaskBudget(t *testing.T) { golden(t, ExampleMaskBudget, "mask_budget") }
