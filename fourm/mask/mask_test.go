package mask

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// fake tokenizes a picture by its pixels' positions.
type fake struct{ m modality.Modality }

func (f fake) Vocab() int { return 256 }
func (f fake) Encode(any) (modality.Tokens, error) {
	n := f.m.Grid()
	return modality.Tokens{Modality: f.m.Name, IDs: make([]int, n*n), Rows: n, Cols: n}, nil
}
func (f fake) Decode(modality.Tokens) (any, error) { return modality.NewPicture(64, 64, 1), nil }

// setup gives a sample of all kinds: pictures, text, chunks, symbols, vectors.
func setup() modality.Sample {
	all := "a red ball left of a small blue box on the gray floor"
	v := text.Train([]string{all, all}, 600) // so often that words are single tokens
	for _, n := range []string{"caption", "tags"} {
		modality.SetTokenizer(n, &text.Tokenizer{Words: v, Of: modality.Lookup(n)})
	}
	for _, n := range []string{"rgb", "depth"} {
		modality.SetTokenizer(n, fake{modality.Lookup(n)})
	}
	modality.Register(modality.Modality{Name: "sound", Kind: modality.Vectors, Dim: 3, MaxTokens: 12})
	return modality.Sample{Key: "s", Values: map[string]any{
		"rgb": modality.NewPicture(64, 64, 3), "depth": modality.NewPicture(64, 64, 1), "caption": "a red ball left of a small blue box",
		"tags":  []string{"red ball", "blue", "box on the floor"},
		"sound": [][]float32{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {1, 1, 1}, {2, 2, 2}},
	}}
}

// quick gives what training draws from: tokens at hand.
func quick() modality.Sample {
	s := setup()
	s.Toks = map[string]modality.Tokens{}
	for _, n := range []string{"rgb", "depth", "caption"} {
		s.Toks[n] = s.Tokens(n)
	}
	return s
}

// Budgets are never exceeded, inputs and targets of a grid never overlap,
// pixels and vectors are no targets, and the same seed gives the same mask.
func TestDraw(t *testing.T) {
	s := setup()
	for seed := range int64(300) {
		m := Mask{InMin: 10, In: 40, Out: 30, InAlpha: 0.5, OutAlpha: 0.5, Seed: seed, Keep: map[string]string{"caption": []string{"random", "all", "binary"}[seed%3]}}
		mk := m.Draw(s)
		in, out := 0, 0
		for _, p := range mk.Parts {
			in, out = in+p.Inputs(), out+p.Targets()
			if (p.Pixels || p.Modality == "sound") && p.Targets() > 0 {
				t.Fatalf("seed %d: %s is a target", seed, p.Domain)
			}
			for i := range p.Input {
				if p.Input[i] && p.Target[i] {
					t.Fatalf("seed %d: token %d of %s is input and target", seed, i, p.Domain)
				}
			}
		}
		if in > 40 || out > 30 {
			t.Fatalf("seed %d: %d inputs and %d targets, budgets 40 and 30", seed, in, out)
		}
		if len(mk.Parts) != 6 {
			t.Fatalf("%d parts, expected those of pixels, rgb, depth, caption, tags and sound: %v", len(mk.Parts), mk)
		}
		if again := m.Draw(s); !reflect.DeepEqual(mk, again) {
			t.Fatalf("seed %d: two draws differ", seed)
		}
	}
}

// Without a target budget every token is an input or a target: of pictures
// token by token, of texts span by span.
func TestRest(t *testing.T) {
	s := setup()
	for seed := range int64(50) {
		for _, p := range (Mask{In: 40, Rest: true, Seed: seed}).Draw(s).Parts {
			for i := range p.Input {
				if want := !p.Pixels && p.Modality != "sound"; want != (p.Input[i] != p.Target[i]) && !p.Input[i] {
					t.Fatalf("seed %d: token %d of %s is input %v and target %v", seed, i, p.Domain, p.Input[i], p.Target[i])
				}
			}
		}
	}
}

// Chunks keep their order unless the mask shuffles them.
func TestShuffle(t *testing.T) {
	s := setup()
	orders := map[string]bool{}
	for seed := range int64(60) {
		m := Mask{Inputs: []string{"tags"}, Outputs: []string{"caption"}, Fixed: true, Seed: seed}
		if got := m.Draw(s).Parts[0].In.Text(); got != "red ball blue box on the floor [EOS]" {
			t.Fatalf("chunks read %q", got)
		}
		m.Shuffle = []string{"tags"}
		orders[m.Draw(s).Parts[0].In.Text()] = true
	}
	if len(orders) != 6 {
		t.Errorf("%d orders of three chunks, expected 6: %v", len(orders), orders)
	}
	if !orders["box on the floor red ball blue [EOS]"] {
		t.Errorf("chunks were broken: %v", orders)
	}
}

// With fixed roles inputs are whole and targets are whole; only 4M's mistake
// gives an input sequence a target.
func TestFixed(t *testing.T) {
	s := setup()
	m := Mask{Inputs: []string{"rgb", "caption", "sound"}, Outputs: []string{"depth", "tags"}, Fixed: true}
	check := func(m Mask, lone string) {
		t.Helper()
		for i, w := range []struct{ in, out int }{{64, 0}, {len(s.Tokens("caption").IDs), len(strings.Fields(lone))}, {5, 0}, {0, 64}, {0, 10}} {
			p := m.Draw(s).Parts[i]
			if p.Inputs() != w.in || p.Targets() != w.out {
				t.Errorf("%s: %d inputs and %d targets, expected %d and %d", p.Domain, p.Inputs(), p.Targets(), w.in, w.out)
			}
		}
		if got := m.Draw(s).Parts[1].Out.Text(); got != lone {
			t.Errorf("the input text has target %q, expected %q", got, lone)
		}
		if got := m.Draw(s).Parts[4].Out.Text(); got != "[S_1] red ball blue box on the floor [EOS] [S_2]" {
			t.Errorf("the target text is %q", got)
		}
	}
	check(m, "")
	m.Compat = true
	check(m, "[S_1]")
}

// What cannot be is said in one line.
func TestFaults(t *testing.T) {
	s := setup()
	for _, c := range []struct {
		m    Mask
		want string
	}{
		{Mask{In: -1}, "Mask.Draw: budgets of -1 and 0 tokens, expected 0 or more"},
		{Mask{InMin: 65}, "Mask.Draw: at least 65 and 0 tokens, expected 0 to the budgets of 64 and 64"},
		{Mask{Weight: -1}, "Mask.Draw: a weight of -1 in a mixture, expected 0 or more"},
		{Mask{InAlpha: -1}, "Mask.Draw: alphas of -1 and 0, expected 0 or more"},
		{Mask{OutAlphas: map[string]float64{"depth": -2}}, "Mask.Draw: an alpha of -2 for depth, expected 0 or more"},
		{Mask{InAlphas: map[string]float64{"depht": 1}}, `Mask.Draw: no modality "depht"`},
		{Mask{Keep: map[string]string{"caption": "most"}}, `Mask.Draw: keep scheme "most" for caption, expected random, all or binary`},
		{Mask{Least: map[string]int{"caption": 33}}, "Mask.Draw: at least 33 tokens for caption, expected 0 to 32"},
		{Mask{In: 20, Least: map[string]int{"depth": 12, "caption": 9}}, "Mask.Draw: Least asks for 21 input tokens (tok_depth, caption), more than the budget of 20"},
		{Mask{Out: 20, Least: map[string]int{"depth": 12, "caption": 9}}, "Mask.Draw: Least asks for 21 target tokens"},
		{Mask{InMin: 3, Least: map[string]int{"depth": 4}}, "Mask.Draw: Least asks for 4 input tokens (tok_depth), more than the budget of 3"},
		{Mask{In: 64, Out: 64, Least: map[string]int{"depth": 33}}, "Mask.Draw: at least 33 input and 33 target tokens for tok_depth, which has 64"},
		{Mask{Inputs: []string{"rgb", "caption"}, Outputs: []string{"depth"}, InAlphas: map[string]float64{"rgb": 0, "caption": 0}}, "Mask.Draw: InAlphas are 0 for all of rgb, caption: nothing is left to be input"},
		{Mask{Inputs: []string{"rgb"}, Outputs: []string{"depth"}, OutAlphas: map[string]float64{"depth": 0}}, "Mask.Draw: OutAlphas are 0 for all of tok_depth: nothing is left to be target (an alpha of 0 excludes a domain)"},
		{Mask{Inputs: []string{"edge"}, Outputs: []string{"depth"}}, `Mask.Draw: "edge" has no tokenizer`},
		{Mask{Inputs: []string{"rgb"}, Outputs: []string{"sound"}, Fixed: true}, "Mask.Draw: sound is a target, expected an input: nothing predicts vectors"},
		{Mask{Inputs: []string{"depth"}, Outputs: []string{"depth"}, Fixed: true}, "Mask.Draw: tok_depth is both input and target of fixed roles"},
	} {
		var err error
		func() {
			defer fault.Catch(&err)
			c.m.Draw(s)
		}()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, expected %s", err, c.want)
		}
	}
}

// Least holds in every draw, on the sides that a domain takes part in; what is
// over goes by the draw.
func TestLeastHolds(t *testing.T) {
	s := setup()
	spread := map[int]bool{}
	for seed := range int64(200) {
		m := Mask{In: 80, Out: 40, Least: map[string]int{"rgb": 64, "depth": 10}, OutAlphas: map[string]float64{"depth": 0}, Seed: seed,
			Inputs: []string{"rgb", "depth", "caption"}, Outputs: []string{"depth", "caption", "tok_rgb"}}
		for _, p := range m.Draw(s).Parts {
			switch n := p.Inputs(); {
			case p.Pixels && n != 64:
				t.Fatalf("seed %d: %d patches of rgb, expected all 64", seed, n)
			case p.Domain == "tok_depth" && n < 10:
				t.Fatalf("seed %d: %d tokens of depth, expected 10 or more", seed, n)
			case p.Domain == "tok_depth":
				spread[n] = true
				if p.Targets() > 0 {
					t.Fatalf("seed %d: %d targets of depth, whose alpha is 0", seed, p.Targets())
				}
			}
		}
	}
	if len(spread) < 3 {
		t.Errorf("what is over is always shared out alike: %v", spread)
	}
	for seed := range int64(50) {
		m := Mask{In: 32, Out: 32, InAlpha: 0.01, OutAlpha: 0.01, Least: map[string]int{"depth": 30}, Seed: seed, Inputs: []string{"depth", "caption"}, Outputs: []string{"depth", "caption"}}
		p := m.Draw(s).Parts[0]
		if p.Inputs() < 30 || p.Targets() < 30 {
			t.Fatalf("seed %d: %d in, %d target of depth, expected 30 or more of each", seed, p.Inputs(), p.Targets())
		}
	}
}

// The short name of a modality whose pixels and tokens both take part means the
// pixels: its tokens keep the shares of others.
func TestLeastOfPixelsOnly(t *testing.T) {
	s := setup()
	fewer := false
	for seed := range int64(50) {
		m := Mask{In: 40, Out: 40, Least: map[string]int{"rgb": 18}, Seed: seed, Inputs: []string{"rgb", "tok_rgb", "depth"}, Outputs: []string{"tok_rgb", "depth"}}
		for _, p := range m.Draw(s).Parts {
			if p.Pixels && p.Inputs() < 18 {
				t.Fatalf("seed %d: %d patches of rgb, expected 18 or more", seed, p.Inputs())
			}
			fewer = fewer || p.Domain == "tok_rgb" && p.Inputs() < 10 && p.Targets() < 18
		}
	}
	if !fewer {
		t.Error("tok_rgb never has few tokens: it got the least of the pixels")
	}
}

// A draw as training makes it.
func BenchmarkDraw(b *testing.B) {
	s := quick()
	m := Mask{In: 64, Out: 64, InAlpha: 0.5, OutAlpha: 0.5, Inputs: []string{"rgb", "tok_rgb", "depth", "caption"}, Outputs: []string{"tok_rgb", "depth", "caption"}}
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		m.DrawWith(s, r)
	}
}
