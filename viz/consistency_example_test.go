package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// From a picture to depth and back.
//
//	viz.Consistency(m.Consistency(s, "rgb->depth->rgb"))
func ExampleConsistency() {
	s := scene(1)
	c := fourm.Consistency{Task: "rgb->depth->rgb", Sample: s, Rows: []fourm.ReportRow{{Metric: "PSNR, dB", Value: 17.4}}, Codes: []fourm.ReportRow{{Metric: "PSNR, dB", Value: 29.6}}}
	c.Legs = []fourm.Result{{Generated: []string{"depth"}, Sample: s.Only().With("depth", rough(s.Picture("depth"), 4, 0.1, 1))},
		{Generated: []string{"rgb"}, Sample: s.Only().With("rgb", rough(scene(3).Picture("rgb"), 4, 0.05, 2))}}
	save(viz.Consistency(c), "consistency")
}

func TestConsistency(t *testing.T) { golden(t, ExampleConsistency, "consistency") }
