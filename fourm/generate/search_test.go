package generate

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"fourmlab/fourm/modality"
)

// brightness is a score of one's own: the mean of the tone so far.
func brightness(r Result) float64 {
	p, ok := r.Sample.Values["tone"].(*modality.Picture)
	if !ok {
		return 0
	}
	sum := float32(0)
	for _, x := range p.Pix {
		sum += x
	}
	return float64(sum)
}

// The best of n is one of n, and no other has a larger score.
func TestBest(t *testing.T) {
	m, ds := world(t, 1)
	p := Chain("caption").Then("tone", 3).Temp(3)
	f, err := BestOf(context.Background(), m, ds[0], *p, 9, brightness)
	if err != nil || len(f.Results) != 9 || f.Tried != 9 || !slices.IsSortedFunc(f.Scores, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
		t.Fatalf("%v, scores %v, %v", f, f.Scores, err)
	}
	best := math.Inf(-1)
	for seed := range int64(9) {
		best = max(best, brightness(generate(t, m, ds[0], p, seed)))
	}
	if f.Scores[0] != best || brightness(f.Results[0]) != best {
		t.Errorf("the best has %g, expected %g", f.Scores[0], best)
	}
	likely, err := BestOf(context.Background(), m, ds[0], *Chain("caption").Then("tone", 3), 5, nil)
	if err != nil || likely.Scores[0] > 0 || likely.Scores[0] < likely.Scores[4] || likely.Scores[0] == likely.Scores[4] {
		t.Errorf("by likelihood: %v, %v", likely.Scores, err)
	}
	refusal(t, "the best of 0, expected 1 or more", func() { BestOf(context.Background(), m, ds[0], *p, 0, nil) })
}

// A beam of one way to go on is a generation; a wider one finds what scores more, and
// what it says of its results is so.
func TestBeam(t *testing.T) {
	m, ds := world(t, 1)
	greedy := Chain("caption").Then("shade", 2).Greedy().Then("tone", 4).Greedy()
	one, err := BeamOver(context.Background(), m, ds[0], *greedy, 1, 1, nil)
	if err != nil || len(one.Results) != 1 || one.Tried != 6 {
		t.Fatalf("%v, %v", one, err)
	}
	if want := generate(t, m, ds[0], greedy, 0); !reflect.DeepEqual(one.Results[0].Sample, want.Sample) || !slices.Equal(one.Results[0].Generated, want.Generated) {
		t.Error("a beam of one is not the generation")
	}
	p := Chain("caption").Then("shade", 2).Temp(2).Then("tone", 4).Temp(3)
	mean := 0.0
	for seed := range int64(20) {
		mean += brightness(generate(t, m, ds[0], p, seed)) / 20
	}
	var seen []int
	wide, err := BeamOver(context.Background(), m, ds[0], *p, 3, 4, func(r Result) float64 {
		open := 0
		for _, id := range r.Sample.Toks["tone"].IDs {
			if id < 0 {
				open++
			}
		}
		seen = append(seen, open)
		return brightness(r)
	})
	if err != nil || len(wide.Results) != 3 || wide.Tried != 4+3*4*5 || wide.Scores[0] <= mean {
		t.Fatalf("%v, scores %v, one generation has %g in the mean; %v", wide, wide.Scores, mean, err)
	}
	if seen[len(seen)-1] != 0 || seen[12] == 0 && seen[24] == 0 {
		t.Errorf("open tokens when scored: %v", seen)
	}
	for i, r := range wide.Results {
		if brightness(r) != wide.Scores[i] || len(r.Generated) != 2 || slices.Contains(r.Sample.Toks["tone"].IDs, -1) {
			t.Errorf("result %d: %v with a score of %g", i, r, wide.Scores[i])
		}
	}
	text, err := BeamOver(context.Background(), m, ds[0], *Chain("shade").Then("caption", 1).Temp(2), 2, 5, nil)
	if err != nil || len(text.Results) != 2 || text.Scores[0] < text.Scores[1] || text.Results[0].Sample.Text("caption") == "" {
		t.Errorf("%v, scores %v: %v", text, text.Scores, err)
	}
	kept := Within("tone", 0, 0, 1, 0.5)
	part, err := BeamOver(context.Background(), m, ds[0], *Chain("caption").Then("tone", 3).Keep(kept), 2, 2, brightness)
	if err != nil {
		t.Fatal(err)
	}
	for at, id := range ds[0].Tokens("tone").IDs {
		if kept[at] && part.Results[0].Sample.Toks["tone"].IDs[at] != id {
			t.Errorf("place %d was to be kept", at)
		}
	}
	refusal(t, "a beam of 0", func() { BeamOver(context.Background(), m, ds[0], *p, 0, 2, nil) })
	refusal(t, "decides tokens anew", func() {
		BeamOver(context.Background(), m, ds[0], *Chain("caption").Then("tone", 3).Redo(0.2), 2, 2, nil)
	})
}
