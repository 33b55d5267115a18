package generate

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
)

// rim is a scheme of a person's own: the places nearest to the rim first.
type rim struct{}

func (rim) String() string { return "rim" }

func (rim) Look(s *GridStep) []int {
	far := func(at int) int {
		r, c := at/s.Cols, at%s.Cols
		return min(r, c, s.Rows-1-r, s.Cols-1-c)
	}
	slices.SortStableFunc(s.Open, func(a, b int) int { return far(a) - far(b) })
	return s.Open[:s.Tokens]
}

func (rim) Keep(*GridStep, []Guess) []int { return nil }

// Halton's order is the one that another program makes of the radical inverses to
// base 2 and 3, in whole numbers.
func TestHaltonOrder(t *testing.T) {
	got := HaltonOrder(14, 14)
	want := []int{102, 51, 141, 20, 122, 73, 175, 12, 98, 61, 163, 30, 132, 95, 185, 8, 110, 43, 145, 38}
	if len(got) != 196 || !slices.Equal(got[:20], want) {
		t.Errorf("%d places, the first of them %v, expected %v", len(got), got[:20], want)
	}
	sum := 0
	for _, at := range got {
		sum = (sum*31 + at) % 1000003
	}
	if sum != 556001 {
		t.Errorf("the checksum of the order is %d, expected 556001", sum)
	}
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {4, 6}, {28, 28}, {0, 3}} {
		order := HaltonOrder(size[0], size[1])
		slices.Sort(order)
		for i, at := range order {
			if i != at {
				t.Fatalf("%v: place %d is %d in order", size, i, at)
			}
		}
		if len(order) != size[0]*size[1] {
			t.Errorf("%v: %d places", size, len(order))
		}
	}
}

// Without noise Gumbel is MaskGIT; with it the last step still is, and places that
// are as likely take turns.
func TestGumbel(t *testing.T) {
	guesses := []Guess{{At: 0, P: 0.3}, {At: 1, P: 0.9}, {At: 2, P: 0.31}, {At: 3, P: 0.5}}
	s := &GridStep{Rows: 2, Cols: 2, Index: 2, Of: 4, Tokens: 2, chance: NewDice(1)}
	if got := Gumbel(0).Keep(s, guesses); !slices.Equal(got, MaskGIT.Keep(s, guesses)) || !slices.Equal(got, []int{1, 3}) {
		t.Errorf("without noise %v", got)
	}
	s.Index = 3
	if got := Gumbel(9).Keep(s, guesses); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("in the last step %v", got)
	}
	s.Index, s.Tokens = 0, 1
	frequency(t, "gumbel", func() int { return Gumbel(1).Keep(s, guesses)[0] }, func(i int) float64 {
		sum := 0.0
		for _, g := range guesses {
			sum += math.Pow(g.P, 1/0.75) // a quarter of the steps is done
		}
		return math.Pow(guesses[i].P, 1/0.75) / sum
	})
}

// Moment chooses places by their moments, and finds those in the logits.
func TestMoment(t *testing.T) {
	logits := []float32{0, 0, 0, 3, 0, 0, 9, 0, 0, 1, 1, 0}
	guesses := make([]Guess, 4)
	for i := range guesses {
		guesses[i].At = i
	}
	describe(guesses, logits, 3, 1.5)
	sum := 0.0
	for i, g := range guesses {
		all, want, entropy, top := 0.0, 0.0, 0.0, 0.0
		row := logits[3*i : 3*i+3]
		for _, v := range row {
			all += math.Exp(float64(v))
		}
		for _, v := range row {
			p := math.Exp(float64(v)) / all
			want += math.Pow(p, 1.5)
			entropy -= p * math.Log(p)
			top = max(top, p)
		}
		if math.Abs(g.moment-want) > 1e-9 || math.Abs(g.Entropy-entropy) > 1e-9 || math.Abs(g.Top-top) > 1e-9 {
			t.Errorf("place %d: %+v, expected a moment of %g, an entropy of %g, %g at the top", i, g, want, entropy, top)
		}
		sum += want
	}
	s := &GridStep{Rows: 2, Cols: 2, Of: 4, Tokens: 1, chance: NewDice(2)}
	frequency(t, "moment", func() int { return Moment(2).Keep(s, guesses)[0] }, func(i int) float64 { return guesses[i].moment / sum })
}

// frequency checks that one of four comes as often as it should.
func frequency(t *testing.T, name string, draw func() int, want func(i int) float64) {
	t.Helper()
	const n = 20000
	count := [4]float64{}
	for range n {
		count[draw()]++
	}
	for i, c := range count {
		if p := want(i); math.Abs(c/n-p) > 5*math.Sqrt(p*(1-p)/n) {
			t.Errorf("%s: %d comes with frequency %g, expected %g", name, i, c/n, p)
		}
	}
}

// wrong is a scheme that looks, or keeps, as told.
type wrong struct{ look, keep []int }

func (wrong) String() string                  { return "wrong" }
func (w wrong) Look(*GridStep) []int          { return w.look }
func (w wrong) Keep(*GridStep, []Guess) []int { return w.keep }

// A scheme that does what it cannot is named in a line, and nothing is decided.
func TestWrongSchemes(t *testing.T) {
	m, ds := world(t, 1)
	for want, by := range map[string]Scheme{
		"wrong looks at 1 places of sample 0, expected at least the 4 that the step decides":  wrong{look: []int{1}},
		"wrong looks at place 99 of sample 0, expected open places, each once":                wrong{look: []int{1, 2, 3, 99}},
		"wrong looks at place 2 of sample 0, expected open places, each once":                 wrong{look: []int{1, 2, 2, 3}},
		"wrong keeps 2 of 16 predictions for sample 0, expected the 4 that the step decides":  wrong{keep: []int{0, 1}},
		"wrong keeps prediction 16 of sample 0, expected numbers from 0 to 15, each once":     wrong{keep: []int{0, 1, 2, 16}},
		"wrong keeps prediction 1 of sample 0, expected numbers from 0 to 15, each once":      wrong{keep: []int{0, 1, 1, 2}},
		"wrong keeps 16 of 16 predictions for sample 0, expected the 4 that the step decides": wrong{},
	} {
		_, err := Generate(context.Background(), m, ds[0], *Chain("shade").Then("tone", 4).Pace("constant").By(by), 1)
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, context.Canceled) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}

// Tokens that were doubted are decided anew, as many as was asked for; what was
// given stays, and in the end all is decided.
func TestRedo(t *testing.T) {
	m, ds := world(t, 1)
	r := generate(t, m, ds[0], Chain("shade").Then("tone", 4).Pace("constant").Redo(0.5).Temp(2), 5)
	open := []int{12, 8, 4, 0} // after each step
	for k, st := range r.Trace {
		n := 0
		for i, id := range st.Tokens.IDs {
			if id < 0 {
				n++
				if st.Confidence[i] != 0 {
					t.Errorf("step %d: an open place has the confidence %g", k, st.Confidence[i])
				}
			}
		}
		fresh := 0
		for _, x := range st.New {
			if x {
				fresh++
			}
		}
		// half of 4, 8 and 12 are decided anew
		if want := 4 + []int{0, 2, 4, 6}[k]; n != open[k] || fresh != want {
			t.Errorf("step %d: %d places are open and %d new, expected %d and %d", k, n, fresh, open[k], want)
		}
	}
	b := &Batch{Rows: []map[string]mask.Row{{"x": {IDs: []int{1, 2, 3, 4}, Input: []bool{true, true, true, true}, Target: make([]bool, 4)}}}}
	b.note(0, "x", []Decision{{At: 1, P: 0.4}, {At: 3, P: 0.2}})
	if n := b.reopen(0, "x", 0.5); n != 1 || !b.Rows[0]["x"].Target[3] || b.Rows[0]["x"].Target[1] || b.Rows[0]["x"].Target[0] {
		t.Errorf("%d of two are open again: %+v", n, b.Rows[0]["x"])
	}
	if n := b.reopen(0, "x", 0.99); n != 0 {
		t.Errorf("%d of one are open again at a share below 1", n)
	}
}
