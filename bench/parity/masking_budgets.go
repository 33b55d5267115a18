package parity

// Budgets and image masks for recorded draws.

import (
	"encoding/json"
	"fmt"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// runBudgets replays Dirichlet draws.
func runBudgets(f *Fixture, r *Report, file string) error {
	var x struct {
		Cases []struct {
			Modalities maskModalities `json:"modalities"`
			In         int            `json:"num_input_tokens"`
			Out        *int           `json:"num_target_tokens"`
			Draws      []maskDraw     `json:"draws"`
			InBudget   []int          `json:"input_budget"`
			OutBudget  []int          `json:"target_budget"`
		} `json:"cases"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	for i, c := range x.Cases {
		what := fmt.Sprintf("case %d", i)
		replayed(r, "budgets", what, c.Draws, func(t mask.Chance) error {
			entries, err := c.Modalities.entries(0)
			if err != nil {
				return err
			}
			out := -1
			if c.Out != nil {
				out = *c.Out
			}
			ins, outs := mask.Share(t, entries, c.In, out)
			r.Ints("budgets", what+" input", ins, c.InBudget)
			if c.Out != nil {
				r.Ints("budgets", what+" target", outs, c.OutBudget)
			}
			return nil
		})
	}
	return nil
}

// runImageMasks replays noise.
func runImageMasks(f *Fixture, r *Report, file string) error {
	var x struct {
		Cases []struct {
			maskedRow
			N     int             `json:"num_tokens"`
			In    int             `json:"input_budget"`
			Out   *int            `json:"target_budget"`
			Noise json.RawMessage `json:"noise"`
		} `json:"cases"`
	}
	if err := f.JSON(file, &x); err != nil {
		return err
	}
	for i, c := range x.Cases {
		what := fmt.Sprintf("case %d", i)
		replayed(r, "image masks", what, []maskDraw{{Fn: "torch.rand", Value: c.Noise}}, func(t mask.Chance) error {
			out := -1
			if c.Out != nil {
				out = *c.Out
			}
			d := modality.Domain{Name: "image", Kind: modality.Image, Max: c.N}
			return c.compare(r, "image masks", what, mask.Entry{Domain: d}.Part(t, c.In, out).Row(d))
		})
	}
	return nil
}
