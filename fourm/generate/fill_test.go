package generate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// What is known of a text stays where it is, whatever is written into its gaps, and
// every step has it.
func TestFill(t *testing.T) {
	m, ds := world(t, 2)
	words := m.Tokenizer("caption").(*text.Tokenizer).Words
	known := strings.Fields(caption)
	for name, c := range map[string]struct {
		text  string
		parts []string // that are known
		ends  bool     // the end is known
	}{
		"in the middle": {known[0] + " [S_1] " + known[2], []string{known[0], known[2]}, true},
		"two gaps":      {"[S_1] " + known[1] + " [S_2]", []string{known[1]}, false},
		"the beginning": {known[0] + " " + known[1] + " [S_1]", []string{known[0] + " " + known[1]}, false},
	} {
		for seed := range int64(6) {
			r := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Fill(c.text).Temp(1.5), seed)
			ids := r.Sample.Toks["caption"].IDs
			at := 0
			for _, p := range c.parts {
				want := words.Encode(p)
				found := false
				for ; at+len(want) <= len(ids) && !found; at++ {
					found = reflect.DeepEqual(ids[at:at+len(want)], want)
				}
				if !found {
					t.Errorf("%s, seed %d: %q is not in %q", name, seed, p, r.Sample.Toks["caption"].Text())
				}
			}
			if c.ends && len(ids) <= 12 && !slices.Contains(ids, words.End()) {
				t.Errorf("%s, seed %d: the end is lost: %q", name, seed, r.Sample.Toks["caption"].Text())
			}
			for k, st := range r.Trace {
				n := 0
				for i, x := range st.New {
					if x {
						n++
						if !(st.Confidence[i] > 0 && st.Confidence[i] <= 1) {
							t.Errorf("%s, step %d: confidence %g", name, k, st.Confidence[i])
						}
					}
				}
				if len(st.New) != len(st.Tokens.IDs) || n > 1 {
					t.Errorf("%s, step %d: %d new of %d marks for %d tokens", name, k, n, len(st.New), len(st.Tokens.IDs))
				}
			}
			if again := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Fill(c.text).Temp(1.5), seed); !reflect.DeepEqual(again, r) {
				t.Errorf("%s: the same seed gives another text", name)
			}
		}
	}
	whole := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Temp(1.5), 3)
	if open := generate(t, m, ds[0], Chain("shade").Then("caption", 1).Fill("[S_1]").Temp(1.5), 3); !reflect.DeepEqual(open.Sample.Toks["caption"].IDs, whole.Sample.Toks["caption"].IDs) {
		t.Errorf("[S_1] alone gives %v, nothing known %v", open.Sample.Toks["caption"].IDs, whole.Sample.Toks["caption"].IDs)
	}
}

// The tokens of the target go to the gaps of their sentinels, and the newest is found.
func TestFilling(t *testing.T) {
	splits := func(id int) bool { return id >= 100 }
	in := []int{1, 101, 2, 102, 3}
	got := filling(splits, in, []int{101, 7, 8, 102, 9}, []float64{1, 0.5, 0.25, 0.9, 0.125})
	if want := (filled{[]int{1, 7, 8, 2, 9, 3}, []float32{1, 0.5, 0.25, 1, 0.125, 1}, 4}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, expected %+v", got, want)
	}
	if got := filling(splits, in, []int{101}, []float64{1}); !reflect.DeepEqual(got, filled{[]int{1, 2, 3}, []float32{1, 1, 1}, -1}) {
		t.Errorf("with nothing written %+v", got)
	}
	if got := filling(splits, in, []int{101, 5, 110, 6}, []float64{1, 1, 1, 1}); !slices.Equal(got.ids, []int{1, 5, 2, 3}) || got.newest != -1 {
		t.Errorf("with a sentinel that the text has not %+v", got)
	}
}

// Gaps that are none are named before anything is generated.
func TestWrongFill(t *testing.T) {
	m, ds := world(t, 1)
	for want, plan := range map[string]*Plan{
		`fills "a ball", in which nothing is open`:                         Chain("shade").Then("caption", 1).Fill("a ball"),
		`fills "[S_2] ball", expected [S_1], [S_2], ... in order`:          Chain("shade").Then("caption", 1).Fill("[S_2] ball"),
		`fills "[S_1] a [S_1]", expected [S_1], [S_2], ... in order`:       Chain("shade").Then("caption", 1).Fill("[S_1] a [S_1]"),
		`stage "tone" fills a text, and is of kind image`:                  Chain("shade").Then("tone", 1).Fill("[S_1]"),
		`"caption" is given as 60 tokens, gaps included, expected at most`: Chain("shade").Then("caption", 1).Fill(strings.Repeat(strings.Fields(caption)[0]+" ", 59) + "[S_1]"),
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected %q", e, want)
				}
			}()
			generate(t, m, ds[0], plan, 1)
		}()
	}
}
