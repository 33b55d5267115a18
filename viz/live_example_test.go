package viz_test

import (
	"os"
	"testing"

	"fourmlab/viz"
)

// The losses while a run goes on.
//
//	viz.Live(run)
func ExampleLive() {
	if err := os.WriteFile("testdata/live.png", viz.Live(training("a", 1, 1)), 0o644); err != nil {
		panic(err)
	}
}

func TestLive(t *testing.T) { golden(t, ExampleLive, "live") }

func BenchmarkLive(b *testing.B) {
	run := training("a", 1, 1)
	for b.Loop() {
		viz.Live(run)
	}
}
