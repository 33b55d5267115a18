package model

import (
	"context"
	"slices"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// Token by token the decoder gives what the graph gives for the whole prefix,
// in every variant of the model, for samples that see more, less and nothing.
func TestDecoderEqualsGraph(t *testing.T) {
	caption := modality.Domain{Name: "caption", Official: "caption", Modality: "caption", Kind: modality.Sequence, Max: 8, Vocab: 30, Positions: 5, Table: 9}
	image := modality.Domain{Name: "tok_rgb@32", Official: "tok_rgb@32", Modality: "rgb", Max: 16, Rows: 4, Cols: 4, Vocab: 20, Patch: 8, Channels: 3}
	variants := map[string]func(*Config){
		"swiglu":      func(c *Config) {},
		"gelu":        func(c *Config) { *c = c.GELU() },
		"qk-norm":     func(c *Config) { c.QKNorm, c.NormBias, c.Apart = true, true, true },
		"registers":   func(c *Config) { c.Registers, c.Untied = 3, true },
		"learned pos": func(c *Config) { c.Domains = slices.Clone(c.Domains); c.Domains[0].Learned = true },
	}
	for _, a := range activations {
		variants["gated "+a.name] = func(c *Config) { c.Act, c.QKVBias = a.name, true }
		variants["plain "+a.name] = func(c *Config) { c.Act, c.Plain, c.MLPBias = a.name, true, true }
	}
	for name, change := range variants {
		c := Config{Inputs: []string{"caption", "tok_rgb@32"}, Outputs: []string{"caption", "tok_rgb@32"}, Dim: 24, Heads: 3, Encoder: 1, Decoder: 2, Domains: []modality.Domain{caption, image}}
		change(&c)
		m := New(c)
		jolt(m)
		samples := make([]map[string]mask.Row, 3)
		for i := range samples {
			in := make([]bool, 16)
			for k := range in {
				in[k] = i < 2 && (i == 0 || k%3 == 0)
			}
			ids := make([]int, 16)
			for k := range ids {
				ids[k] = (k*7 + i) % 20
			}
			samples[i] = map[string]mask.Row{"tok_rgb@32": {IDs: ids, Input: in, Target: make([]bool, 16)}}
		}
		texts := [][]int{{1, 7, 7, 29, 3, 0, 12}, {5, 4, 3, 2, 1, 0, 9}, {8, 8, 8, 8, 8, 8, 8}}
		blind := func(i int) bool { return i == 2 }

		graph := m.Graph(Predicting, Shape{B: 3, N: 16, M: 7})
		graph.Empty()
		enc := m.Graph(Encoding, Shape{B: 3, N: 16, M: 1})
		enc.Empty()
		for i, s := range samples {
			if err := m.FillQuery(graph.Batch, i, s, "caption", texts[i], blind(i)); err != nil {
				t.Fatal(err)
			}
			if err := m.FillQuery(enc.Batch, i, s, "caption", nil, false); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []*Net{graph, enc} {
			if err := n.Machine.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		d, err := m.NewDecoder(enc, "caption", 7, blind)
		if err != nil {
			t.Fatal(err)
		}
		for at := range 7 {
			y, err := d.Next([]int{texts[0][at], texts[1][at], texts[2][at]})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				want := graph.Output()[(i*7+at)*24 : (i*7+at+1)*24]
				if diff := distance(y[i*24:(i+1)*24], want); diff > 2e-5 {
					t.Errorf("%s: sample %d, token %d differs by %g", name, i, at, diff)
				}
			}
		}
		if _, err := d.Next([]int{1, 2, 3}); err == nil {
			t.Errorf("%s: a token more than there is room for", name)
		}
		d.Close()
		// a shorter text of another batch in the same memory
		again := m.Graph(Encoding, Shape{B: 1, N: 16, M: 1})
		again.Empty()
		if err := m.FillQuery(again.Batch, 0, samples[1], "caption", nil, false); err != nil {
			t.Fatal(err)
		}
		if err := again.Machine.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if d, err = m.NewDecoder(again, "caption", 3, func(int) bool { return false }); err != nil {
			t.Fatal(err)
		}
		for at := range 3 {
			y, err := d.Next([]int{texts[1][at]})
			if err != nil {
				t.Fatal(err)
			}
			if diff := distance(y, graph.Output()[(7+at)*24:(7+at+1)*24]); diff > 2e-5 {
				t.Errorf("%s: the second text, token %d differs by %g", name, at, diff)
			}
		}
	}
}
