package metric_test

import (
	"fmt"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

func Example() {
	truth := &modality.Picture{H: 1, W: 3, C: 1, Pix: []float32{5, 5, 0}} // the third is not known
	guess := &modality.Picture{H: 1, W: 3, C: 1, Pix: []float32{5, 4, 9}}
	fmt.Println(metric.RMSE.Text(metric.RMSE.Sample(truth, guess)))

	set := metric.RMSE.Tally()
	set.Add(truth, guess)
	set.Add(truth, truth)
	fmt.Println(set, "of", set.Samples(), "samples; lower is better:", set.Metric.Lower)
	// Output:
	// RMSE 0.707 m
	// RMSE 0.354 m of 2 samples; lower is better: true
}
