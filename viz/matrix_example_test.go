package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// Scores of every task beside what one gets without looking.
//
//	viz.Matrix(m.Eval(ds, "rgb->depth", "rgb->semseg", "caption->rgb"))
func ExampleMatrix() {
	row := func(given, target, metric string, value, err, base float64, lower bool) fourm.ReportRow {
		return fourm.ReportRow{Task: given + "->" + target, Given: given, Target: target, Metric: metric, Value: value, Error: err, Baseline: base, Lower: lower}
	}
	save(viz.Matrix(&fourm.Report{Rows: []fourm.ReportRow{
		row("rgb", "depth", "RMSE, m", 0.91, 0.04, 1.9, true),
		row("rgb", "semseg", "pixel accuracy", 0.83, 0.01, 0.61, false),
		row("rgb", "caption", "word F1", 0.71, 0.02, 0.48, false),
		row("depth", "semseg", "pixel accuracy", 0.79, 0.012, 0.61, false),
		row("depth", "rgb", "PSNR, dB", 15.2, 0.3, 14.6, false),
		row("semseg", "depth", "RMSE, m", 1.12, 0.05, 1.9, true),
		row("semseg", "rgb", "PSNR, dB", 14.9, 0.3, 14.6, false),
		row("caption", "rgb", "PSNR, dB", 12.8, 0.2, 14.6, false),
		row("caption", "depth", "RMSE, m", 1.94, 0.06, 1.9, true),
		row("caption", "semseg", "pixel accuracy", 0.6, 0.015, 0.61, false),
	}}), "matrix")
}

func TestMatrix(t *testing.T) { golden(t, ExampleMatrix, "matrix") }
