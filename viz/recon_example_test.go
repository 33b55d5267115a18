package viz_test

import (
	"testing"

	"fourmlab/viz"
)

// What the model makes of a masked sample, beside the truth.
//
//	viz.Recon(s, mk, m.Reconstruct(mk))
func ExampleRecon() {
	s := scene(1)
	save(viz.Recon(s, masked(), generated(1).Sample.With("rgb", rough(s.Picture("rgb"), 4, 0.03, 1))), "recon")
}

func TestRecon(t *testing.T) { golden(t, ExampleRecon, "recon") }

// What a model predicts from one modality, over the truth, with the number that tables have.
//
//	viz.Predict(m.Generate(s, plan, 0), s)
func ExamplePredict() {
	save(viz.Predict(generated(1), scene(1)), "predict")
}

func TestPredict(t *testing.T) { golden(t, ExamplePredict, "predict") }

// A prediction beside the truth, and where they differ.
//
//	viz.Diff(s.Picture("depth"), out.Sample.Picture("depth"), "depth")
func ExampleDiff() {
	s := scene(1)
	save(viz.Diff(s.Picture("depth"), generated(1).Sample.Picture("depth"), "depth"), "diff")
}

func TestDiff(t *testing.T) { golden(t, ExampleDiff, "diff") }
