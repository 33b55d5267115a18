package viz_test

import (
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// anyToAny makes up what a model makes of each of four modalities: better from
// pictures than from words.
func anyToAny() fourm.Grid {
	s := scene(1)
	g := fourm.Grid{Sample: s, Given: []string{"rgb", "depth", "semseg", "caption"}, Targets: []string{"rgb", "depth", "semseg", "caption"}}
	for i, from := range g.Given {
		var made []any
		for _, to := range g.Targets {
			switch {
			case from == to:
				made = append(made, nil)
			case to == "caption":
				made = append(made, []string{"a red ball and a blue box", "a ball by a box before a wall", "a box and a ball"}[i%3])
			default:
				noise := 0.03 * float64(1+3*i)
				if to == "semseg" {
					noise = 0
				}
				made = append(made, rough(s.Picture(to), 4<<(i/3), noise, int64(i+1)))
			}
		}
		g.Made = append(g.Made, made)
	}
	return g
}

// From each modality to each other one.
//
//	viz.Grid(m.Grid(s))
func ExampleGrid() {
	save(viz.Grid(anyToAny()), "grid")
}

func TestGrid(t *testing.T) { golden(t, ExampleGrid, "grid") }

// sweep makes up results that are rougher at higher temperatures.
func sweep() fourm.Sweep {
	s := scene(1)
	out := fourm.Sweep{Sample: s, Plan: *fourm.Chain("caption", "semseg").Then("rgb", 8), Weights: []float64{1, 2, 4}, Temps: []float64{0.2, 1, 2, 4}}
	for i := range out.Weights {
		var line []fourm.Result
		for j, temp := range out.Temps {
			r := fourm.Result{Given: out.Plan.Given, Generated: []string{"rgb"}, Sample: s.With("rgb", rough(s.Picture("rgb"), 4, 0.05*temp/float64(i+1), int64(9*i+j)))}
			line = append(line, r)
		}
		out.Results = append(out.Results, line)
	}
	return out
}

// What the weight of guidance and the temperature do.
//
//	viz.Guidance(m.Sweep(s, plan, []float64{1, 2, 4}, []float64{0.2, 1, 2, 4}))
func ExampleGuidance() {
	save(viz.Guidance(sweep()), "guidance")
}

func TestGuidance(t *testing.T) { golden(t, ExampleGuidance, "guidance") }
