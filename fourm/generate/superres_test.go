package generate

import (
	"context"
	"slices"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
)

// The published super-resolution: all of 448 pixels from the tokens of all at 224, on
// a small model of the same domains.
func TestPublishedSuperResolution(t *testing.T) {
	c := model.Published("4M-7-SR", "Ti")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	m := model.New(c)
	p := PresetNamed("super-resolution").Plan()
	s := modality.Sample{Key: "s", Toks: map[string]modality.Tokens{}}
	for i, name := range p.Given {
		d, ok := m.InputDomain(name)
		if !ok {
			t.Fatalf("%s is no input of the model (it has %v)", name, c.Inputs)
		}
		ids := make([]int, d.Max)
		for k := range ids {
			ids[k] = (7*k + i) % d.Vocab
		}
		s.Toks[d.Modality] = modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: ids}
	}
	for i := range p.Stages { // one step is enough here
		p.Stages[i].Steps = 2
	}
	out, err := Generate(context.Background(), m, s, *p, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Generated, []string{"clip@448", "depth@448", "normal@448", "semseg@448", "rgb@448"}) {
		t.Errorf("generated %v", out.Generated)
	}
	for _, name := range out.Generated {
		if n := len(out.Sample.Toks[name].IDs); n != 784 {
			t.Errorf("%s has %d tokens, expected 784", name, n)
		}
	}
}
