package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// One sample in all its modalities.
//
//	viz.Sample(s)
func ExampleSample() {
	save(viz.Sample(scene(1)), "sample")
}

func TestSample(t *testing.T) { golden(t, ExampleSample, "sample") }

// scenes is a source of samples, as a person may type one.
type scenes struct{ n int }

func (d scenes) Len() int                           { return d.n }
func (d scenes) Sample(i int) (fourm.Sample, error) { return scene(int64(i)), nil }

// Samples as rows, modalities as columns.
//
//	viz.Samples(ds, 3)
func ExampleSamples() {
	save(viz.Samples(scenes{20}, 3), "samples")
}

func TestSamples(t *testing.T) { golden(t, ExampleSamples, "samples") }
