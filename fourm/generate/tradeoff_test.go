package generate

import (
	"context"
	"math"
	"slices"
	"testing"

	"fourmlab/fourm/modality"
)

// Each row is the mean of the scores of what its plan makes in its steps.
func TestTradeoff(t *testing.T) {
	m, ds := world(t, 3)
	score := func(truth modality.Sample, r Result) float64 {
		if r.Sample.Key != truth.Key {
			t.Fatalf("the truth of %s beside %s", truth.Key, r.Sample.Key)
		}
		return brightness(r)
	}
	plans := []*Plan{Chain("caption").Then("tone", 1).Temp(2), Chain("caption").Then("tone", 1).Temp(2).By(Halton)}
	out, err := TradeOff(context.Background(), m, ds, Trade{Plans: plans, Steps: []int{2, 5}, Seeds: 2, Score: score, Measure: "brightness"})
	if err != nil || len(out.Rows) != 4 || out.Samples != 3 || out.Rows[0].Name != "maskgit, T=2" || out.Rows[3].Name != "T=2, halton" || out.Rows[3].Steps != 5 {
		t.Fatalf("%v, %v", out, err)
	}
	p, sum, by := Chain("caption").Then("tone", 5).Temp(2).By(Halton), 0.0, []float64{0, 0}
	for seed := range 2 {
		for i, s := range ds {
			b := brightness(generate(t, m, s, p, int64(seed*3+i)))
			sum, by[seed] = sum+b/6, by[seed]+b/3
		}
	}
	if r := out.Rows[3]; math.Abs(r.Value-sum) > 1e-6 || math.Abs(r.BySeed[0]-by[0]) > 1e-6 || math.Abs(r.BySeed[1]-by[1]) > 1e-6 || r.Low > r.Value || r.High < r.Value || r.Seconds <= 0 {
		t.Errorf("%+v, expected a mean of %g, by seed %v", r, sum, by)
	}
	if plans[1].Stages[0].Steps != 1 {
		t.Error("the plan that was given is changed")
	}
	if low, high := resampled(slices.Repeat([]float64{0, 1}, 50)); low < 0.35 || low > 0.45 || high < 0.55 || high > 0.65 {
		t.Errorf("of a hundred coins %g to %g, expected about 0.4 to 0.6", low, high)
	}
	for want, x := range map[string]Trade{
		"0 plans, 1 numbers of steps and 3 seeds": {Steps: []int{1}, Score: score},
		"1 plans, 1 numbers":                      {Plans: plans[:1], Steps: []int{1}},
		"2 names for 1 plans":                     {Plans: plans[:1], Names: []string{"a", "b"}, Steps: []int{1}, Score: score},
		"0 steps, expected 1 or more":             {Plans: plans[:1], Steps: []int{0}, Score: score},
	} {
		refusal(t, want, func() { TradeOff(context.Background(), m, ds, x) })
	}
}
