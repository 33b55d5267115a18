package train

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// A finished run goes on where more steps are asked for in its folder, and
// says so; fewer than it has taken are refused.
func TestMoreSteps(t *testing.T) {
	data := things(t, 20)
	o := options(6)
	o.Dir, o.Val = t.TempDir(), data
	first := fit(t, small(t), data, o)
	o.Steps = 16
	m := small(t)
	run := fit(t, m, data, o)
	if len(run.Points) != 16 || run.Last().Step != 16 || run.Last().Val == nil {
		t.Fatalf("%d points, the last at step %d, val %v", len(run.Points), run.Last().Step, run.Last().Val)
	}
	for i, p := range first.Points {
		if q := run.Points[i]; p.Loss != q.Loss || p.LR != q.LR {
			t.Errorf("step %d was taken anew", i+1)
		}
	}
	if want := o.Rates()[10]; run.Points[10].LR != want {
		t.Errorf("the learning rate of step 11 is %g, expected %g, that of a run of 16 steps", run.Points[10].LR, want)
	}
	if !strings.Contains(run.String(), "goes on at step 6 with 16 steps in place of 6") {
		t.Errorf("the run says %q", run)
	}
	again := fit(t, small(t), data, o)
	sameRun(t, run, again, m, m)
	o.Steps = 10
	if _, err := Fit(small(t), data, o); err == nil || !strings.Contains(err.Error(), "has taken 16 steps, more than the 10 asked for") {
		t.Errorf("fewer steps: error %v", err)
	}
}

// moody gives other values each time it is read, as crops by chance do.
type moody struct{ set }

func (d moody) Sample(i int) (modality.Sample, error) {
	s, err := d.set.Sample(i)
	p := s.Values["tone"].(*modality.Picture).Clone()
	p.Set(0, 0, 0, rand.Float32())
	return s.With("tone", p), err
}

// A run goes on with the data it has seen, and refuses others: another number
// of samples, other keys, the same keys with other values; of the held-out
// ones, too. What the model does not read may differ, and so may what is
// another each time it is read.
func TestOtherData(t *testing.T) {
	data := things(t, 20)
	change := func(f func(i int, s modality.Sample) modality.Sample) set {
		out := set{samples: slices.Clone(data.samples)}
		for i, s := range out.samples {
			out.samples[i] = f(i, s)
		}
		return out
	}
	turned := func(s modality.Sample) modality.Sample {
		p := s.Values["tone"].(*modality.Picture).Clone()
		for i := range p.Pix {
			p.Pix[i] = 1 - p.Pix[i]
		}
		return s.With("tone", p)
	}
	o := options(3)
	o.Dir, o.Val = t.TempDir(), set{samples: data.samples[:12]}
	fit(t, small(t), data, o)
	o.Steps = 4
	for what, x := range map[string]struct{ data, val Data }{
		`other data: 20 samples, the first "thing0" there, 16 samples`:                   {set{samples: data.samples[:16]}, o.Val},
		`20 samples, the first "other" now`:                                              {change(func(i int, s modality.Sample) modality.Sample { s.Key = "other"; return s }), o.Val},
		`as many with the same key, but other values now`:                                {change(func(i int, s modality.Sample) modality.Sample { return turned(s) }), o.Val},
		`other validation data: 12 samples, the first "thing0" there, 11 samples, the f`: {data, set{samples: data.samples[:11]}},
	} {
		before, _ := os.ReadFile(o.Dir + "/history.jsonl")
		_, err := Fit(small(t), x.data, withVal(o, x.val))
		after, _ := os.ReadFile(o.Dir + "/history.jsonl")
		if err == nil || !strings.Contains(err.Error(), what) || string(before) != string(after) {
			t.Errorf("expected %q, error %v", what, err)
		}
	}
	for what, x := range map[string]struct{ data, val Data }{
		"one more modality that the model does not read": {change(func(i int, s modality.Sample) modality.Sample { return s.With("depth", "x") }), o.Val},
		"nothing held out": {data, nil},
	} {
		o.Steps++
		if run, err := Fit(small(t), x.data, withVal(o, x.val)); err != nil || run.Last().Step != o.Steps {
			t.Errorf("%s: error %v", what, err)
		}
	}
	o.Dir, o.Val, o.Steps = t.TempDir(), nil, 2
	fit(t, small(t), moody{data}, o)
	o.Steps = 3
	fit(t, small(t), moody{data}, o)
}

func withVal(o Options, val Data) Options {
	o.Val = val
	return o
}

// The output weights of a modality that has had no target are left alone until
// one comes; from then on the run is the same whether or not it was
// interrupted before.
func TestNoTargetYet(t *testing.T) {
	data := things(t, 20)
	o := options(4)
	o.Dir, o.Mask.Outputs = t.TempDir(), []string{"shade"}
	m := small(t)
	start := map[string][]float32{}
	for _, p := range m.Params {
		start[p.Name] = slices.Clone(p.Data)
	}
	fit(t, m, data, o)
	for _, p := range m.Params {
		head := strings.HasPrefix(p.Name, "decoder_embeddings.tok_tone@") && strings.HasSuffix(p.Name, "token_emb.weight")
		if same := slices.Equal(start[p.Name], p.Data); same != head {
			t.Errorf("%s: unchanged is %v, expected %v", p.Name, same, head)
		}
	}
	b, err := os.ReadFile(o.Dir + "/run.json")
	var f facts
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil || len(f.Late) != 1 || f.OptStep != 4 {
		t.Errorf("run.json has %v after %d steps: %v", f.Late, f.OptStep, err)
	}
}

// Weight decay falls from Decay to DecayEnd by half a cosine, one value a
// step: the numbers are those of the official cosine schedule.
func TestDecays(t *testing.T) {
	for _, x := range []struct {
		o    Options
		want []float64
	}{
		{Options{Steps: 5, Decay: 0.1, DecayEnd: 0.02}, []float64{0.1, 0.0923606797749979, 0.0723606797749979, 0.047639320225002106, 0.027639320225002106}},
		{Options{Steps: 2}, []float64{0.05, 0.05}},
		{Options{Steps: 2, Decay: -1}, []float64{0, 0}},
		{Options{Steps: 4, Decay: 0.4, DecayEnd: -1}, []float64{0.4, 0.34142135623730954, 0.2, 0.05857864376269049}},
	} {
		for i, got := range x.o.Decays() {
			if d := got - x.want[i]; d > 1e-15 || d < -1e-15 {
				t.Errorf("%+v: step %d decays by %.17g, expected %.17g", x.o, i, got, x.want[i])
			}
		}
	}
}

// A run keeps the name that it was given; of several with one name each has its
// folder behind it.
func TestNames(t *testing.T) {
	data := things(t, 20)
	root := t.TempDir()
	for dir, name := range map[string]string{"a": "baseline", "b": "", "c": "twin", "d": "twin"} {
		o := options(2)
		o.Dir, o.Name = filepath.Join(root, dir), name
		fit(t, small(t), data, o)
	}
	if r, err := Open(filepath.Join(root, "a")); err != nil || r.Name != "baseline" {
		t.Errorf("the run is called %q: %v", r.Name, err)
	}
	runs, err := OpenAll(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range runs {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, "; "); got != "baseline; b; twin (c); twin (d)" {
		t.Errorf("the runs are called %s", got)
	}
}

// A validation loss that has risen for long is said, with the checkpoint of
// the best; a short rise or a long fall is not.
func TestWarning(t *testing.T) {
	run := func(steps int, vals ...float64) *Run {
		r := &Run{Steps: steps, Dir: t.TempDir()}
		for i, v := range vals {
			r.Points = append(r.Points, Point{Step: 10*i + 5}, Point{Step: 10 * (i + 1), Val: map[string]float64{"x": v}, ValLoss: v})
		}
		return r
	}
	long := run(100, 3, 2, 1.5, 1.6, 1.7, 1.8)
	if err := os.WriteFile(filepath.Join(long.Dir, "best.safetensors"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want := "warning: validation is at 1.800, above the 1.500 of step 30; its weights are in " + filepath.Join(long.Dir, "best.safetensors")
	if got := long.Warning(); got != want || !strings.Contains(long.String(), want) {
		t.Errorf("%q, expected %q", got, want)
	}
	for what, r := range map[string]*Run{"falls": run(100, 3, 2, 1.5, 1.4, 1.3, 1.2), "two": run(100, 3, 2, 1.5, 1.6, 1.7), "early": run(10000, 3, 2, 1.5, 1.6, 1.7, 1.8), "level": run(100, 2, 2, 2, 2, 2), "none": run(100)} {
		if got := r.Warning(); got != "" {
			t.Errorf("%s: %q", what, got)
		}
	}
	nowhere := run(100, 3, 2, 1.5, 1.6, 1.7, 1.8)
	nowhere.Dir = ""
	if got := nowhere.Warning(); !strings.HasSuffix(got, "nothing keeps its weights: give Train a Dir") {
		t.Errorf("%q", got)
	}
}

// A mask more, or one less, is said in its own words, without what it leaves
// out; so is one that leaves out everything.
func TestOtherMixture(t *testing.T) {
	data := things(t, 20)
	o := options(2)
	o.Dir, o.Mask, o.Masks = t.TempDir(), mask.Mask{}, []mask.Mask{{In: 12, Out: 12}}
	fit(t, small(t), data, o)
	for _, c := range []struct {
		masks []mask.Mask
		want  string
	}{
		{[]mask.Mask{{In: 12, Out: 12}, {In: 8, Inputs: []string{"shade"}, Weight: 3}}, "holds another run: Masks.1 is none there, {In 8, Inputs shade, Weight 3} now;"},
		{[]mask.Mask{{In: 12, Out: 12}, {}}, "holds another run: Masks.1 is none there, {a mask of defaults} now;"},
		{[]mask.Mask{{In: 12, Out: 8}}, "holds another run: Masks.0.Out is 12 there, 8 now;"},
	} {
		o.Masks = c.masks
		if _, err := Fit(small(t), data, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, expected %s", err, c.want)
		}
	}
	o.Masks, o.ValMask = []mask.Mask{{In: 12, Out: 12}}, []mask.Mask{{Seed: 4}}
	if _, err := Fit(small(t), data, o); err == nil || !strings.Contains(err.Error(), "ValMask.0 is none there, {Seed 4} now") {
		t.Errorf("error %v", err)
	}
}

// A run keeps its name where none is asked for, and takes another that is.
func TestNameIsKept(t *testing.T) {
	data := things(t, 20)
	o := options(2)
	o.Dir, o.Name = filepath.Join(t.TempDir(), "a"), "wide - 1"
	fit(t, small(t), data, o)
	for i, name := range []string{"", "narrow", ""} {
		o.Name, o.Steps = name, o.Steps+1
		want := []string{"wide - 1", "narrow", "narrow"}[i]
		if run := fit(t, small(t), data, o); run.Name != want {
			t.Errorf("the run is %q, expected %q", run.Name, want)
		}
		if run, err := Open(o.Dir); err != nil || run.Name != want {
			t.Errorf("%q is read back, expected %q: %v", run.Name, want, err)
		}
	}
}
