package generate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// levels tokenizes a picture by the brightness of each patch. onDecode, where
// not nil, is called for every decoding.
type levels struct {
	m        modality.Modality
	onDecode func()
}

func (l levels) Vocab() int { return l.m.Vocab }

func (l levels) Encode(v any) (modality.Tokens, error) {
	p, err := l.m.Fit(v)
	t := modality.Tokens{Modality: l.m.Name, Rows: l.m.Grid(), Cols: l.m.Grid()}
	if err != nil {
		return t, err
	}
	n := l.m.Patch * l.m.Patch
	for i, x := range modality.Patches(p, l.m.Patch) {
		if i%n == 0 {
			t.IDs = append(t.IDs, int(x*float32(l.m.Vocab-1)+0.5))
		}
	}
	return t, nil
}

func (l levels) Decode(t modality.Tokens) (any, error) {
	if l.onDecode != nil {
		l.onDecode()
	}
	p := modality.NewPicture(l.m.Height, l.m.Height, 1)
	g := l.m.Grid()
	for i := range p.Pix {
		id := t.IDs[i/l.m.Height/l.m.Patch*g+i%l.m.Height/l.m.Patch]
		p.Pix[i] = float32(id) / float32(l.m.Vocab-1)
	}
	return p, nil
}

// fresh gives a generation at work to which modalities of a sample are given.
func fresh(t testing.TB, m *model.Model, s modality.Sample, given ...string) *generation {
	t.Helper()
	w := &generation{m: m, chance: NewDice(1), s: modality.Sample{Values: map[string]any{}, Toks: map[string]modality.Tokens{}}, rows: map[string]mask.Row{}}
	for _, g := range given {
		d, _ := m.InputDomain(g)
		if err := w.give("Model.Generate", s, d); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

const caption = "a red ball left of a blue box"

// world registers three small modalities and gives a model of them and n
// samples.
func world(t testing.TB, n int) (*model.Model, set) {
	t.Helper()
	was, tok := modality.Lookup("caption"), modality.TokenizerOf("caption")
	t.Cleanup(func() {
		modality.Register(was)
		modality.SetTokenizer("caption", tok)
	})
	for _, name := range []string{"shade", "tone"} {
		modality.Register(modality.Modality{Name: name, Look: modality.Gray, Height: 8, Patch: 2, Vocab: 8, Pixels: name == "shade"})
		modality.SetTokenizer(name, levels{m: modality.Lookup(name)})
	}
	modality.Register(modality.Modality{Name: "caption", Kind: modality.Sequence, MaxTokens: 12})
	modality.SetTokenizer("caption", &text.Tokenizer{Words: text.Train([]string{caption, caption}, 400), Of: modality.Lookup("caption")})
	c := model.Tiny("shade", "tone", "caption")
	c.Dim, c.Heads, c.Encoder, c.Decoder, c.Seed = 16, 2, 1, 1, 3
	m := model.New(c)
	// weights far from 0, so that what is visible matters
	r := rand.New(rand.NewPCG(1, 1))
	for _, p := range m.Params {
		if strings.HasSuffix(p.Name, "mod_emb") || strings.HasSuffix(p.Name, "token_emb.weight") {
			for i := range p.Data {
				p.Data[i] = float32(r.NormFloat64()) * 0.7
			}
		}
	}
	var out set
	for i := range n {
		a, b := modality.NewPicture(8, 8, 1), modality.NewPicture(8, 8, 1)
		for j := range a.Pix {
			a.Pix[j], b.Pix[j] = float32((j/16+i)%8)/7, float32((i+1)%8)/7
		}
		out = append(out, modality.Sample{Key: fmt.Sprint("s", i), Values: map[string]any{"shade": a, "tone": b, "caption": caption}})
	}
	return m, out
}

type set []modality.Sample

func (s set) Len() int                              { return len(s) }
func (s set) Sample(i int) (modality.Sample, error) { return s[i], nil }

func generate(t testing.TB, m *model.Model, s modality.Sample, p *Plan, seed int64) Result {
	t.Helper()
	r, err := Generate(context.Background(), m, s, *p, seed)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each mistake of a typist is a panic of one line that says what is wrong.
func TestMistakes(t *testing.T) {
	m, ds := world(t, 1)
	c := m.Config
	c.Inputs, c.Outputs = []string{"shade", "tone"}, []string{"tok_tone", "caption"}
	few := model.New(c) // shade is no output, caption no input
	do := func(m *model.Model, p *Plan) func() {
		return func() { Generate(context.Background(), m, ds[0], *p, 0) }
	}
	big := model.Published("4M-7", "Ti")
	big.Dim, big.Heads, big.Encoder, big.Decoder = 16, 2, 1, 1
	whole := model.New(big)
	coded := modality.Sample{Key: "coded", Toks: map[string]modality.Tokens{"shade": ds[0].Tokens("shade")}}
	bare := modality.Sample{Key: "bare", Values: map[string]any{"caption": caption}}
	for _, x := range []struct {
		want string
		do   func()
	}{
		{`did you mean "shade"?`, func() { Chain("shad") }},
		{`did you mean "tone"?`, func() { Chain("shade").Then("tones", 8) }},
		{`Plan.Then: 0 steps for "tone", expected 1 or more`, func() { Chain("shade").Then("tone", 0) }},
		{`Plan.Temp: no stage to set it for (put it behind a Then)`, func() { Chain("shade").Temp(1) }},
		{`Plan.Guide: no stage`, func() { Chain("shade").Guide(1) }},
		{`Plan.TopP: no stage`, func() { Chain("shade").TopP(1) }},
		{`Plan.TopK: no stage`, func() { Chain("shade").TopK(1) }},
		{`Plan.By: no stage`, func() { Chain("shade").By(ROAR) }},
		{`the plan has no target (fourm.Chain(`, do(m, Chain("shade"))},
		{`"caption" is no input of this model (it has [shade tone])`, do(few, Chain("caption").Then("tone", 4))},
		{`"shade" is no output of this model (it has [tok_tone caption])`, do(few, Chain("tone").Then("shade", 4))},
		{`"rgb" is no input of this model (it has [caption det rgb@224 tok_clip@224 tok_depth@224 tok_normal@224 tok_rgb@224 tok_semseg@224]) (write "rgb@224")`, do(whole, Chain("rgb").Then("caption", 4))},
		{`tok_semseg@224]) (write "tok_rgb@224")`, do(whole, Chain("tok_rgb").Then("caption", 4))},
		{`"depth" is no output of this model (it has [caption det tok_clip@224 tok_depth@224 tok_normal@224 tok_rgb@224 tok_semseg@224]) (write "tok_depth@224")`, do(whole, Chain("caption").Then("depth", 4))},
		{`sample coded has no "shade" to condition on, only its tokens (condition on "tok_shade")`, func() { Generate(context.Background(), m, coded, *Chain("shade").Then("tone", 4), 0) }},
		{`sample bare has no "tone" to condition on (it has [caption])`, func() { Generate(context.Background(), m, bare, *Chain("tone").Then("shade", 4), 0) }},
		{`"tone" is given or generated already`, do(m, Chain("tone").Then("tone", 4))},
		{`"tone" is given or generated already`, do(m, Chain("shade").Then("tone", 4).Then("tone", 2))},
		{`"tone" is given twice`, do(m, Chain("tone", "tone").Then("shade", 4))},
		{`stage "tone" decides the share 1 of its tokens anew, expected 0 to below 1`, do(m, Chain("shade").Then("tone", 4).Redo(1))},
		{`stage "tone" has min-p -1 and typical 0, expected 0 to 1`, do(m, Chain("shade").Then("tone", 4).MinP(-1))},
		{`generate.Gumbel: a temperature of -1, expected 0 or more`, func() { Gumbel(-1) }},
		{`generate.Moment: a temperature of 0, expected more than 0`, func() { Moment(0) }},
		{`"caption" is a sequence and cannot be generated by roar`, do(m, Chain("shade").Then("caption", 4).By(ROAR))},
		{`stage "tone" has temperature -1, top-p 0, top-k 0, share 0, 4 steps`, do(m, Chain("shade").Then("tone", 4).Temp(-1))},
		{`stage "tone" has 3 weights of guidance, but 2 conditions before it: shade, caption`, do(m, Chain("shade", "caption").Then("tone", 4).Guide(1, 2, 3))},
		{`one way is enough`, do(m, Chain("shade", "caption").Then("tone", 4).Guide(1, 2).Weigh("shade", 2))},
		{`top-p 2`, do(m, Chain("shade").Then("tone", 4).TopP(2))},
		{`top-k -3`, do(m, Chain("shade").Then("tone", 4).TopK(-3))},
		{`task "shade", expected something like "rgb->depth"`, func() { Eval(context.Background(), m, ds, []string{"shade"}) }},
	} {
		func() {
			defer func() {
				e, ok := recover().(*fault.Error)
				if !ok || !strings.Contains(e.Error(), x.want) || strings.Contains(e.Error(), "\n") {
					t.Errorf("got %v, expected a line with %q", e, x.want)
				}
			}()
			x.do()
		}()
	}
}

// The same seed gives the same result, another seed another one.
func TestDeterminism(t *testing.T) {
	m, ds := world(t, 1)
	p := Chain("caption").Then("tone", 4).Temp(2).TopP(0.9).Then("shade", 3).By(ROAR).Guide(2)
	a, b, c := generate(t, m, ds[0], p, 7), generate(t, m, ds[0], p, 7), generate(t, m, ds[0], p, 8)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("the same seed gave %v and %v", a.Sample.Toks, b.Sample.Toks)
	}
	if reflect.DeepEqual(a.Sample.Toks, c.Sample.Toks) {
		t.Error("another seed gave the same tokens")
	}
	if q := generate(t, m, ds[0], Chain("caption").Then("tone", 4), 7); len(q.Trace) != 4 {
		t.Errorf("%d steps, expected 4", len(q.Trace))
	}
}

// Every scheme decides every position exactly once, as many in a step as the
// schedule says, and never changes what is decided.
func TestEveryPositionOnce(t *testing.T) {
	m, ds := world(t, 1)
	for _, scheme := range []Scheme{MaskGIT, ROAR, Raster, Halton, Autoregressive, Gumbel(4.5), Moment(2), rim{}} {
		for _, steps := range []int{1, 3, 8, 16, 40} {
			r := generate(t, m, ds[0], Chain("shade").Then("tone", steps).By(scheme), 3)
			want := CosineTokens(steps, 16)
			switch scheme {
			case ROAR:
				want = LinearTokens(steps, 16)
			case Raster:
				want = PacedTokens(paces["constant"], steps, 16)
			case Halton:
				want = PacedTokens(paces["arccos"], steps, 16)
			case Autoregressive:
				want = slices.Repeat([]int{1}, 16)
			}
			if len(r.Trace) != len(want) {
				t.Fatalf("%v in %d steps took %d, expected %d", scheme, steps, len(r.Trace), len(want))
			}
			done := make([]int, 16)
			for i := range done {
				done[i] = -1
			}
			for k, st := range r.Trace {
				if st.Index != k || st.Of != len(want) || st.Stage != 0 || st.Target != "tone" || st.Value == nil {
					t.Errorf("%v, step %d is %d of %d of stage %d", scheme, k, st.Index, st.Of, st.Stage)
				}
				n := 0
				for i, id := range st.Tokens.IDs {
					if st.New[i] {
						n++
						if done[i] != -1 || id < 0 || id >= 8 || st.Confidence[i] <= 0 || st.Confidence[i] > 1 {
							t.Fatalf("%v, step %d: position %d becomes %d with confidence %g", scheme, k, i, id, st.Confidence[i])
						}
						done[i] = id
					}
					if id != done[i] {
						t.Fatalf("%v, step %d: position %d is %d, decided was %d", scheme, k, i, id, done[i])
					}
				}
				if n != want[k] {
					t.Errorf("%v, step %d decides %d, expected %d", scheme, k, n, want[k])
				}
			}
			if slices.Contains(done, -1) || !reflect.DeepEqual(done, r.Sample.Toks["tone"].IDs) {
				t.Errorf("%v: decided %v, result %v", scheme, done, r.Sample.Toks["tone"].IDs)
			}
		}
	}
}

// What is given stays as it is, and the sample that gives it is not changed.
func TestGivenIsUntouched(t *testing.T) {
	m, ds := world(t, 1)
	before := ds[0].Picture("shade").Clone()
	r := generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 3), 1)
	if r.Sample.Values["shade"] != ds[0].Values["shade"] || !reflect.DeepEqual(ds[0].Picture("shade"), before) || r.Sample.Text("caption") != caption {
		t.Error("a given modality was changed")
	}
	if ds[0].Toks != nil || len(ds[0].Values) != 3 || !reflect.DeepEqual(r.Generated, []string{"tone"}) || !reflect.DeepEqual(r.Given, []string{"shade", "caption"}) {
		t.Errorf("sample %v, result %v", ds[0], r)
	}
	if _, has := r.Sample.Toks["tone"]; !has || r.Sample.Values["tone"] == nil {
		t.Error("the target is missing from the result")
	}
}

// A finished stage conditions the next one.
func TestChainConditions(t *testing.T) {
	m, _ := world(t, 0)
	logits := func(tokens []int) []float32 {
		w := fresh(t, m, modality.Sample{})
		d, _ := m.Domain("tone")
		if tokens != nil {
			if err := w.finish(d, modality.Tokens{Modality: "tone", IDs: tokens, Rows: 4, Cols: 4}); err != nil {
				t.Fatal(err)
			}
		}
		e, _ := m.Domain("shade")
		w.rows[e.Name] = w.blank(e)
		l, err := w.batch().ask(context.Background(), e, Scheduled{Guide: 1}, func() query { return query{{0, 5, 9}} })
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(l)
	}
	a, b := logits(slices.Repeat([]int{1}, 16)), logits(slices.Repeat([]int{6}, 16))
	if reflect.DeepEqual(a, b) || reflect.DeepEqual(a, logits(nil)) {
		t.Error("the second stage does not see the first")
	}
}

// A text is at most as long as its modality allows, and has its end token
// where it is shorter.
func TestSequencesEnd(t *testing.T) {
	m, ds := world(t, 1)
	longest := 0
	for seed := range int64(30) {
		r := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Temp(3), seed)
		ids := r.Sample.Toks["caption"].IDs
		longest = max(longest, len(ids))
		if len(ids) > 12 || len(ids) == 0 || len(ids) < 12 && ids[len(ids)-1] != text.EOS {
			t.Fatalf("seed %d: %v", seed, r.Sample.Toks["caption"])
		}
		if i := slices.Index(ids, text.EOS); i >= 0 && i < len(ids)-1 || slices.Contains(ids, text.Pad) || slices.Contains(ids, text.SOS) {
			t.Fatalf("seed %d: %v", seed, r.Sample.Toks["caption"])
		}
		for k, st := range r.Trace {
			if len(st.Tokens.IDs) != k+1 || !st.New[k] || st.Of != len(r.Trace) {
				t.Fatalf("seed %d, step %d holds %d tokens", seed, k, len(st.Tokens.IDs))
			}
		}
	}
	if longest != 12 {
		t.Errorf("the longest text has %d tokens; the test wants some of 12", longest)
	}
}

// Reconstruct leaves every visible token as it is and fills in the rest.
func TestReconstructKeepsVisible(t *testing.T) {
	m, ds := world(t, 1)
	words := m.Tokenizers["caption"].(*text.Tokenizer).Words
	for seed := range int64(12) {
		mk := mask.Mask{In: 4 + 3*int(seed), Out: 16, Inputs: m.Config.Inputs, Outputs: m.Config.Outputs, Seed: seed}.Draw(ds[0])
		out, err := Reconstruct(context.Background(), m, mk)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range mk.Parts {
			if p.Pixels {
				continue
			}
			got := out.Toks[p.Modality].IDs
			if p.Modality == "caption" {
				if len(got) > 12 {
					t.Errorf("seed %d: %d tokens", seed, len(got))
				}
				left := got
				for _, id := range p.In.IDs {
					if words.IsSentinel(id) {
						continue
					}
					i := slices.Index(left, id)
					if i < 0 {
						t.Fatalf("seed %d: %v of %v is lost in %v", seed, words.Words([]int{id}), words.Words(p.In.IDs), words.Words(got))
					}
					left = left[i+1:]
				}
				continue
			}
			for i, id := range got {
				if id < 0 || id >= 8 || p.Input[i] && id != p.Tokens.IDs[i] {
					t.Errorf("seed %d: token %d of %s is %d, was %d, visible %v", seed, i, p.Domain, id, p.Tokens.IDs[i], p.Input[i])
				}
			}
			if out.Values[p.Modality] == nil {
				t.Errorf("%s was not decoded", p.Modality)
			}
		}
	}
}

// When the context ends, what is finished is returned with its error.
func TestInterrupt(t *testing.T) {
	m, ds := world(t, 3)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := Generate(gone, m, ds[0], *Chain("shade").Then("tone", 4), 0)
	if !errors.Is(err, context.Canceled) || len(r.Generated) != 0 || len(r.Trace) != 0 || !r.Sample.Has("shade") {
		t.Errorf("%v, error %v", r, err)
	}
	if _, err := Reconstruct(gone, m, mask.Mask{In: 8, Out: 8, Inputs: m.Config.Inputs, Outputs: m.Config.Outputs}.Draw(ds[0])); !errors.Is(err, context.Canceled) {
		t.Errorf("Reconstruct: error %v", err)
	}
	if rep, err := Eval(gone, m, ds, []string{"shade->tone"}); !errors.Is(err, context.Canceled) || rep == nil {
		t.Errorf("Eval: error %v", err)
	}

	// in the second step of the second stage
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	m.Tokenizers["shade"] = levels{modality.Lookup("shade"), func() {
		if n++; n == 2 {
			cancel()
		}
	}}
	r, err = Generate(ctx, m, ds[0], *Chain("caption").Then("tone", 3).Then("shade", 8), 0)
	if !errors.Is(err, context.Canceled) || !reflect.DeepEqual(r.Generated, []string{"tone"}) || len(r.Trace) != 3+2 {
		t.Errorf("generated %v in %d steps, error %v", r.Generated, len(r.Trace), err)
	}
	if r.Sample.Values["tone"] == nil || r.Sample.Has("shade") {
		t.Errorf("result %v", r.Sample)
	}
}
