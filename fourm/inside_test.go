package fourm_test

import (
	"math"
	"reflect"
	"testing"

	"fourmlab/fourm"
)

// inside looks into the model of TestSession: ink as pixels, far and captions
// as tokens, one block on either side.
func inside(t *testing.T, m *fourm.Model, data fourm.Data, plan *fourm.Plan) {
	t.Helper()
	s, _ := data.Sample(2)
	g := m.Grid(s)
	if !reflect.DeepEqual(g.Given, []string{"ink", "far", "caption"}) || !reflect.DeepEqual(g.Targets, g.Given) {
		t.Fatalf("%v", g)
	}
	for i := range g.Given {
		for j, to := range g.Targets {
			if (g.Made[i][j] == nil) != (i == j) {
				t.Errorf("%s from %s: %v", to, g.Given[i], g.Made[i][j])
			}
		}
	}

	w := m.Sweep(s, plan, []float64{1, 3}, []float64{0, 1, 2})
	if len(w.Results) != 2 || len(w.Results[1]) != 3 || w.Results[1][2].Plan.Stages[1].Guide != 3 || w.Results[1][2].Plan.Stages[0].Temp != 2 {
		t.Fatalf("%v", w)
	}
	if plan.Stages[0].Guide != 0 {
		t.Error("the plan that was swept is another one now")
	}

	for layer := range 2 {
		a := m.Attention(s, layer, 1)
		tokens := len(s.Tokens("caption").IDs)
		if keys := a.Keys; len(keys) != 3 || keys[0].Domain != "ink" || keys[0].Rows != 4 || keys[2].To != 32+tokens || len(keys[2].Words) != tokens {
			t.Fatalf("keys %+v", a.Keys)
		}
		if a.Decoder != (layer == 1) || len(a.Queries) != 3 || len(a.Weights) != a.Queries[2].To*a.Keys[2].To {
			t.Fatalf("%v: %d weights, queries %+v", a, len(a.Weights), a.Queries)
		}
		for _, row := range a.Sums() {
			sum := 0.0
			for _, x := range row {
				sum += x
			}
			if math.Abs(sum-1) > 1e-4 {
				t.Errorf("layer %d: the sums of a row add up to %v", layer, sum)
			}
		}
		if b := a.At("far", 1, 2); b.Query != 16+4+2 || !reflect.DeepEqual(b.Row(22), a.Row(22)) || len(b.Row(22)) != 32+tokens {
			t.Errorf("query %d", b.Query)
		}
	}
	// of one that is not given the decoder still asks
	if a := m.Attention(s.Only("ink"), 1, 0); len(a.Keys) != 1 || len(a.Queries) != 2 || a.At("far", 0, 3).Query != 16+3 {
		t.Errorf("keys %+v, queries %+v", a.Keys, a.Queries)
	}

	// every fourth sample is the same picture
	r := m.Retrieve(s, data, 5)
	if len(r.Found) != 5 || r.Of != 23 || r.Found[0].Key != "shelf6" || r.Scores[0] < 0.999 || r.Scores[4] > r.Scores[3] {
		t.Errorf("%v: %v", r, r.Scores)
	}

	if es := m.Embeddings(); len(es) != 7 || es[0].Domain.Name != "ink" || es[0].Decoder || !es[6].Decoder {
		t.Errorf("%d embeddings", len(es))
	}

	line(t, "layer 2, expected 0 to 1 (1 of the encoder, then 1 of the decoder)", func() { m.Attention(s, 2, 0) })
	line(t, "head 2, expected 0 to 1", func() { m.Attention(s, 0, 2) })
	line(t, "Attention.At: row 4 and column 0 of far, which has 4 and 4", func() { m.Attention(s, 0, 0).At("far", 4, 0) })
	line(t, `no query of "depth"`, func() { m.Attention(s, 0, 0).At("depth", 0, 0) })
	line(t, "0 guidance weights", func() { m.Sweep(s, plan, nil, []float64{1}) })
	line(t, "sample x has none of the model's inputs", func() { m.Grid(fourm.Sample{Key: "x"}) })
	line(t, "no samples to search", func() { m.Retrieve(s, nil, 1) })
	line(t, "0 samples to find", func() { m.Retrieve(s, data, 0) })
}
