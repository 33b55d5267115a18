package generate

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

func TestSchedule(t *testing.T) {
	p := Chain("caption").Then("depth", 6).Temp(2).Then("caption", 1)
	got := p.Schedule()
	if len(got) != 2 || len(got[1]) != 0 {
		t.Fatalf("%v", got)
	}
	room := modality.Lookup("depth").TokenDomain(10).Max
	want := CosineTokens(6, room)
	temps := LinearTemps(2, want)
	for i, s := range got[0] {
		if !reflect.DeepEqual(s, Scheduled{Domain: "tok_depth", Scheme: MaskGIT, Tokens: want[i], Index: i, Of: 6, Temp: temps[i], Guide: 1}) {
			t.Errorf("step %d: %v, expected %d tokens at %v", i, s, want[i], temps[i])
		}
	}
	if len(got[0]) != len(want) {
		t.Errorf("%d steps, expected %d", len(got[0]), len(want))
	}
}

// A greedy stage has the tokens of its schedule and no temperature; a small
// temperature is one.
func TestGreedy(t *testing.T) {
	for name, c := range map[string]struct {
		plan *Plan
		zero bool
	}{
		"caption -> depth(6, greedy)":    {Chain("caption").Then("depth", 6).Greedy(), true},
		"caption -> depth(6)":            {Chain("caption").Then("depth", 6), false},
		"caption -> depth(6, T=1e-07)":   {Chain("caption").Then("depth", 6).Temp(1e-7), false},
		"rgb -> depth(6, greedy)":        {Chain("rgb").Then("depth", 6).Temp(0), true},
		"rgb -> depth(6, T=2)":           {Chain("rgb").Then("depth", 6).Greedy().Temp(2), false},
		"rgb -> depth(6, greedy, g=3)":   {Chain("rgb").Then("depth", 6).Temp(2).Guide(3).Greedy(), true},
		"rgb -> depth(6, T=1, top-k=10)": {Chain("rgb").Then("depth", 6).Temp(1).TopK(10), false},
	} {
		if fmt.Sprint(c.plan) != name {
			t.Errorf("%v, expected %s", c.plan, name)
		}
		for i, s := range c.plan.Schedule()[0] {
			if (s.Temp == 0) != c.zero || s.Tokens == 0 {
				t.Errorf("%s: step %d decides %d tokens at temperature %g", name, i, s.Tokens, s.Temp)
			}
		}
	}
}

// Numbers that are none are refused, and a call without a stage by its name.
func TestNoNumbers(t *testing.T) {
	nan := math.NaN()
	d := modality.Lookup("depth").TokenDomain(10)
	for want, f := range map[string]func(){
		"temperature NaN": func() { Stage{Target: "depth", Temp: nan}.check(d, nil) },
		"top-p NaN":       func() { Stage{Target: "depth", TopP: nan}.check(d, nil) },
		"share NaN":       func() { Stage{Target: "depth", Share: nan}.check(d, nil) },
		"Plan.Greedy: no": func() { Chain("rgb").Greedy() },
	} {
		err := func() (err error) {
			defer fault.Catch(&err)
			f()
			return nil
		}()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, expected %q", err, want)
		}
	}
}
