package generate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/internal/fault"
)

// What is kept of a target stays, conditions the rest, and is never counted; with all
// kept nothing is generated.
func TestKeep(t *testing.T) {
	m, ds := world(t, 2)
	true0, err := m.Tokenizer("tone").Encode(ds[1].Values["tone"])
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []Scheme{nil, ROAR, Halton, Autoregressive} {
		keep := Around("tone", 0, 0, 0.5, 0.5) // a quarter is painted anew
		r := generate(t, m, ds[1], Chain("shade").Then("tone", 3).By(by).Keep(keep).Temp(3), 4)
		got := r.Sample.Toks["tone"].IDs
		fresh := 0
		for at, id := range got {
			if keep[at] && id != true0.IDs[at] {
				t.Errorf("%v: place %d was to stay %d, is %d", by, at, true0.IDs[at], id)
			}
			for k, st := range r.Trace {
				if keep[at] && (st.New[at] || st.Tokens.IDs[at] != true0.IDs[at] || st.Confidence[at] != 1) {
					t.Errorf("%v, step %d: place %d is %d, new %v, confidence %g", by, k, at, st.Tokens.IDs[at], st.New[at], st.Confidence[at])
				}
				if st.New[at] {
					fresh++
				}
			}
		}
		if fresh != 4 || slices.Contains(got, -1) {
			t.Errorf("%v: %d places are new, expected 4: %v", by, fresh, got)
		}
	}
	all := generate(t, m, ds[1], Chain("shade").Then("tone", 3).Keep(slices.Repeat([]bool{true}, 16)), 4)
	if len(all.Trace) != 0 || !reflect.DeepEqual(all.Sample.Toks["tone"].IDs, true0.IDs) {
		t.Errorf("with all kept there are %d steps and tokens %v", len(all.Trace), all.Sample.Toks["tone"].IDs)
	}
	// what is kept is seen: the same open places after other known ones
	greedy := func(i int) []int {
		return generate(t, m, ds[i], Chain("caption").Then("tone", 1).Keep(Within("tone", 0.5, 0, 1, 1)).Greedy(), 4).Sample.Toks["tone"].IDs
	}
	if reflect.DeepEqual(greedy(0)[:2], greedy(1)[:2]) && reflect.DeepEqual(greedy(0)[4:6], greedy(1)[4:6]) && reflect.DeepEqual(greedy(0)[8:10], greedy(1)[8:10]) {
		t.Error("what is kept changes nothing")
	}
	if s := Chain("shade").Then("tone", 3).Keep(Within("tone", 0, 0, 0.5, 0.5)).String(); s != "shade -> tone(3, 4 of 16 kept)" {
		t.Errorf("the plan is %s", s)
	}
}

// A mask that fits no grid, and tokens that there are none of, are named.
func TestWrongKeep(t *testing.T) {
	m, ds := world(t, 1)
	few := *m
	few.In = few.In[:1]
	bare := ds[0]
	bare.Values = map[string]any{"shade": ds[0].Values["shade"]}
	for want, do := range map[string]func(){
		`stage "tone" keeps 3 places, expected a picture's grid, here of 4x4`: func() {
			generate(t, m, ds[0], Chain("shade").Then("tone", 3).Keep(make([]bool, 3)), 1)
		},
		`stage "caption" keeps 3 places, expected a picture's grid`: func() {
			generate(t, m, ds[0], Chain("shade").Then("caption", 3).Keep(make([]bool, 3)), 1)
		},
		`stage "tone" keeps tokens of it, and sample`: func() {
			generate(t, m, bare, Chain("shade").Then("tone", 3).Keep(make([]bool, 16)), 1)
		},
		`"caption" is of kind sequence, expected an image`:           func() { Within("caption", 0, 0, 1, 1) },
		`a rectangle from (1, 0) to (0, 1), expected its upper left`: func() { Around("tone", 1, 0, 0, 1) },
		`stage "tone" keeps tokens of it, which is no input`: func() {
			generate(t, &few, ds[0], Chain(few.In[0].Name).Then("tone", 3).Keep(make([]bool, 16)), 1)
		},
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected %q", e, want)
				}
			}()
			do()
		}()
	}
}
