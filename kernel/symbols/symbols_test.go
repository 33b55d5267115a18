package symbols

import (
	"testing"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
)

// Every package of the lab is known to the engine of scripts and to that of
// cells, and needs no import in a cell.
func TestLinked(t *testing.T) {
	l := engine.Current()
	if len(l.Prelude) < 4 {
		t.Errorf("prelude %v, expected fourm, viz, datasets and display", l.Prelude)
	}
	for _, key := range []string{"fmt/fmt", "fourmlab/fourm/fourm", "fourmlab/viz/viz", "fourmlab/datasets/datasets", "fourmlab/kernel/display/display", "gonum.org/v1/plot/plot"} {
		if len(l.Yaegi[key]) == 0 {
			t.Errorf("yaegi has no %s", key)
		}
	}
	s := session.New()
	for i, cell := range []string{
		`fourm.Lookup("rgb").Name`,
		"import \"fourmlab/fourm\"\nvar e *fourm.Error\ns := fourm.Sample{Key: \"a\"}",
		"type mine struct{}\nfunc (mine) Len() int { return 1 }\nfunc (mine) Sample(i int) (fourm.Sample, error) { return s, nil }\nvar d fourm.Data = mine{}\nd.Len()",
		"ds := datasets.Scenes(2, 1)\nds.MustSample(0).Names()",
		"e",
		"viz.Schedule(fourm.Train{Steps: 4}).Titled(\"a\").Sized(400)",
		"var g fourm.Grid\nvar w fourm.Sweep\nvar at fourm.Attention\nvar r fourm.Retrieval\n[]*viz.Figure{viz.Grid(g), viz.Guidance(w), viz.Attention(at), viz.Retrieval(r), viz.Matrix(&fourm.Report{})}",
		"fourm.Mask{In: 8, Inputs: []string{\"rgb\", \"caption\"}}.Shares(3)",
		"look, embed := (*fourm.Model).Attention, viz.Embed\nlook != nil && embed != nil",
		"var shown display.Data = display.Of(s)\nshown.String()",
	} {
		if r := s.Run(t.Context(), i+1, cell); r.Err != nil {
			t.Errorf("%s: %v", cell, r.Err)
		}
	}
}
