package generate

// Many plans at once, to be looked at side by side: from each modality to each
// other one, and one plan under many settings.

import (
	"context"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Grid is what a model makes of one sample from each modality by itself.
type Grid struct {
	Sample  modality.Sample // the truth
	Given   []string        // one row each
	Targets []string        // one column each
	Made    [][]any         // by given, by target: a value, or Tokens where no tokenizer decodes them; nil where it is the given one, or not made
	Err     error           // why some are not made, where the world failed
}

// AnyToAny generates every output of the model from every input that the
// sample has, one at a time, with the likeliest tokens.
func AnyToAny(ctx context.Context, m *model.Model, s modality.Sample) (Grid, error) {
	const op = "Model.Grid"
	s = m.As(s)
	g := Grid{Sample: s}
	for _, d := range m.In {
		_, tok := s.Toks[d.Modality]
		if (s.Has(d.Modality) || tok && !d.Pixels) && !slices.Contains(g.Given, d.Modality) {
			g.Given = append(g.Given, d.Modality)
		}
	}
	for _, d := range m.Out {
		g.Targets = append(g.Targets, d.Modality)
	}
	if len(g.Given) == 0 {
		fault.Panic(op, "sample %s has none of the model's inputs (it has %v, the model takes %v)", s.Key, s.Names(), m.Config.Inputs)
	}
	g.Made = make([][]any, len(g.Given))
	for i := range g.Made {
		g.Made[i] = make([]any, len(g.Targets))
	}
	for j, to := range g.Targets {
		for _, alike := range g.alike(m, j) {
			var plans []Plan
			for _, i := range alike {
				plans = append(plans, *Chain(g.Given[i]).Then(to, 8).Greedy())
			}
			out, err := each(ctx, m, slices.Repeat([]modality.Sample{s}, len(alike)), plans, make([]int64, len(alike)), false)
			if err != nil {
				return g, err
			}
			for k, i := range alike {
				if v, ok := out[k].Sample.Values[to]; ok {
					g.Made[i][j] = v
				} else {
					g.Made[i][j] = out[k].Sample.Toks[to]
				}
			}
		}
	}
	return g, nil
}

// alike gives the rows that a column is made from, those of about as many tokens
// together: a batch is as wide as its longest.
func (g Grid) alike(m *model.Model, column int) [][]int {
	sizes := map[int][]int{}
	for i, from := range g.Given {
		if from != g.Targets[column] {
			d, _ := m.InputDomain(from)
			size := bits.Len(uint(d.Max))
			sizes[size] = append(sizes[size], i)
		}
	}
	var out [][]int
	for _, size := range slices.Sorted(maps.Keys(sizes)) {
		out = append(out, sizes[size])
	}
	return out
}

func (g Grid) String() string {
	return fmt.Sprintf("%s to %s of sample %s", strings.Join(g.Given, ", "), strings.Join(g.Targets, ", "), g.Sample.Key) + ended(false, g.Err)
}

// SimpleRender shows the grid in a notebook.
func (g Grid) SimpleRender() map[string]any { return show.Bundle(g) }

// Sweep is one plan under several weights of guidance and temperatures.
type Sweep struct {
	Sample         modality.Sample // the truth
	Plan           Plan
	Weights, Temps []float64
	Results        [][]Result // by weight, by temperature; fewer where it was interrupted or failed
	Err            error      // why it stopped, where the world failed
}

// SweepOver carries a plan out under every pair of a guidance weight and a
// temperature (0 is greedy), which all of its stages get, with the same seed.
func SweepOver(ctx context.Context, m *model.Model, s modality.Sample, plan Plan, weights, temps []float64) (Sweep, error) {
	const op = "Model.Sweep"
	if len(weights) == 0 || len(temps) == 0 {
		fault.Panic(op, "%d guidance weights and %d temperatures, expected 1 or more of each", len(weights), len(temps))
	}
	out := Sweep{Sample: s, Plan: plan, Weights: weights, Temps: temps}
	for i, w := range weights {
		out.Results = append(out.Results, nil)
		var plans []Plan
		for _, t := range temps {
			p := plan
			p.Stages = slices.Clone(plan.Stages)
			for k := range p.Stages {
				p.Stages[k].Guide, p.Stages[k].Temp, p.Stages[k].Greedy = w, t, t == 0
			}
			plans = append(plans, p)
		}
		all, err := each(ctx, m, slices.Repeat([]modality.Sample{s}, len(temps)), plans, make([]int64, len(temps)), true)
		out.Results[i] = all
		if err != nil {
			unfinished := func(r Result) bool { return len(r.Generated) < len(plan.Stages) }
			out.Results[i] = slices.DeleteFunc(all, unfinished)
			return out, err
		}
	}
	return out, nil
}

func (s Sweep) String() string {
	return fmt.Sprintf("%v of sample %s under guidance %v and temperature %v", s.Plan, s.Sample.Key, s.Weights, s.Temps) + ended(false, s.Err)
}

// SimpleRender shows the sweep in a notebook.
func (s Sweep) SimpleRender() map[string]any { return show.Bundle(s) }
