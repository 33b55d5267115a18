package fourm_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// band is a set of oblong pictures, features of any size, symbols and captions:
// a bar somewhere in the picture, which all the others tell of.
type band struct{ n int }

func (b band) Len() int { return b.n }

func (b band) Sample(i int) (fourm.Sample, error) {
	k := i * 5 % 8
	p := modality.NewPicture(16, 32, 1)
	for y := range 16 {
		for x := range 4 {
			p.Set(y, 4*k+x, 0, 1)
		}
	}
	f := modality.NewPicture(2, 4, 3)
	for j := range f.Pix {
		f.Pix[j] = float32(100*(j%3)) + float32(math.Sin(float64(j+3*k)))*float32(10+j%3)
	}
	return fourm.Sample{Key: fmt.Sprint("bar", i), Values: map[string]any{
		"strip": p, "net": f, "notes": []int{k, 11 - k, 0}, "caption": fmt.Sprintf("a bar at %d", k)}}, nil
}

// bands registers the modalities of band with their tokenizers.
func bands(t *testing.T, n int) band {
	t.Helper()
	was, tok := modality.Lookup("caption"), modality.TokenizerOf("caption")
	t.Cleanup(func() {
		modality.Register(was)
		modality.SetTokenizer("caption", tok)
	})
	fourm.Register(fourm.Modality{Name: "strip", Look: fourm.Gray, Height: 16, Width: 32, Patch: 4, Vocab: 8, Pixels: true})
	fourm.Register(fourm.Modality{Name: "net", Look: fourm.Feature, Height: 2, Width: 4, Patch: 1, Channels: 3, Vocab: 16})
	fourm.Register(fourm.Modality{Name: "notes", Kind: fourm.Symbols, Vocab: 12, MaxTokens: 6})
	fourm.Register(fourm.Modality{Name: "caption", Kind: fourm.Sequence, MaxTokens: 8})
	fourm.SetHost(&quiet{})
	t.Cleanup(func() { fourm.SetHost(nil) })
	ds := band{n}
	for _, name := range []string{"strip", "net"} {
		fourm.TrainTokenizer(ds, name, fourm.VQ{Steps: 60, Dim: 16, Latent: 4, Batch: 8})
	}
	fourm.TrainVocabulary(ds)
	return ds
}

func tinyModel(names ...string) *fourm.Model {
	c := fourm.Tiny(names...)
	c.Dim, c.Heads, c.Encoder, c.Decoder = 32, 2, 1, 1
	return fourm.New(c)
}

// Pictures that are not square go through all: tokens lie on their own rows
// and columns, and what is generated has their size.
func TestOblong(t *testing.T) {
	ds := bands(t, 24)
	s, _ := ds.Sample(3)
	tk := s.Tokens("strip")
	if tk.Rows != 4 || tk.Cols != 8 || len(tk.IDs) != 32 {
		t.Fatalf("%dx%d, %d tokens, expected 4x8", tk.Rows, tk.Cols, len(tk.IDs))
	}
	back := tk.Picture()
	if back.H != 16 || back.W != 32 {
		t.Fatalf("the picture of the tokens is %dx%d, expected 16x32", back.H, back.W)
	}
	// the bar is where it was: column by column, bright against dark
	col := func(p *fourm.Picture, x int) (sum float32) {
		for y := range p.H {
			sum += p.At(y, x, 0)
		}
		return sum
	}
	k := 3 * 5 % 8
	for x := range 32 {
		if in := x/4 == k; in != (col(back, x) > 8) {
			t.Errorf("column %d of the decoded bar at %d has %g", x, k, col(back, x))
		}
	}
	m := tinyModel("strip", "caption")
	if run := m.Train(ds, fourm.Train{Steps: 4, Batch: 4, Mask: fourm.Mask{In: 16, Out: 16}}); run.Err != nil {
		t.Fatal(run.Err)
	}
	out := m.Generate(s, fourm.Chain("caption").Then("strip", 4), 1)
	if p := out.Sample.Picture("strip"); p.H != 16 || p.W != 32 {
		t.Errorf("generated %v", p)
	}
	if st := out.Trace[1].Tokens; st.Rows != 4 || st.Cols != 8 {
		t.Errorf("a step of %dx%d tokens", st.Rows, st.Cols)
	}
	if rep := m.Eval(band{3}, "caption->strip", "strip->caption"); len(rep.Rows) != 2 || math.IsNaN(rep.Rows[0].Value) {
		t.Errorf("%v", rep)
	}
	if rec := m.Reconstruct(m.Mask(fourm.Mask{In: 8, Out: 8}).Draw(s)); rec.Picture("strip").W != 32 {
		t.Errorf("reconstructed %v", rec.Picture("strip"))
	}
	if a := m.Attention(s, 0, 0); a.Keys[0].Rows != 4 || a.Keys[0].Cols != 8 {
		t.Errorf("attention over %+v", a.Keys[0])
	}
	if s := fourm.Modalities().String(); !strings.Contains(s, "16x32x1") || !strings.Contains(s, "4x8 of 8") {
		t.Errorf("the table says %s", s)
	}
}

// Features keep their numbers, whatever their size: every channel is put on a
// scale of its own, and nothing is cut off.
func TestFeatures(t *testing.T) {
	ds := bands(t, 24)
	for i := range 8 {
		s, _ := ds.Sample(i)
		got, want := s.Tokens("net").Picture(), s.Picture("net")
		for j := range want.Pix {
			if d := math.Abs(float64(got.Pix[j] - want.Pix[j])); d > 12 {
				t.Fatalf("sample %d: number %d is %g, expected about %g", i, j, got.Pix[j], want.Pix[j])
			}
		}
	}
	m := tinyModel("strip", "net")
	rep := m.Eval(band{4}, "strip->net")
	if r := rep.Rows[0]; r.Metric != "cosine similarity" || r.Lower || !(r.Baseline > 0.9 && r.Baseline <= 1) || math.IsNaN(r.Value) {
		t.Errorf("%+v", r)
	}
}

// Symbols are given, generated and shown as the numbers they are.
func TestSymbols(t *testing.T) {
	ds := bands(t, 24)
	s, _ := ds.Sample(2)
	if tk := s.Tokens("notes"); !slices.Equal(tk.IDs, []int{2, 9, 0}) || tk.Text() != "2 9 0" || !reflect.DeepEqual(tk.Value(), []int{2, 9, 0}) {
		t.Errorf("tokens %v, value %v", tk, tk.Value())
	}
	m := tinyModel("strip", "notes") // no text of which to borrow a vocabulary
	run := m.Train(ds, fourm.Train{Steps: 1200, Batch: 12, LR: 3e-3, Masks: []fourm.Mask{
		{In: 33, Out: 8, InAlphas: map[string]float64{"strip": 1000, "tok_strip": 0}, OutAlphas: map[string]float64{"tok_strip": 0}},
		{In: 6, Out: 32, InAlphas: map[string]float64{"strip": 0, "tok_strip": 0}, OutAlphas: map[string]float64{"notes": 0}},
	}})
	if run.Err != nil {
		t.Fatal(run.Err)
	}
	right, placed := 0, 0
	for i := range 8 {
		s, _ := ds.Sample(i)
		out := m.Generate(s, fourm.Chain("strip").Then("notes", 1).Greedy(), 0)
		got, ok := out.Sample.Values["notes"].([]int)
		if !ok {
			t.Fatalf("generated %T", out.Sample.Values["notes"])
		}
		if tk := out.Sample.Toks["notes"]; !slices.Equal(tk.IDs, got) {
			t.Errorf("tokens %v stand for %v", tk.IDs, got)
		}
		for _, st := range out.Trace {
			for _, id := range st.Tokens.IDs {
				if id >= 12 {
					t.Errorf("a step has the symbol %d, which is none", id)
				}
			}
		}
		if slices.Equal(got, s.Values["notes"].([]int)) {
			right++
		}
		back := m.Generate(s, fourm.Chain("notes").Then("strip", 1).Greedy(), 0)
		if p := back.Sample.Picture("strip"); p.At(8, 4*(i*5%8)+1, 0) > 0.5 {
			placed++
		}
	}
	if right < 6 || placed < 6 {
		t.Errorf("after training %d of 8 bars are told right, and %d drawn where the notes say", right, placed)
	}
	rec := m.Reconstruct(m.Mask(fourm.Mask{In: 20, Out: 8, Seed: 3}).Draw(s))
	if v, ok := rec.Values["notes"].([]int); !ok || slices.ContainsFunc(v, func(id int) bool { return id < 0 || id > 11 }) {
		t.Errorf("reconstructed %v", rec.Values["notes"])
	}
	if a := m.Attention(s, 0, 0); a.Keys[len(a.Keys)-1].Cols != 3 {
		t.Errorf("attention over %+v", a.Keys)
	}
	if r := m.Eval(band{8}, "strip->notes").Rows[0]; r.Metric != "symbol F1" || !(r.Value > r.Baseline) {
		t.Errorf("%+v", r)
	}
	line(t, "notes: symbol 1 is 12, expected 0 to 11", func() { s.With("notes", []int{1, 12}).Tokens("notes") })
}

// "tok_strip" is given as tokens, whatever the picture says; "strip" as pixels.
func TestGivenAsTokens(t *testing.T) {
	ds := bands(t, 24)
	m := tinyModel("strip", "caption")
	m.Train(ds, fourm.Train{Steps: 30, Batch: 8, LR: 5e-3, Mask: fourm.Mask{In: 32, Out: 16}})
	a, _ := ds.Sample(0)
	b, _ := ds.Sample(1)
	odd := a.With("strip", a.Values["strip"])
	odd.Toks["strip"] = b.Tokens("strip") // the picture of one sample, the tokens of another
	text := func(s fourm.Sample, given string) []float32 {
		return m.Generate(s, fourm.Chain(given).Then("caption", 1).Greedy(), 0).Trace[0].Confidence
	}
	if !reflect.DeepEqual(text(odd, "tok_strip"), text(b, "tok_strip")) || reflect.DeepEqual(text(odd, "tok_strip"), text(a, "tok_strip")) {
		t.Error("tok_strip is not given by its tokens")
	}
	if !reflect.DeepEqual(text(odd, "strip"), text(a, "strip")) {
		t.Error("strip is not given by its pixels")
	}
	alone := fourm.Sample{Key: "tokens", Values: map[string]any{}, Toks: map[string]fourm.Tokens{"strip": b.Tokens("strip")}}
	if !reflect.DeepEqual(text(alone, "tok_strip"), text(b, "tok_strip")) {
		t.Error("a sample that has tokens alone gives something else")
	}
	line(t, `no "strip" to condition on`, func() { text(alone, "strip") })
	out := m.Generate(b, fourm.Chain("strip", "tok_strip").Then("caption", 1), 0)
	if got := out.Plan.String(); got != "strip + tok_strip -> caption(1)" || !slices.Equal(out.Given, []string{"strip"}) {
		t.Errorf("%q given %v", got, out.Given)
	}
	m.Generate(b, fourm.Chain("strip", "tok_strip").Then("caption", 1).Weigh("tok_strip", 2), 0)
	line(t, `"tok_strip" is given twice`, func() { m.Generate(b, fourm.Chain("tok_strip", "tok_strip").Then("caption", 1), 0) })
}

// What was made by one tokenizer stays what it is when another one is
// registered, and is refused where a model has another.
func TestTokensRemember(t *testing.T) {
	ds := bands(t, 24)
	s, _ := ds.Sample(1)
	m := tinyModel("strip", "caption")
	out := m.Generate(s, fourm.Chain("caption").Then("strip", 4), 0)
	made, steps := out.Sample.Toks["strip"].Picture(), out.Trace[1].Tokens.Picture()
	mine := s.Tokens("strip")
	before := mine.Picture()
	old := modality.TokenizerOf("strip")
	fourm.TrainTokenizer(ds, "strip", fourm.VQ{Steps: 3, Dim: 16, Latent: 4, Seed: 9})
	t.Cleanup(func() { modality.SetTokenizer("strip", old) })
	for what, p := range map[string][2]*fourm.Picture{
		"a generated picture": {made, out.Sample.Toks["strip"].Picture()},
		"a step":              {steps, out.Trace[1].Tokens.Picture()},
		"encoded tokens":      {before, mine.Picture()},
	} {
		if !reflect.DeepEqual(p[0], p[1]) {
			t.Errorf("%s changed with the registered tokenizer", what)
		}
	}
	m.Generate(fourm.Sample{Key: "x", Toks: map[string]fourm.Tokens{"strip": mine}}, fourm.Chain("tok_strip").Then("caption", 1), 0)
	other := s.Tokens("strip") // by the new one
	line(t, "strip: the tokens were made by another tokenizer than the model's", func() {
		m.Generate(fourm.Sample{Key: "x", Toks: map[string]fourm.Tokens{"strip": other}}, fourm.Chain("tok_strip").Then("caption", 1), 0)
	})
	if again := fourm.Lookup("strip"); again.Name != "strip" {
		t.Error(again)
	}
}
