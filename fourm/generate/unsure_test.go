package generate

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Entropies are those of the distributions that a step draws from: the logits of a
// plan's own first step, guided and after earlier stages.
func TestEntropy(t *testing.T) {
	m, ds := world(t, 3)
	p := Chain("caption").Then("shade", 3).Greedy().Then("tone", 4).Guide(2).Temp(0.1).TopK(2)
	e, err := EntropyOf(context.Background(), m, ds[0], *p)
	if err != nil || len(e.Nats) != 16 || e.Target != "tone" || e.Vocab != 8 {
		t.Fatalf("%v, %v", e, err)
	}
	before := generate(t, m, ds[0], Chain("caption").Then("shade", 3).Greedy(), 0)
	if !reflect.DeepEqual(e.Sample.Toks["shade"].IDs, before.Sample.Toks["shade"].IDs) {
		t.Error("the stage before is another than by itself")
	}
	g := fresh(t, m, before.Sample, "caption", "tok_shade")
	d, _ := m.Domain("tone")
	g.rows[d.Name] = g.blank(d)
	at := make([]int, 16)
	for i := range at {
		at[i] = i
	}
	l, err := g.batch().ask(context.Background(), d, Scheduled{Domain: d.Name, Guide: 2, By: g.known}, func() query { return query{at} })
	if err != nil {
		t.Fatal(err)
	}
	for i := range 16 {
		ids, probs := Choices(l[i*8:i*8+8], 1, Filter{})
		h, top := 0.0, 0.0
		for _, q := range probs {
			h -= q * math.Log(q)
			top = max(top, q)
		}
		if math.Abs(e.Nats[i]-h) > 1e-4 || math.Abs(e.P[i]-top) > 1e-5 {
			t.Errorf("place %d: %g nats and %g, expected %g and %g", i, e.Nats[i], e.P[i], h, top)
		}
		of, p := e.Of(i, 1)
		if len(of) != len(ids) || p[0] != slices.Max(p) || of[0] != e.Tokens.IDs[i] || math.Abs(p[0]-e.P[i]) > 1e-9 {
			t.Errorf("place %d: tokens %v with %v, the likeliest %d", i, of, p, e.Tokens.IDs[i])
		}
		if some, _ := e.Of(i, 0.5); len(some) > len(of) || len(some) == 0 {
			t.Errorf("half of the probability has %d tokens of %d", len(some), len(of))
		}
	}
	if e.Value == nil || !strings.Contains(e.String(), "nats a token of at most 2.08") {
		t.Errorf("%v", e)
	}
	kept, err := EntropyOf(context.Background(), m, ds[0], *Chain("caption").Then("tone", 4).Keep(Within("tone", 0, 0, 1, 0.5)))
	if err != nil {
		t.Fatal(err)
	}
	want := ds[0].Tokens("tone").IDs
	for i := range 8 {
		if ids, p := kept.Of(i, 1); kept.Nats[i] != 0 || kept.P[i] != 1 || len(ids) != 1 || ids[0] != want[i] || p[0] != 1 {
			t.Errorf("place %d is kept and has %g nats, %v", i, kept.Nats[i], ids)
		}
	}
	text, err := EntropyOf(context.Background(), m, ds[0], *Chain("shade").Then("caption", 1))
	one := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Greedy(), 0)
	if n := len(text.Nats); err != nil || n == 0 || n != len(text.P) || n > 12 || n < 12 && n != len(one.Sample.Toks["caption"].IDs) {
		t.Errorf("a text of %d tokens, %v: %v", n, one.Sample.Toks["caption"].IDs, err)
	}
	for i, id := range text.Tokens.IDs[:min(len(text.Tokens.IDs), len(one.Sample.Toks["caption"].IDs))] {
		if id != one.Sample.Toks["caption"].IDs[i] {
			t.Errorf("token %d is %d, generated %d", i, id, one.Sample.Toks["caption"].IDs[i])
		}
	}
}

// What generations agree on: means where it is known, votes, the commonest text.
func TestEnsemble(t *testing.T) {
	for name, look := range map[string]modality.Look{"far": modality.Depth, "what": modality.Label, "faces": modality.Normal} {
		modality.Register(modality.Modality{Name: name, Look: look, Height: 2, Patch: 1, Vocab: 8, Channels: map[bool]int{true: 3, false: 1}[look == modality.Normal], Labels: map[bool][]string{true: {"a", "b", "c"}}[look == modality.Label]})
	}
	modality.Register(modality.Modality{Name: "said", Kind: modality.Sequence, MaxTokens: 8})
	var rs []Result
	for i, x := range []struct {
		far, what []float32
		face      [3]float32
		said      string
	}{{[]float32{2, 0, 4, 0}, []float32{1, 2, 0, 1}, [3]float32{1, 0, 0}, "a"}, {[]float32{4, 0, 0, 3}, []float32{1, 0, 2, 1}, [3]float32{0, 1, 0}, "b"}, {[]float32{6, 5, 4, 0}, []float32{2, 0, 1, 1}, [3]float32{1, 1, 0}, "b"}} {
		f := modality.NewPicture(2, 2, 3)
		for at := range 4 {
			copy(f.Pix[3*at:], x.face[:])
		}
		rs = append(rs, Result{Generated: []string{"far", "what", "faces", "said"}, Sample: modality.Sample{Key: string(rune('0' + i)), Values: map[string]any{
			"far": &modality.Picture{H: 2, W: 2, C: 1, Pix: x.far}, "what": &modality.Picture{H: 2, W: 2, C: 1, Pix: x.what}, "faces": f, "said": x.said}}})
	}
	e := Together(rs)
	pix := func(name string) []float32 { return e.Sample.Values[name].(*modality.Picture).Pix }
	if got := pix("far"); !slices.Equal(got, []float32{4, 0, 4, 0}) {
		t.Errorf("mean depth %v, expected the mean of those who know, where most do", got)
	}
	if s := e.Spread["far"].Pix; math.Abs(float64(s[0])-math.Sqrt(8./3)) > 1e-6 || s[1] != 0 || s[2] != 0 {
		t.Errorf("spread of depth %v", s)
	}
	if got := pix("what"); !slices.Equal(got, []float32{1, 0, 0, 1}) || math.Abs(float64(e.Spread["what"].Pix[0])-1./3) > 1e-6 || e.Spread["what"].Pix[3] != 0 {
		t.Errorf("votes %v, spread %v", got, e.Spread["what"].Pix)
	}
	if f := pix("faces"); math.Abs(float64(f[0]-f[1])) > 1e-6 || math.Abs(float64(f[0])-math.Sqrt(0.5)) > 1e-5 || math.Abs(float64(e.Spread["faces"].Pix[0])-30) > 0.1 {
		t.Errorf("mean direction %v, %g degrees apart", f[:3], e.Spread["faces"].Pix[0])
	}
	if e.Sample.Values["said"] != "b" || math.Abs(e.Agree["said"]-2./3) > 1e-9 || !strings.Contains(e.String(), `said "b" by 67 %`) {
		t.Errorf("%v", e)
	}
}

// A cycle hands on what it made and nothing else, and is measured at its end.
func TestConsistency(t *testing.T) {
	m, ds := world(t, 4)
	c, err := Cycle(context.Background(), m, ds[1], "tone->shade->tone")
	if err != nil || len(c.Legs) != 2 || len(c.Rows) == 0 || len(c.Codes) != len(c.Rows) {
		t.Fatalf("%v, %v", c, err)
	}
	one := generate(t, m, ds[1], Chain("tone").Then("shade", 8).Greedy(), 0)
	two := generate(t, m, modality.Sample{Key: "s", Values: map[string]any{"shade": one.Sample.Values["shade"]}, Toks: map[string]modality.Tokens{"shade": one.Sample.Toks["shade"]}}, Chain("shade").Then("tone", 8).Greedy(), 0)
	if !reflect.DeepEqual(c.Legs[1].Sample.Toks["tone"].IDs, two.Sample.Toks["tone"].IDs) {
		t.Error("the second leg sees something else than what the first made")
	}
	rep, err := Eval(context.Background(), m, ds[1:2], []string{"tone->shade->tone", "tone->shade"})
	if err != nil || len(rep.Rows) != 2 || rep.Rows[0].Value != c.Rows[0].Value || rep.Rows[0].Task != "tone->shade->tone" || rep.Rows[0].Target != "tone" || rep.Rows[1].Target != "shade" {
		t.Errorf("a cycle in Eval: %v, %v; by itself %v", rep, err, c)
	}
	for want, task := range map[string]string{
		`expected one that comes back to where it begins`: "tone->shade",
		`task "tone->shade->caption", expected one`:       "tone->shade->caption",
	} {
		refusal(t, want, func() { Cycle(context.Background(), m, ds[0], task) })
	}
}

// Hiding a part changes the likelihood of the target as it does where the input
// lacks it: relevance is that difference, and what has no effect has none.
func TestRelevance(t *testing.T) {
	m, ds := world(t, 2)
	r, err := RelevanceOf(context.Background(), m, ds[0], *Chain("tone", "caption").Then("shade", 4), "tone")
	if err != nil || r.Rows != 4 || r.Cols != 4 || len(r.Nats) != 16 || !r.Truth || r.From != "tok_tone" {
		t.Fatalf("%v, %v", r, err)
	}
	if !r.Sample.Has("shade") {
		t.Error("the truth is not in the sample")
	}
	// by hand: one place hidden
	like := func(hide int) float64 {
		g := fresh(t, m, ds[0], "tone", "caption")
		if hide >= 0 {
			g.rows["tok_tone"] = hidden(g.rows["tok_tone"], []int{hide}, -1)
		}
		d, _ := m.Domain("shade")
		g.rows[d.Name] = g.blank(d)
		at := make([]int, 16)
		for i := range at {
			at[i] = i
		}
		l, err := g.batch().ask(context.Background(), d, Scheduled{Guide: 1}, func() query { return query{at} })
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, id := range ds[0].Tokens("shade").IDs {
			_, p := Choices(l[i*8:i*8+8], 1, Filter{})
			sum += math.Log(p[id])
		}
		return sum / 16
	}
	for _, at := range []int{0, 5, 15} {
		if want := like(-1) - like(at); math.Abs(r.Nats[at]-want) > 1e-4 {
			t.Errorf("part %d: %g nats, expected %g", at, r.Nats[at], want)
		}
	}
	if math.Abs(r.Whole-like(-1)) > 1e-4 {
		t.Errorf("all of the input: %g, expected %g", r.Whole, like(-1))
	}
	words, err := RelevanceOf(context.Background(), m, ds[0], *Chain("shade", "caption").Then("tone", 4), "caption")
	if err != nil || words.Rows != 1 || len(words.Words) != len(words.Nats) || words.Words[0] != "a" {
		t.Errorf("%v, %v, %v", words, words.Words, err)
	}
	told, err := RelevanceOf(context.Background(), m, modality.Sample{Key: "s", Values: map[string]any{"shade": ds[0].Values["shade"]}}, *Chain("shade").Then("caption", 1), "shade")
	if err != nil || told.Truth || len(told.Nats) != 16 {
		t.Errorf("of a text that the sample does not have: %v, %v", told, err)
	}
	refusal(t, `"tone" is not among what the plan gives, [shade]`, func() {
		RelevanceOf(context.Background(), m, ds[0], *Chain("shade").Then("caption", 1), "tone")
	})
}

// refusal expects a panic with a line.
func refusal(t *testing.T, want string, do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
			t.Errorf("got %v, expected a line with %q", e, want)
		}
	}()
	do()
}
