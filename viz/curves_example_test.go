package viz_test

import (
	"testing"

	"fourmlab/viz"
)

// The losses of a training, together and by modality.
//
//	viz.Curves(run)
func ExampleCurves() {
	save(viz.Curves(training("a", 1, 1)), "curves")
}

func TestCurves(t *testing.T) { golden(t, ExampleCurves, "curves") }

// Runs beside each other.
//
//	viz.Curves(run, other, third)
func ExampleCurves_several() {
	save(viz.Curves(training("alpha 0.1", 0.6, 1), training("alpha 0.5", 1, 2), training("alpha 1", 1.6, 3)), "curves_several")
}

func TestCurvesSeveral(t *testing.T) { golden(t, ExampleCurves_several, "curves_several") }
