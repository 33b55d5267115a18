package viz_test

import (
	"testing"

	"fourmlab/viz"
)

func ExampleCurves() {
	save(viz.Curves(training("a", 1, 1)), "curves")
}

func TestCurves(t *testing.T) { golden(t, ExampleCurves, "curves") }

func ExampleCurves_several() {
	save(viz.Curves(training("alpha 0.1", 0.6, 1), training("alpha 0.5", 1, 2), training("alpha 1", 1.6, 3)), "curves_several")
}

func TestCurvesSeveral(t *testing.T) { golden(t, ExampleCurves_several, "curves_several") }
