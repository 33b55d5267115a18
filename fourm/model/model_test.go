package model

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
	"fourmlab/internal/fixture"
	"fourmlab/internal/human"
)

const sentence = "a red ball left of a blue box"

// little registers small modalities and gives a model of them.
func little(t testing.TB) *Model {
	t.Helper()
	if tt, ok := t.(*testing.T); ok {
		keepRegistry(tt)
	}
	for _, n := range []string{"rgb", "depth"} {
		modality.Register(modality.Modality{Name: n, Height: 8, Patch: 2, Vocab: 20, Pixels: n == "rgb", Look: modality.Lookup(n).Look})
		modality.SetTokenizer(n, words(20))
	}
	modality.Register(modality.Modality{Name: "caption", Kind: modality.Sequence, MaxTokens: 12})
	modality.SetTokenizer("caption", &text.Tokenizer{Words: text.Train([]string{sentence, sentence}, 400), Of: modality.Lookup("caption")})
	c := Tiny("rgb", "depth", "caption")
	c.Dim, c.Heads, c.Encoder, c.Decoder, c.Seed = 16, 2, 2, 2, 4
	m := New(c)
	for _, p := range m.Params { // so that tokens matter
		if strings.Contains(p.Name, "_emb") {
			for i := range p.Data {
				p.Data[i] *= 20
			}
		}
	}
	return m
}

// masked gives a sample of the little model with all kinds of parts.
func masked(m *Model) mask.Masked {
	pic := modality.NewPicture(8, 8, 3)
	for i := range pic.Pix {
		pic.Pix[i] = float32(i%7) / 6
	}
	half := func(from, to int) []bool {
		b := make([]bool, 16)
		for i := from; i < to; i++ {
			b[i] = true
		}
		return b
	}
	ids := make([]int, 16)
	for i := range ids {
		ids[i] = i * 3 % 20
	}
	w := m.Tokenizers["caption"].(*text.Tokenizer)
	in := append([]int{}, w.Words.Encode("a red")...)
	return mask.Masked{Sample: modality.Sample{Key: "s", Values: map[string]any{"rgb": pic}}, Parts: []mask.Part{
		{Domain: "rgb", Modality: "rgb", Pixels: true, Input: half(0, 5), Target: half(0, 0)},
		{Domain: "tok_rgb", Modality: "rgb", Tokens: modality.Tokens{IDs: ids}, Input: half(6, 9), Target: half(9, 14)},
		{Domain: "tok_depth", Modality: "depth", Tokens: modality.Tokens{IDs: ids}, Input: half(2, 4), Target: half(4, 8)},
		{Domain: "caption", Modality: "caption", In: w.Tokens(append(in, w.Words.Sentinel(1))), Out: w.Tokens(append([]int{w.Words.Sentinel(1)}, w.Words.Encode("ball left of a blue")...))},
	}}
}

// predict gives the decoder's output rows of a sample, by domain.
func predict(t testing.TB, m *Model, s Shape, mk ...mask.Masked) []map[string][][]float32 {
	t.Helper()
	n := m.Graph(Predicting, s)
	if err := m.Fill(n.Batch, mk); err != nil {
		t.Fatal(err)
	}
	if err := n.Machine.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	d := m.Config.Dim
	out := make([]map[string][][]float32, len(mk))
	for b := range mk {
		out[b] = map[string][][]float32{}
		for i := range s.M {
			if k := n.DecMod[2*(b*s.M+i)]; k >= 0 {
				name := m.Out[k].Name
				at := (b*s.M + i) * d
				out[b][name] = append(out[b][name], slices.Clone(n.Output()[at:at+d]))
			}
		}
	}
	return out
}

// The target tokens of a text do not see later ones, and predictions do see
// earlier ones.
func TestTextIsCausal(t *testing.T) {
	m := little(t)
	a, b := masked(m), masked(m)
	ids := slices.Clone(b.Parts[3].Out.IDs)
	ids[3] = m.Tokenizers["caption"].(*text.Tokenizer).Words.Encode("box")[0]
	b.Parts[3].Out.IDs = ids
	s := Shape{B: 1, N: 20, M: 20}
	x, y := predict(t, m, s, a)[0]["caption"], predict(t, m, s, b)[0]["caption"]
	if len(x) != 5 {
		t.Fatalf("%d predictions for 6 target tokens, expected 5", len(x))
	}
	for i := range x {
		if same := reflect.DeepEqual(x[i], y[i]); same != (i < 3) {
			t.Errorf("prediction %d is the same after token 3 changed: %v", i, same)
		}
	}
}

// The targets of one domain do not see those of another, and an image's see
// each other.
func TestTargetsAreIsolated(t *testing.T) {
	m := little(t)
	a := masked(m)
	s := Shape{B: 1, N: 20, M: 20}
	x := predict(t, m, s, a)[0]
	for i, change := range map[string]func(*mask.Masked){
		"tok_rgb": func(k *mask.Masked) {
			k.Parts[1].Target = slices.Repeat([]bool{false}, 16)
			k.Parts[1].Target[15] = true
		},
		"tok_depth": func(k *mask.Masked) {
			k.Parts[2].Target = slices.Repeat([]bool{false}, 16)
			k.Parts[2].Target[15] = true
		},
		"caption": func(k *mask.Masked) { k.Parts[3].Out.IDs = k.Parts[3].Out.IDs[:2] },
	} {
		b := masked(m)
		change(&b)
		y := predict(t, m, s, b)[0]
		for name := range x {
			if name == i {
				continue
			}
			for r := range x[name] {
				if d := distance(x[name][r], y[name][r]); d > 1e-5 {
					t.Errorf("other targets of %s change %s by %g", i, name, d)
				}
			}
		}
	}
	b := masked(m)
	b.Parts[1].Target[8] = false
	b.Parts[1].Target[14] = true // one more
	if distance(x["tok_rgb"][0], predict(t, m, s, b)[0]["tok_rgb"][0]) < 1e-4 {
		t.Error("an image's targets do not see each other")
	}
}

// Padding and the company of other samples do not change what a sample gives.
func TestPadding(t *testing.T) {
	m := little(t)
	a, other := masked(m), masked(m)
	other.Parts = other.Parts[:2]
	want := predict(t, m, Shape{B: 1, N: 13, M: 14}, a)[0]
	losses := func(s Shape, mk ...mask.Masked) (out []float64) {
		n := m.Graph(Evaluating, s)
		if err := m.Fill(n.Batch, mk); err != nil {
			t.Fatal(err)
		}
		if err := n.Machine.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		out = append(out, n.Loss())
		for _, d := range m.Out {
			out = append(out, n.DomainLoss(d.Name))
		}
		return out
	}
	base := losses(Shape{B: 1, N: 13, M: 14}, a)
	for _, s := range []Shape{{1, 13, 14}, {1, 31, 14}, {1, 13, 40}, {3, 50, 30}} {
		mk := []mask.Masked{a}
		for i, l := range losses(s, mk...) {
			if math.Abs(l-base[i]) > 1e-5 {
				t.Errorf("in a batch of %v loss %d is %g, expected %g", s, i, l, base[i])
			}
		}
		if s.B > 1 {
			mk = []mask.Masked{other, a, other}
		}
		got := predict(t, m, s, mk...)[s.B/2]
		for name := range want {
			for r := range want[name] {
				if d := distance(want[name][r], got[name][r]); d > 1e-5 {
					t.Errorf("in a batch of %v, row %d of %s differs by %g", s, r, name, d)
				}
			}
		}
	}
	// the budgets cut from the end, as in 4M
	cut := predict(t, m, Shape{B: 1, N: 13, M: 7}, a)[0]
	if len(cut["tok_rgb"]) != 5 || len(cut["tok_depth"]) != 2 || len(cut["caption"]) != 0 {
		t.Errorf("7 targets are %d, %d and %d", len(cut["tok_rgb"]), len(cut["tok_depth"]), len(cut["caption"]))
	}
}

// What cannot be packed is an error that names the sample.
func TestFillErrors(t *testing.T) {
	m := little(t)
	n := m.Graph(Predicting, Shape{B: 1, N: 20, M: 20})
	if err := m.Fill(n.Batch, []mask.Masked{masked(m), masked(m)}); err == nil || !strings.Contains(err.Error(), "2 samples for a batch of 1") {
		t.Errorf("error %v", err)
	}
	k := masked(m)
	k.Sample.Values["rgb"] = modality.NewPicture(4, 4, 3)
	if err := m.Fill(n.Batch, []mask.Masked{k}); err == nil || err.Error() != "model: sample s: rgb: picture of 4x4x3, expected 8x8x3" {
		t.Errorf("error %v", err)
	}
}

// A model comes back from a file as it was: configuration, parameters,
// tokenizers, outputs.
func TestSaveAndLoad(t *testing.T) {
	for _, untied := range []bool{false, true} {
		m := little(t)
		c := m.Config
		c.Untied = untied
		m = New(c)
		path := filepath.Join(t.TempDir(), "m.safetensors")
		if err := m.Save(path, []checkpoint.Tensor{{Name: "optimizer.x", Shape: []int{2}, Data: []float32{1, 2}}}, map[string]string{"note": "hello"}); err != nil {
			t.Fatal(err)
		}
		s := Shape{B: 1, N: 20, M: 20}
		want := predict(t, m, s, masked(m))
		modality.SetTokenizer("caption", nil)
		modality.Register(modality.Modality{Name: "caption", Kind: modality.Sequence, MaxTokens: 5})
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Config, m.Config) || !reflect.DeepEqual(got.In, m.In) || !reflect.DeepEqual(got.Out, m.Out) {
			t.Errorf("came back as %v, was %v", got, m)
		}
		for i, p := range m.Params {
			if !reflect.DeepEqual(p, got.Params[i]) {
				t.Errorf("%s came back changed", p.Name)
			}
		}
		a, b := m.Tokenizers["caption"].(*text.Tokenizer), got.Tokenizers["caption"].(*text.Tokenizer)
		if !reflect.DeepEqual(a.Words.Pieces, b.Words.Pieces) || modality.TokenizerOf("caption") != modality.Tokenizer(b) || modality.Lookup("caption").MaxTokens != 12 {
			t.Error("the tokenizer or its modality did not come back")
		}
		if !reflect.DeepEqual(want, predict(t, got, s, masked(got))) {
			t.Error("the model that came back predicts something else")
		}

		about, err := Peek(path)
		_, all := m.Size()
		if err != nil || !strings.Contains(about, "16 wide, 2+2 blocks") || !strings.Contains(about, human.Short(float64(all))+" parameters") {
			t.Errorf("peek gives %q (%v), expected %s parameters", about, err, human.Short(float64(all)))
		}
	}
}

// A file that is no model of ours is refused with its name and the reason.
func TestForeignFiles(t *testing.T) {
	m := little(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "m.safetensors")
	if err := m.Save(path, nil, nil); err != nil {
		t.Fatal(err)
	}
	f, err := checkpoint.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var tensors []checkpoint.Tensor
	for _, n := range f.Names() {
		d, err := f.Floats(n)
		if err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, checkpoint.Tensor{Name: n, Shape: f.Shape(n), Data: d})
	}
	write := func(name string, change func([]checkpoint.Tensor) []checkpoint.Tensor, meta map[string]string) string {
		p := filepath.Join(dir, name)
		if err := checkpoint.Write(p, change(slices.Clone(tensors)), meta); err != nil {
			t.Fatal(err)
		}
		return p
	}
	same := func(x []checkpoint.Tensor) []checkpoint.Tensor { return x }
	edit := func(old, new string) map[string]string {
		s := strings.Replace(f.Meta["fourmlab"], old, new, 1)
		if s == f.Meta["fourmlab"] {
			t.Fatalf("the metadata have no %s", old)
		}
		return map[string]string{"fourmlab": s}
	}
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte("no model at all"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "none"), "no such file"},
		{text, "not safetensors"},
		{write("foreign", same, map[string]string{"format": "pt"}), "no configuration"},
		{write("json", same, map[string]string{"fourmlab": "{"}), "metadata"},
		{write("wrong shape", func(x []checkpoint.Tensor) []checkpoint.Tensor {
			for i := range x {
				if x[i].Name == "mask_token" {
					x[i].Shape, x[i].Data = []int{1, 1, 4}, make([]float32, 4)
				}
			}
			return x
		}, f.Meta), `tensor "mask_token" has shape [1 1 4], expected [1 1 16]`},
		{write("missing", func(x []checkpoint.Tensor) []checkpoint.Tensor {
			return slices.DeleteFunc(x, func(t checkpoint.Tensor) bool { return t.Name == "encoder_norm.weight" })
		}, f.Meta), "1 missing: encoder_norm.weight"},
		{write("wide", same, edit(`"Dim":16`, `"Dim":24`)), "expected [1 1 24]"},
		{write("odd", same, edit(`"Dim":16`, `"Dim":15`)), "dim 15"},
		{write("kind", same, edit(`"kind":"wordpiece"`, `"kind":"sentencepiece"`)), `unknown kind "sentencepiece"`},
		{write("huge", same, edit(`"Dim":16`, `"Dim":1600000000`)), "expected"},
		{write("deep", same, edit(`"Encoder":2`, `"Encoder":2000000000`)), "2000000000 encoder and 2 decoder blocks in a file"},
	} {
		if _, err := Load(c.path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: error %v, expected one with %q", filepath.Base(c.path), err, c.want)
		}
	}
	if _, err := Peek(text); err == nil {
		t.Error("a text was peeked into as a model")
	}
}

// What was typed cannot be right: a line that says so, and what to do.
func TestWrongConfigs(t *testing.T) {
	little(t)
	modality.Register(modality.Modality{Name: "untrained", Look: modality.Gray})
	good := Tiny("rgb", "depth")
	for _, c := range []struct {
		want   string
		change func(*Config)
	}{
		{`"untrained" has no tokenizer (train one: fourm.TrainTokenizers(ds, "untrained"), or load a checkpoint that brings it)`, func(c *Config) { c.Outputs = []string{"untrained"} }},
		{`no modality "dept"`, func(c *Config) { c.Inputs = []string{"dept"} }},
		{`dim 30, expected a multiple of 4`, func(c *Config) { c.Dim = 30 }},
		{`dim 32 does not divide into 5 heads`, func(c *Config) { c.Dim, c.Heads = 32, 5 }},
		{`0 encoder and 6 decoder blocks`, func(c *Config) { c.Encoder = 0 }},
		{`3 inputs and 0 outputs`, func(c *Config) { c.Outputs = nil }},
	} {
		func() {
			defer func() {
				e, ok := recover().(*fault.Error)
				if !ok || !strings.Contains(e.Error(), c.want) || strings.Contains(e.Error(), "\n") {
					t.Errorf("got %v, expected a line with %q", e, c.want)
				}
			}()
			x := good
			c.change(&x)
			New(x)
		}()
	}
}

// The same seed gives the same weights, another one others.
func TestInitialWeights(t *testing.T) {
	m := little(t)
	c := m.Config
	a, b := New(c), New(c)
	c.Seed++
	d := New(c)
	for i := range a.Params {
		if !reflect.DeepEqual(a.Params[i], b.Params[i]) {
			t.Errorf("%s differs between two models of one seed", a.Params[i].Name)
		}
		if a.Params[i].Decays() && reflect.DeepEqual(a.Params[i].Data, d.Params[i].Data) {
			t.Errorf("%s is the same with another seed", a.Params[i].Name)
		}
	}
}

// The Base model of 4M-7's modalities has the official names and shapes.
func TestOfficialNames(t *testing.T) {
	path := fixture.Path(t, "4m", "keys_4M-7_B.txt")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	keepRegistry(t)
	official := map[string]string{} // shape by name
	kind := map[string]string{}
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		name, rest, _ := strings.Cut(l, " [")
		shape, what, _ := strings.Cut(rest, "]")
		official[name], kind[name] = "["+strings.ReplaceAll(shape, ",", "")+"]", strings.TrimSpace(what)
	}
	for name, vocab := range map[string]int{"rgb": 16384, "depth": 8192, "normal": 8192, "semseg": 4096, "clip": 8192} {
		modality.Register(modality.Modality{Name: name, Height: 224, Patch: 16, Vocab: vocab, Pixels: name == "rgb"})
		modality.SetTokenizer(name, words(vocab))
	}
	for name, off := range map[string]string{"caption": "caption", "box": "det"} {
		modality.Register(modality.Modality{Name: name, Official: off, Kind: modality.Sequence, MaxTokens: 256})
		modality.SetTokenizer(name, words(30000))
	}
	c := Base("rgb", "depth", "normal", "semseg", "clip", "caption", "box")
	c.Untied = true
	m := outline(c) // its numbers would take the better part of two gigabytes
	for _, p := range m.Params {
		if official[p.Name] != fmt.Sprint(p.Shape) {
			t.Errorf("%s is %v, officially %q", p.Name, p.Shape, official[p.Name])
		}
		delete(official, p.Name)
	}
	trunk, _ := m.Size()
	t.Logf("%d parameters of %d, %.1f M in the blocks, have the official names and shapes", len(m.Params), len(kind), float64(trunk)/1e6)
	for name := range official {
		image := strings.HasPrefix(name, "decoder_embeddings.tok_") && strings.HasSuffix(name, "token_emb.weight")
		if kind[name] == "p" && !image {
			t.Errorf("%s is not in the model", name)
		}
	}
	if math.Abs(float64(trunk)/1e6-198.8) > 0.1 {
		t.Errorf("%d parameters in the blocks, expected 198.8 M", trunk)
	}
}
