package mask

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

// fake tokenizes a picture by its pixels' positions.
type fake struct{ m modality.Modality }

func (f fake) Vocab() int { return 256 }
func (f fake) Encode(any) (modality.Tokens, error) {
	n := f.m.Grid()
	return modality.Tokens{Modality: f.m.Name, IDs: make([]int, n*n), Rows: n, Cols: n}, nil
}
func (f fake) Decode(modality.Tokens) (any, error) { return modality.NewPicture(64, 64, 1), nil }

func setup() modality.Sample {
	v := text.Train([]string{"a red ball left of a small blue box on the gray floor"}, 400)
	modality.SetTokenizer("caption", &text.Tokenizer{Words: v, Of: modality.Lookup("caption")})
	for _, n := range []string{"rgb", "depth"} {
		modality.SetTokenizer(n, fake{modality.Lookup(n)})
	}
	return modality.Sample{Key: "s", Values: map[string]any{
		"rgb": modality.NewPicture(64, 64, 3), "depth": modality.NewPicture(64, 64, 1), "caption": "a red ball left of a small blue box"}}
}

// Budgets are never exceeded, inputs and targets of an image never overlap,
// and the same seed gives the same mask.
func TestDraw(t *testing.T) {
	s := setup()
	for seed := range int64(300) {
		m := Mask{In: 40, Out: 30, InAlpha: 0.5, OutAlpha: 0.5, Seed: seed}
		mk := m.Draw(s)
		in, out := 0, 0
		for _, p := range mk.Parts {
			in, out = in+p.Inputs(), out+p.Targets()
			if p.Pixels && p.Targets() > 0 {
				t.Fatalf("seed %d: pixels are a target", seed)
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
		if again := m.Draw(s); !reflect.DeepEqual(mk, again) {
			t.Fatalf("seed %d: two draws differ", seed)
		}
	}
}

// Input and target together give the text back whenever nothing was cut.
func TestSpansRebuildTheText(t *testing.T) {
	s := setup()
	v := modality.TokenizerOf("caption").(*text.Tokenizer).Words
	ids := s.Tokens("caption").IDs
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 500 {
		sp := spans(r, v, ids, 32, 64)
		after := map[int][]int{}
		last := -1
		for _, id := range sp.out {
			if v.IsSentinel(id) {
				last = id
				continue
			}
			after[last] = append(after[last], id)
		}
		var got []int
		for _, id := range sp.in {
			if v.IsSentinel(id) {
				got = append(got, after[id]...)
				continue
			}
			got = append(got, id)
		}
		if !reflect.DeepEqual(got, ids) {
			t.Fatalf("draw %d: %v and %v rebuild %v, expected %v", n, v.Words(sp.in), v.Words(sp.out), v.Words(got), v.Words(ids))
		}
		for i := range ids {
			if sp.kept[i] == sp.target[i] {
				t.Fatalf("draw %d: token %d is kept %v and target %v", n, i, sp.kept[i], sp.target[i])
			}
		}
	}
}

// A target over its budget is a piece of the whole target that opens with a
// sentinel, and target marks just its tokens.
func TestTargetBudget(t *testing.T) {
	s := setup()
	v := modality.TokenizerOf("caption").(*text.Tokenizer).Words
	ids := s.Tokens("caption").IDs
	r := rand.New(rand.NewPCG(2, 1))
	for range 500 {
		budget := 1 + r.IntN(8)
		sp := spans(r, v, ids, r.IntN(6), budget)
		if len(sp.out) > budget || len(sp.out) > 0 && !v.IsSentinel(sp.out[0]) {
			t.Fatalf("target %v with a budget of %d", v.Words(sp.out), budget)
		}
		var marked, held []int
		for i, id := range ids {
			if sp.target[i] {
				marked = append(marked, id)
			}
		}
		for _, id := range sp.out {
			if !v.IsSentinel(id) {
				held = append(held, id)
			}
		}
		if !reflect.DeepEqual(marked, held) {
			t.Fatalf("marked %v, target holds %v", v.Words(marked), v.Words(held))
		}
	}
	if sp := spans(r, v, ids, 0, 32); len(sp.in) != 0 {
		t.Errorf("a budget of 0 leaves the input %v", v.Words(sp.in))
	}
}

// The Dirichlet has the mean and variance it should have, tiny alphas included.
func TestDirichlet(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	alpha := []float64{0.1, 0.5, 2}
	const n = 20000
	var sum, sq [3]float64
	for range n {
		for i, p := range dirichlet(r, alpha) {
			sum[i] += p / n
			sq[i] += p * p / n
		}
	}
	for i, a := range alpha {
		mean := a / 2.6
		variance := mean * (1 - mean) / 3.6
		if math.Abs(sum[i]-mean) > 0.01 || math.Abs(sq[i]-sum[i]*sum[i]-variance) > 0.01 {
			t.Errorf("alpha %g: mean %g and variance %g, expected %g and %g", a, sum[i], sq[i]-sum[i]*sum[i], mean, variance)
		}
	}
	for range 100 {
		p := dirichlet(r, []float64{0, 0, 0, 1})
		if math.Abs(p[3]-1) > 1e-6 {
			t.Fatalf("alphas of 0 got %v", p)
		}
	}
}

func TestWrongBudgetPanics(t *testing.T) {
	s := setup()
	defer func() {
		if e, ok := recover().(error); !ok || e.Error() != "Mask.Draw: budgets of -1 and 0 tokens, expected 0 or more" {
			t.Errorf("got %v", e)
		}
	}()
	Mask{In: -1}.Draw(s)
}
