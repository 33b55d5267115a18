package generate

import (
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// A plan that was written comes back as it was.
func TestParse(t *testing.T) {
	world(t, 0)
	for _, p := range []*Plan{
		Chain("caption").Then("tone", 8),
		Chain().Then("tone", 3).Greedy(),
		Chain("shade", "caption").Then("tone", 4).Temp(0.7).TopP(0.9).TopK(40).MinP(0.1).Typical(0.5).By(Halton).Pace("square").Redo(0.25).Guide(2.5),
		Chain("shade", "caption").Then("tone", 4).Guide(1, -2).By(Gumbel(4.5)).Cool("onex:0.5:0.5").Then("caption", 1).Fill("a large [S_1] (of \"two\", -> [S_2])"),
		Chain("shade", "caption").Then("tone", 4).Weigh("caption", 3).Weigh("shade", -1).Rescale(0.5).SelfGuide(2).GuideWithin(0.25, 0.5).By(Moment(2)),
		Chain("caption").Then("tone", 4).Guide(2).Against("caption", "a red, red ball").Beside("caption", "a blue \"box\" -> there", 1.5).Beside("caption", "none", -1),
	} {
		q, err := Parse(p.String())
		if err != nil || q.String() != p.String() {
			t.Errorf("%v came back as %v: %v", p, q, err)
			continue
		}
		if !reflect.DeepEqual(p, q) && len(p.Given) > 0 {
			t.Errorf("%v came back as %#v, expected %#v", p, q, p)
		}
	}
	bare, err := Parse(" shade+caption->tone->caption")
	if err != nil || len(bare.Given) != 2 || len(bare.Stages) != 2 || bare.Stages[0].Steps != 0 {
		t.Errorf("%v: %v", bare, err)
	}
	for text, want := range map[string]string{
		"tone":                                     "expected what is given and at least one target",
		"shade -> tones":                           `did you mean "tone"?`,
		"shade -> tone(8":                          "has no closing bracket",
		"shade -> tone(eight)":                     `"eight" is neither steps, 1 or more, nor an option`,
		"shade -> tone(0)":                         `"0" is neither steps`,
		"shade -> tone(8, T=warm)":                 `"T=warm" has the number "warm"`,
		"shade -> tone(8, q=2)":                    `no option "q"`,
		"shade -> tone(8, swirl(2))":               `no scheme "swirl"`,
		"shade -> tone(8, gumbel(-2))":             "a temperature of -2",
		"caption -> tone(8, against shade x)":      "expected a text in quotes",
		"caption -> tone(8, beside caption \"x\")": "has no weight",
		"shade -> ":                                "a stage without a target",
	} {
		if p, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) || p != nil {
			t.Errorf("%q: %v, %v, expected an error with %q", text, p, err, want)
		}
	}
}

// Every preset is a plan of the published models, and of the lab's names where it has
// one size; the settings are the published ones.
func TestPresets(t *testing.T) {
	all := Presets()
	if len(all) < 20 {
		t.Fatalf("%d presets", len(all))
	}
	for _, p := range all {
		q := p.Plan()
		for _, st := range q.Stages {
			if _, ok := modality.PublishedDomain(st.Target); !ok && !strings.Contains(st.Target, "@448") && modality.Lookup(st.Target).Official == "" {
				t.Errorf("%s makes %q, which no published model has", p.Name, st.Target)
			}
		}
	}
	depth := PresetNamed("rgb -> depth").Plan().Stages[0]
	if depth.Steps != 1 || depth.Scheme != ROAR || depth.Temp != 0.01 || depth.Guide != 2 || depth.TopP != 0.8 || depth.Target != "depth@224" {
		t.Errorf("rgb -> depth: %+v", depth)
	}
	up := PresetNamed("super-resolution").Plan()
	if len(up.Stages) != 5 || up.Stages[4].Target != "rgb@448" || up.Stages[4].Steps != 8 || up.Stages[4].Cooling != "constant" || up.Stages[4].Guide != 3 || up.Given[4] != "tok_rgb@224" {
		t.Errorf("super-resolution: %v", up)
	}
	if lab := PresetNamed("depth -> rgb").Lab(); lab.Given[0] != "depth" || lab.Stages[0].Target != "rgb" || lab.Stages[0].Cooling != "onex:0.5:0.5" {
		t.Errorf("%v", lab)
	}
	refusal(t, `no preset "rgb -> sound" (there are rgb -> clip; `, func() { PresetNamed("rgb -> sound") })
}
