package mask

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/fixture"
)

// A component comes as often as its weight says; where none has a weight, all
// come alike.
func TestPick(t *testing.T) {
	c := chance(5)
	var even, uneven [3]int
	for range 6000 {
		even[Pick(c, make([]Mask, 3))]++
		uneven[Pick(c, []Mask{{Weight: 0.5}, {}, {Weight: 1.5}})]++
	}
	for i, want := range []int{1000, 2000, 3000} {
		if d := uneven[i] - want; d < -200 || d > 200 || even[i] < 1800 || even[i] > 2200 {
			t.Errorf("component %d came %d and %d times of 6000", i, even[i], uneven[i])
		}
	}
	for _, ms := range [][]Mask{nil, {{Weight: -1}, {}}} {
		var err error
		func() {
			defer fault.Catch(&err)
			Pick(c, ms)
		}()
		if err == nil {
			t.Errorf("%v was picked from", ms)
		}
	}
}

// Published mixtures name domains that there are, and can be drawn from.
func TestPublished(t *testing.T) {
	components := map[string]int{"4M-7": 2, "4M-7-dense": 2, "4M-7-COYO": 6, "4M-7-T2I": 3, "4M-7-SR": 4, "4M-21": 7, "C4": 1}
	if len(components) != len(mixtures) {
		t.Errorf("%d mixtures, expected %d", len(mixtures), len(components))
	}
	for name, n := range components {
		ms := Published(name)
		if len(ms) != n {
			t.Errorf("%s has %d components, expected %d", name, len(ms), n)
		}
		for i, m := range ms {
			m.check()
			for _, d := range slices.Concat(m.Inputs, m.Outputs) {
				if _, ok := modality.PublishedDomain(d); !ok {
					t.Errorf("%s %d: no domain %s", name, i, d)
				}
			}
			for _, by := range []map[string]float64{m.InAlphas, m.OutAlphas} {
				for d := range by {
					if !slices.Contains(m.Inputs, d) && !slices.Contains(m.Outputs, d) {
						t.Errorf("%s %d: an alpha for %s, which takes no part", name, i, d)
					}
				}
			}
		}
	}
	ms := Published("4M-21")
	if m := ms[6]; m.Weight != 0.5 || m.InAlphas["t5_caption"] != 5 || m.InAlphas["caption"] != 0 || m.Keep["t5_caption"] != "all" || m.Keep["caption"] != "" || m.Keep["color_palette"] != "binary" || m.In != 256 {
		t.Errorf("the last component of 4M-21 is %+v", m)
	}
	var err error
	func() {
		defer fault.Catch(&err)
		Published("4M-8")
	}()
	if err == nil || !strings.Contains(err.Error(), `no mixture "4M-8" (have [4M-21 4M-7`) {
		t.Errorf("got %v", err)
	}
}

// The mixture of 4M-7 is that of its configuration.
func TestPublishedAlphas(t *testing.T) {
	var file map[string]struct {
		Modalities map[string]struct {
			In  []float64 `json:"input_alphas"`
			Out []float64 `json:"target_alphas"`
		} `json:"modalities"`
	}
	fixture.JSON(t, fixture.Path(t, "parity", "masking", "budget_stats.json"), &file)
	want := file["mod7_all2all_rgb2all_a0.5.yaml"].Modalities
	ms := Published("4M-7")
	in, out, _ := modality.Published("4M-7")
	if len(want) != len(in) {
		t.Fatalf("%d domains, expected %d", len(in), len(want))
	}
	for name, w := range want {
		d, _ := modality.PublishedDomain(name)
		for i, m := range ms {
			if a := alphaOf(m.InAlphas, m.InAlpha, in, d); a != w.In[i] {
				t.Errorf("component %d: %s has input alpha %g, expected %g", i, name, a, w.In[i])
			}
			a := 0.0
			if !d.Pixels {
				a = alphaOf(m.OutAlphas, m.OutAlpha, out, d)
			}
			if a != w.Out[i] {
				t.Errorf("component %d: %s has target alpha %g, expected %g", i, name, a, w.Out[i])
			}
		}
	}
}

func TestAlphas(t *testing.T) {
	for _, c := range []struct {
		spec string
		want map[string]float64
	}{
		{"0.5-1.0-0", map[string]float64{"caption": 0.5, "rgb": 1, "tok_rgb": 0}},
		{"0.5-1.0", map[string]float64{"caption": 0.5, "rgb": 1, "tok_rgb": 0}},
		{"2", map[string]float64{"caption": 2, "rgb": 2, "tok_rgb": 2}},
	} {
		if got := Alphas(c.spec, "rgb", "tok_rgb", "caption"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, expected %v", c.spec, got, c.want)
		}
	}
	for _, spec := range []string{"", "1-2-3-4", "a", "1--2"} {
		var err error
		func() {
			defer fault.Catch(&err)
			Alphas(spec, "rgb", "tok_rgb", "caption")
		}()
		if err == nil {
			t.Errorf("%q was read", spec)
		}
	}
}

// A short name means the pixels where they take part, and the tokens where
// they do not; official names stand for their domain.
func TestNames(t *testing.T) {
	rgb, box := modality.Lookup("rgb"), modality.Lookup("box")
	pixels, tokens, det := rgb.PixelDomain(), rgb.TokenDomain(256), box.TokenDomain(600)
	both := []modality.Domain{pixels, tokens, det}
	by := map[string]float64{"rgb": 3, "det": 5}
	for _, c := range []struct {
		d    modality.Domain
		ds   []modality.Domain
		want float64
	}{{pixels, both, 3}, {tokens, both, 0.5}, {tokens, []modality.Domain{tokens}, 3}, {det, both, 5}} {
		if got := alphaOf(by, 0.5, c.ds, c.d); got != c.want {
			t.Errorf("%s has alpha %g, expected %g", c.d.Name, got, c.want)
		}
	}
	if got := alphaOf(map[string]float64{"tok_rgb": 0, "rgb": 2}, 0, both, tokens); got != 0 {
		t.Errorf("tok_rgb has alpha %g, expected 0", got)
	}
	if got := alphaOf(nil, 0, both, tokens); got != 1 {
		t.Errorf("an alpha of 0 for all is %g, expected 1", got)
	}
}
