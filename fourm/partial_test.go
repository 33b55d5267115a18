package fourm_test

import (
	"math"
	"strings"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// Lists that begin with what is given: a box, a colour, facts; what follows is
// written, and what was given comes first in the result.
func TestBegin(t *testing.T) {
	ds := datasets.Scenes(60, 1)
	if err := fourm.SceneTokenizers("depth"); err != nil {
		t.Fatal(err)
	}
	facts := text.Metadata{"brightness": 120, "n_humans": 3}
	var texts []fourm.Sample
	for i := range 60 {
		texts = append(texts, ds.MustSample(i).With("metadata", facts))
	}
	if err := fourm.TrainVocabulary(few(texts)); err != nil {
		t.Fatal(err)
	}
	c := fourm.Tiny("depth", "box", "palette", "caption", "metadata")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	m := fourm.New(c)
	s := texts[3]
	box := fourm.Box{X0: 0.25, Y0: 0.5, X1: 0.5, Y1: 0.75, Class: "ball", Score: 1}
	for seed := range int64(3) {
		out := m.Generate(s, fourm.Chain("depth").Then("box", 1).Begin([]fourm.Box{box}).Temp(2), seed)
		got, ok := out.Sample.Values["box"].([]fourm.Box)
		if out.Err != nil || !ok || len(got) == 0 || !strings.HasPrefix(got[0].Class, "ball") || math.Abs(got[0].X0-0.25) > 0.02 || math.Abs(got[0].Y1-0.75) > 0.02 {
			t.Errorf("boxes %v: %v", out.Sample.Values["box"], out.Err)
		}
		out = m.Generate(s, fourm.Chain("depth").Then("caption", 1).Begin("a large red").Temp(2), seed)
		if !strings.HasPrefix(out.Sample.Text("caption"), "a large red") {
			t.Errorf("caption %q", out.Sample.Text("caption"))
		}
		out = m.Generate(s, fourm.Chain("depth").Then("metadata", 1).Begin(facts).Temp(2), seed)
		begun, err := text.Style{}.Metadata(facts, nil)
		if got := strings.Join(out.Sample.Toks["metadata"].Words, " "); err != nil || !strings.HasPrefix(got, strings.Join(begun, " ")) {
			t.Errorf("metadata %s, expected to begin with %v: %v", got, begun, err)
		}
	}
	// facts are a prompt, too, and change what is made
	other := s.With("metadata", text.Metadata{"brightness": 20, "n_humans": 1})
	entropy := func(s fourm.Sample) float64 {
		return m.Entropy(s, fourm.Chain("metadata").Then("caption", 1)).Nats[0]
	}
	if a, b := entropy(s), entropy(other); a == b {
		t.Error("other metadata change nothing")
	}
	for want, do := range map[string]func(){
		`Plan.Begin: "depth" is of kind image, expected a text`: func() { fourm.Chain("caption").Then("depth", 2).Begin("a") },
		`Plan.Begin: box: text: a int is no caption, boxes`:     func() { fourm.Chain("depth").Then("box", 2).Begin(7) },
		`Plan.Begin: no stage`:                                  func() { fourm.Chain("depth").Begin("a") },
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected a line with %q", e, want)
				}
			}()
			do()
		}()
	}
}

// What a chain names is what is used: a picture's tokens where it says so, though the
// model takes its pixels too, and the other way.
func TestTokensOrPixels(t *testing.T) {
	ds := datasets.Scenes(30, 1)
	if err := fourm.SceneTokenizers("rgb", "depth"); err != nil {
		t.Fatal(err)
	}
	if err := fourm.TrainVocabulary(ds); err != nil {
		t.Fatal(err)
	}
	c := fourm.Tiny("rgb", "depth", "caption")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	m := fourm.New(c)
	s, other := ds.MustSample(1), ds.MustSample(2)
	sure := func(s fourm.Sample, given ...string) float64 {
		return m.Entropy(s, fourm.Chain(given...).Then("depth", 1)).Mean()
	}
	// a sample whose pixels and tokens are of two pictures tells what is looked at
	mixed := fourm.Sample{Key: "mixed", Values: map[string]any{"rgb": other.Values["rgb"]}, Toks: map[string]fourm.Tokens{"rgb": s.Tokens("rgb")}}
	if a, b := sure(mixed, "tok_rgb"), sure(s, "tok_rgb"); a != b {
		t.Errorf("tok_rgb: %g with other pixels, %g with its own", a, b)
	}
	if a, b := sure(mixed, "rgb"), sure(other, "rgb"); a != b {
		t.Errorf("rgb: %g with other tokens, %g with its own", a, b)
	}
	if a, b := sure(s, "rgb"), sure(s, "tok_rgb"); a == b {
		t.Error("pixels and tokens give the same")
	}
	if a, b := sure(s, "rgb", "tok_rgb"), sure(s, "rgb"); a == b {
		t.Error("both give what the pixels give")
	}
}

type few []fourm.Sample

func (f few) Len() int                           { return len(f) }
func (f few) Sample(i int) (fourm.Sample, error) { return f[i], nil }
