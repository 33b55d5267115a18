package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// What a plan generates from left to right: each stage sees all before it.
//
//	viz.Chain(m.Generate(s, plan, 0))
func ExampleChain() {
	save(viz.Chain(generated(1)), "chain")
}

func TestChain(t *testing.T) { golden(t, ExampleChain, "chain") }

// One condition, five seeds.
//
//	viz.Variations(m.Vary(s, plan, 5))
func ExampleVariations() {
	outs := []fourm.Result{generated(0), generated(1), generated(2), generated(3), generated(4)}
	save(viz.Variations(outs).Titled("One picture, five seeds"), "variations")
}

func TestVariations(t *testing.T) { golden(t, ExampleVariations, "variations") }
