package generate

import (
	"context"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// A guidance of 1 is none; any other weight w gives u + w (c - u) of the
// conditional and the emptied pass.
func TestGuidance(t *testing.T) {
	m, ds := world(t, 1)
	plain := generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 4), 5)
	one := generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 4).Guide(1), 5)
	if !reflect.DeepEqual(plain.Sample.Toks, one.Sample.Toks) {
		t.Error("a guidance of 1 changes the result")
	}
	d, _ := m.Domain("tone")
	part := slices.Repeat([]int{2}, 16)
	logits := func(w *generation, step Scheduled) []float32 {
		row := mask.Row{IDs: part, Input: make([]bool, 16), Target: make([]bool, 16)}
		for i := range 16 {
			row.Input[i], row.Target[i] = i < 6, i >= 6
		}
		w.rows[d.Name] = row
		l, err := w.batch().ask(context.Background(), d, step, func() query { return query{{6, 7, 8, 9, 10, 11, 12, 13, 14, 15}} })
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(l)
	}
	full := fresh(t, m, ds[0], "shade", "caption")
	c := logits(full, Scheduled{Guide: 1})
	empty := fresh(t, m, ds[0], "shade", "caption")
	empty.rows = full.batch().without(full.known)[0]
	u := logits(empty, Scheduled{Guide: 1})
	if reflect.DeepEqual(c, u) {
		t.Fatal("the emptied conditions are still seen")
	}
	by := full.known
	g := logits(full, Scheduled{Guide: 2.5, By: by})
	one1, one2 := logits(full, Scheduled{Guide: 1, Groups: [][]string{by}, Weights: []float64{2.5}}), logits(full, Scheduled{Guide: 1, Groups: [][]string{by[:1], by[1:]}, Weights: []float64{2, -1}})
	// conditions that are weighed each for itself are left out, not emptied
	c1, c2, n := logits(fresh(t, m, ds[0], "shade"), Scheduled{Guide: 1}), logits(fresh(t, m, ds[0], "caption"), Scheduled{Guide: 1}), logits(fresh(t, m, ds[0]), Scheduled{Guide: 1})
	for i := range c {
		want, one, both := u[i]+2.5*(c[i]-u[i]), n[i]+2.5*(c[i]-n[i]), n[i]+2*(c1[i]-n[i])-(c2[i]-n[i])
		if math.Abs(float64(g[i]-want)) > 1e-4 || math.Abs(float64(one1[i]-one)) > 1e-4 || math.Abs(float64(one2[i]-both)) > 1e-4 {
			t.Fatalf("logit %d: guided %g, expected %g; weighed %g and %g, expected %g and %g", i, g[i], want, one1[i], one2[i], one, both)
		}
	}
	if reflect.DeepEqual(plain.Sample.Toks, generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 4).Weigh("caption", 3).Weigh("shade", -1), 5).Sample.Toks) {
		t.Error("weighed conditions change nothing")
	}
	byName := generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 4).Weigh("shade", -1).Weigh("caption", 3), 5)
	inOrder := generate(t, m, ds[0], Chain("shade", "caption").Then("tone", 4).Guide(-1, 3), 5)
	if !reflect.DeepEqual(byName.Sample.Toks, inOrder.Sample.Toks) {
		t.Error("weights in the order of the conditions give something else than the same by name")
	}
	if got := inOrder.Plan.String(); got != "shade + caption -> tone(4, g=-1/3)" {
		t.Errorf("the plan prints as %q", got)
	}
}

// What a stage has beside weights: a value to lead away from, a second one to follow,
// the spread that is taken back, the look without half of the tokens. Each is what its
// formula says of the versions' own logits.
func TestGuidanceBeside(t *testing.T) {
	m, ds := world(t, 2)
	d, _ := m.Domain("tone")
	caption := ds[1].Values["caption"]
	open := query{{6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}
	logits := func(s modality.Sample, stage Stage, step Scheduled, given ...string) []float32 {
		w := fresh(t, m, s, given...)
		row := w.blank(d)
		for i := range 6 {
			row.IDs[i], row.Input[i], row.Target[i] = 2, true, false
		}
		w.rows[d.Name] = row
		g := group{all: []*generation{w}}
		var err error
		if g.other, err = w.others(stage); err != nil {
			t.Fatal(err)
		}
		step.Domain, step.By = d.Name, w.known
		if step.Guide == 0 {
			step.Guide = 1
		}
		b := g.batch()
		l, err := b.ask(context.Background(), d, step, func() query { return open })
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(l)
	}
	both := []string{"shade", "caption"}
	ask := func(stage Stage, step Scheduled) []float32 { return logits(ds[0], stage, step, both...) }
	mixed := modality.Sample{Key: "mixed", Values: map[string]any{"shade": ds[0].Values["shade"], "caption": caption}}
	c, other := ask(Stage{}, Scheduled{}), logits(mixed, Stage{}, Scheduled{}, both...)
	// without conditions: u = c - (g - c) at a weight of 2
	g2 := ask(Stage{}, Scheduled{Guide: 2})
	u := make([]float32, len(c))
	for i := range u {
		u[i] = 2*c[i] - g2[i]
	}
	// without all but the other caption: as the emptied shade and that caption say
	wa := fresh(t, m, mixed, both...)
	wa.rows = wa.batch().without([]string{"shade"})[0]
	row := wa.blank(d)
	for i := range 6 {
		row.IDs[i], row.Input[i], row.Target[i] = 2, true, false
	}
	wa.rows[d.Name] = row
	l, err := wa.batch().ask(context.Background(), d, Scheduled{Guide: 1}, func() query { return open })
	if err != nil {
		t.Fatal(err)
	}
	away := slices.Clone(l)
	near := func(what string, got []float32, want func(i int) float32) {
		t.Helper()
		if reflect.DeepEqual(got, c) {
			t.Errorf("%s changes nothing", what)
		}
		for i := range got {
			if math.Abs(float64(got[i]-want(i))) > 2e-4 {
				t.Fatalf("%s: logit %d is %g, expected %g", what, i, got[i], want(i))
			}
		}
	}
	near("a negative prompt", ask(Stage{Against: map[string]any{"caption": caption}}, Scheduled{Guide: 3}), func(i int) float32 { return away[i] + 3*(c[i]-away[i]) })
	near("a second caption", ask(Stage{Beside: []Other{{"caption", caption, -0.5}}}, Scheduled{Guide: 2}), func(i int) float32 { return u[i] + 2*(c[i]-u[i]) - 0.5*(other[i]-u[i]) })
	near("a second caption alone", ask(Stage{Beside: []Other{{"caption", caption, 1.5}}}, Scheduled{}), func(i int) float32 { return c[i] + 1.5*(other[i]-u[i]) })
	// a rescaled row has the spread of the conditional one, whatever the weight
	for _, share := range []float64{0.7, 1} {
		got, wide := ask(Stage{}, Scheduled{Guide: 4, Rescale: share}), ask(Stage{}, Scheduled{Guide: 4})
		near("rescaling", got, func(i int) float32 {
			r := i / d.Vocab * d.Vocab
			return wide[i] * float32(share*spread(c[r:r+d.Vocab])/spread(wide[r:r+d.Vocab])+1-share)
		})
	}
	groups := Scheduled{Groups: [][]string{{"tok_shade"}, {"caption"}}, Weights: []float64{3, 3}, Rescale: 1}
	got := ask(Stage{}, groups)
	for r := 0; r < len(got); r += d.Vocab {
		if a, b := spread(got[r:r+d.Vocab]), spread(c[r:r+d.Vocab]); math.Abs(a-b) > 1e-4*b {
			t.Errorf("conditions that are weighed each for itself: spread %g after rescaling, expected %g, that with all", a, b)
		}
	}
	// self-guidance: (s - c) / w is the difference to the forgetful look, which sees three of six tokens
	s1, s2 := ask(Stage{}, Scheduled{Self: 1}), ask(Stage{}, Scheduled{Self: 2})
	near("self-guidance", s2, func(i int) float32 { return c[i] + 2*(s1[i]-c[i]) })
	w := fresh(t, m, ds[0], both...)
	w.rows[d.Name] = row
	shown := 0
	for _, in := range w.batch().forgetful(d.Name)[0][d.Name].Input {
		if in {
			shown++
		}
	}
	if shown != 3 {
		t.Errorf("of 6 tokens the weaker look sees %d, expected 3", shown)
	}
}

// Guidance within a range of steps is guidance in these steps alone.
func TestGuideWithin(t *testing.T) {
	m, ds := world(t, 3)
	d, _ := m.Domain("tone")
	steps, err := Chain("caption").Then("tone", 8).Guide(3).SelfGuide(1).Rescale(0.5).GuideWithin(0.25, 0.75).Stages[0].Scheduled(d, d.Max, []string{"caption"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range steps {
		in := i >= 2 && i < 6
		if in != (s.Guide == 3) || in != (s.Self == 1) || in != (s.Rescale == 0.5) || in == s.Plain {
			t.Errorf("step %d of 8: %+v", i, s)
		}
	}
	plain := Chain("caption").Then("tone", 4).Temp(3)
	for what, p := range map[string]*Plan{
		"guidance":      Chain("caption").Then("tone", 4).Temp(3).Guide(9),
		"a last step":   Chain("caption").Then("tone", 4).Temp(3).Guide(9).GuideWithin(0.75, 1),
		"self-guidance": Chain("caption").Then("tone", 4).Temp(3).SelfGuide(9),
		"a text, too":   Chain("shade").Then("caption", 1).Temp(2).Guide(2).Against("shade", ds[1].Values["shade"]).Beside("shade", ds[2].Values["shade"], 1).Rescale(1),
	} {
		r := generate(t, m, ds[0], p, 5)
		if want := map[bool]*Plan{true: plain, false: Chain("shade").Then("caption", 1).Temp(2)}[p.Stages[0].Target == "tone"]; reflect.DeepEqual(r.Sample.Toks, generate(t, m, ds[0], want, 5).Sample.Toks) {
			t.Errorf("%s changes nothing: %v", what, r.Sample.Toks)
		}
	}
}

// What cannot guide is refused, in words.
func TestGuidanceRefusals(t *testing.T) {
	m, ds := world(t, 1)
	tone := func() *Plan { return Chain("shade", "caption").Then("tone", 4) }
	for want, p := range map[string]*Plan{
		`leads away from caption by no weight of guidance`:              tone().Against("caption", "a"),
		`has another "tone", which is not given before it`:              tone().Guide(2).Against("tone", "a"),
		`has another "depth", which is not given before it`:             tone().Beside("depth", nil, 2),
		`takes back the share 1.5 of what guidance adds`:                tone().Guide(2).Rescale(1.5),
		`guides itself by NaN`:                                          tone().SelfGuide(math.NaN()),
		`is guided from 0.5 to 0.25 of its steps`:                       tone().Guide(2).GuideWithin(0.5, 0.25),
		`guides itself, expected a picture`:                             Chain("shade").Then("caption", 1).SelfGuide(2),
		`is guided from 0 to 0.5 of its steps, expected a range within`: Chain("shade").Then("caption", 1).Guide(2).GuideWithin(0, 0.5),
		`sample beside: `: tone().Guide(2).Against("caption", 7),
	} {
		func() {
			defer func() {
				if e, ok := recover().(*fault.Error); !ok || !strings.Contains(e.Error(), want) {
					t.Errorf("got %v, expected a line with %q", e, want)
				}
			}()
			Generate(context.Background(), m, ds[0], *p, 0)
		}()
	}
}
