package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/ablate"
	"fourmlab/viz"
)

func ablation() *fourm.Ablation {
	return &fourm.Ablation{Name: "input alpha", Factor: "mask.in_alpha", Metric: "validation loss, nats a token", Lower: true, Rows: []ablate.Row{
		{Label: "0.1", Values: []float64{3.412, 3.431, 3.405}},
		{Label: "0.5", Values: []float64{3.361, 3.348, 3.372}},
		{Label: "1", Values: []float64{3.355, 3.341, 3.338}},
		{Label: "10", Values: []float64{3.402, 3.377, 3.389}},
	}}
}

// What a choice costs, over seeds.
//
//	viz.Bars(fourm.Ablate(base, ds, fourm.Vary("mask.in_alpha", 0.1, 0.5, 1, 10)))
func ExampleBars() {
	save(viz.Bars(ablation()), "bars")
}

func TestBars(t *testing.T) { golden(t, ExampleBars, "bars") }

// Where more is better, bars begin at 0.
//
//	viz.Bars(fourm.Ablate(base, ds, factor))
func ExampleBars_zero() {
	ab := &fourm.Ablation{Name: "given", Factor: "given", Metric: "mean intersection over union, %", Rows: []ablate.Row{
		{Label: "caption", Values: []float64{18.1, 21.4, 19.7}},
		{Label: "depth", Values: []float64{41.2, 44.9, 43.3}},
		{Label: "rgb", Values: []float64{58.7, 60.2, 57.9}},
		{Label: "rgb and depth and caption", Values: []float64{63.9, 62.2, 65.1}},
		{Label: "rgb and normal", Values: []float64{61.0}},
	}}
	save(viz.Bars(ab), "bars_zero")
}

func TestBarsZero(t *testing.T) { golden(t, ExampleBars_zero, "bars_zero") }
