package main

// Which tokens are shown and which are asked for: a mask a thing that the model is to
// do, with budgets large enough for a whole picture.

import (
	"slices"

	"fourmlab/fourm"
)

const (
	inputs, targets = 288, 128 // tokens
)

var (
	rgb     = []string{"rgb"}
	tokens  = []string{"tok_rgb"}
	dense   = []string{"tok_depth", "tok_normal", "tok_semseg", "tok_edge"}
	written = []string{"box", "caption", "palette"}
)

// masks are those of training. Without masks that show a whole modality and part of
// another, decoding in several steps makes predictions worse.
func masks() []fourm.Mask {
	whole := map[string]string{"caption": "all", "box": "all", "palette": "all"}
	all := []fourm.Mask{
		// anything from anything
		{InMin: 32, InAlpha: 0.3, OutAlpha: 0.3, Weight: 1},
		// all from the picture
		{Inputs: rgb, Outputs: dense, OutAlpha: 0.5, Weight: 2},
		{Inputs: rgb, Outputs: written, OutAlpha: 0.5, Weight: 1.5},
		// the rest of a modality of which a part is known: decoding in steps
		{Inputs: slices.Concat(rgb, dense), Outputs: dense, InAlphas: map[string]float64{"rgb": 30, "tok_depth": 0.3, "tok_normal": 0.3, "tok_semseg": 0.3, "tok_edge": 0.3}, OutAlpha: 0.3, Weight: 1.5},
		// from what is said to where things are
		{Inputs: slices.Concat(dense, written), Outputs: dense, InAlpha: 0.25, InAlphas: map[string]float64{"caption": 2}, OutAlpha: 0.3, Keep: whole, Weight: 1.5},
		// the picture from what is known of it, and from a part of it
		{Inputs: slices.Concat(dense, written, tokens), Outputs: tokens, InAlpha: 0.25, InAlphas: map[string]float64{"caption": 2, "tok_semseg": 1, "tok_rgb": 0.7}, Keep: whole, Weight: 2},
		// all from one modality
		{Inputs: slices.Concat(dense, written, tokens), InAlpha: 0.02, OutAlpha: 0.3, Keep: whole, Weight: 1},
	}
	for i := range all {
		m := &all[i]
		m.In, m.Out = inputs, targets
		if m.InMin == 0 {
			m.InMin = inputs
		}
	}
	return all
}

// held are the masks of validation: one task each.
func held() []fourm.Mask {
	task := func(in, out []string) fourm.Mask {
		return fourm.Mask{Inputs: in, Outputs: out, In: inputs, Out: targets, Keep: map[string]string{"caption": "all"}}
	}
	return []fourm.Mask{
		task(rgb, []string{"tok_depth"}), task(rgb, []string{"tok_semseg"}), task(rgb, []string{"caption"}), task(rgb, []string{"tok_normal"}),
		task([]string{"caption"}, []string{"tok_semseg"}), task([]string{"tok_semseg", "tok_depth", "caption"}, tokens),
	}
}
