package ablate

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/mask"
)

const whole = `# a comment
data: {name: scenes, n: 60, seed: 4}
modalities: [rgb, caption]
tokenizers:
  rgb: {steps: 10, lr: 1e-2}
model:
  dim: 32
  mlp: 2
mask:
  in: 16
  in_alpha: 0.5
  in_alphas: {rgb: 10, caption: 0}
train:
  steps: 20
  lr: 2e-3
  val_every: 5
vary:
  mask.out_alpha: [0.10, 1e0, 5]
  decoder: [1, 2]
seeds: [3, 1]
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lab.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string, overrides ...string) Experiment {
	t.Helper()
	e, err := Load(write(t, text), overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestLoad(t *testing.T) {
	e := load(t, whole, "train.steps=50", "dim=64", "mask.in_alphas.rgb=3", "tokenizers.rgb.steps=7", "seeds=[2]", "name=other")
	if e.Name != "other" || e.Data != (Source{"scenes", 60, 4}) || e.Train.Steps != 50 || e.Train.LR != 2e-3 || e.Train.ValEvery != 5 {
		t.Errorf("%+v", e)
	}
	if e.Model.Dim != 64 || e.Model.MLP != 2 || e.Mask.In != 16 || e.Mask.InAlpha != 0.5 {
		t.Errorf("model %+v, mask %+v", e.Model, e.Mask)
	}
	if !reflect.DeepEqual(e.Mask.InAlphas, map[string]float64{"rgb": 3, "caption": 0}) {
		t.Errorf("in_alphas %v", e.Mask.InAlphas)
	}
	if v := e.Tokenizers["rgb"]; v.Steps != 7 || v.LR != 1e-2 {
		t.Errorf("tokenizer %+v: an override of one key must keep the others", v)
	}
	if !reflect.DeepEqual(e.Seeds, []int64{2}) {
		t.Errorf("seeds %v", e.Seeds)
	}
	if e = load(t, whole); e.Name != "lab" {
		t.Errorf("name %q, expected that of the file", e.Name)
	}
}

// Labels are the values as they were typed, in the order in which they were.
func TestSettings(t *testing.T) {
	labels := func(e Experiment) (out []string) {
		for _, s := range e.settings() {
			out = append(out, s.label)
		}
		return out
	}
	e := load(t, whole)
	if got, want := strings.Join(labels(e), "; "), "0.10, 1; 0.10, 2; 1e0, 1; 1e0, 2; 5, 1; 5, 2"; got != want {
		t.Errorf("labels %q, expected %q", got, want)
	}
	s := e.settings()[3]
	if s.long != "out_alpha=1e0, decoder=2" || s.exp.Mask.OutAlpha != 1 || s.exp.Model.Decoder != 2 || e.Mask.OutAlpha != 0 {
		t.Errorf("%+v", s)
	}
	e.Vary = []Factor{Vary("in_alphas.rgb", 10.0, 0.25, 2)}
	if got := strings.Join(labels(e), "; "); got != "10; 0.25; 2" {
		t.Errorf("labels %q", got)
	}
	if e.settings()[1].exp.Mask.InAlphas["rgb"] != 0.25 || e.Mask.InAlphas["rgb"] != 10 {
		t.Error("settings share a map")
	}
	e.Mask, e.Vary = mask.Mask{}, []Factor{Vary("masks", []mask.Mask{{In: 3}}, []mask.Mask{{In: 4, InAlpha: 2}, {}})}
	if got := strings.Join(labels(e), "; "); got != "[{in: 3}]; [{in: 4, in_alpha: 2}, {}]" {
		t.Errorf("labels %q", got)
	}
	if got := folders(e.settings()); got[0] != "in_3" || got[1] == got[0] {
		t.Errorf("folders %q", got)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"data: {name: scenes}\ntrain:\n  lr: 1\n  stps: 3\n", `lab.yaml:4: unknown key "stps" in train (did you mean "steps"?)`},
		{"modalites: [rgb]\n", `lab.yaml:1: unknown key "modalites" (did you mean "modalities"?)`},
		{"mask: {alpha: 1}\n", `lab.yaml:1: unknown key "alpha" in mask (did you mean "in_alpha"?)`},
		{"train: {on_step: 1}\n", `unknown key "on_step" in train (have steps, batch,`},
		{"\ntrain: {steps: many}\n", `lab.yaml:2: train.steps is many, expected a whole number`},
		{"train: {steps: 1.5}\n", `train.steps is 1.5, expected a whole number`},
		{"train: {lr: .nan}\n", `train.lr is .nan, expected a number`},
		{"train: 3\n", `train is 3, expected keys with values`},
		{"modalities: rgb\n", `modalities is rgb, expected a list such as [a, b]`},
		{"modalities: [rgb, 3]\n", `modalities[1] is 3, expected a word`},
		{"train: {lr: 1, lr: 2}\n", `key "lr" stands twice`},
		{"tokenizers: {rbg: {steps: 1}}\n", `no modality "rbg" for tokenizers (did you mean "rgb"?)`},
		{"vary:\n  mask.in_alpa: [1]\n", `lab.yaml:2: unknown key "in_alpa" in mask (did you mean "in_alpha"?)`},
		{"vary:\n  mask.in_alpha: 1\n", `lab.yaml:2: vary: mask.in_alpha is 1, expected a list of values such as [1, 2]`},
		{"vary:\n  model.dim: [32, wide]\n", `lab.yaml:2: model.dim is wide, expected a whole number`},
		{"vary:\n  data.n: [1]\n", `data.n cannot be varied: vary a key of model, mask, train or tokenizers`},
		{"vary:\n  train.val_size: [1]\n", `not be comparable`},
		{"a: &x [*x]\n", `unknown key "a"`},
		{"modalities: &x [*x]\n", `modalities[0] is an alias, expected a value`},
		{"train: [\n", `lab.yaml: line 1: did not find`},
	} {
		_, err := Load(write(t, c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gives %v, expected %q", c.text, err, c.want)
		}
	}
	for _, c := range []struct{ override, want string }{
		{"train.steps", `override "train.steps": expected key=value`},
		{"train.steps=", `no value for train.steps`},
		{"train.steps=fast", `override "train.steps=fast": train.steps is fast, expected a whole number`},
		{"train.stepz=5", `unknown key "stepz" in train (did you mean "steps"?)`},
		{"stepz=5", `unknown key "stepz" (did you mean "steps"?)`},
		{"steps.more=5", `train.steps has no parts, so no "train.steps.more"`},
		{"seed=2", `key "seed" is not unique; write data.seed or seeds`},
		{"vary.mask.in_alpha=2", `expected a list of values`},
		{"name=[", `did not find`},
	} {
		_, err := Load(write(t, whole), c.override)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("override %q gives %v, expected %q", c.override, err, c.want)
		}
	}
}

// The file of an experiment says all that was typed.
func TestFileLoadsAsItself(t *testing.T) {
	e := load(t, whole, "masks=[]", "val_masks=[{in: 4, weight: 2}, {}]")
	back := load(t, string(e.file()))
	if a, b := string(e.file()), string(back.file()); a != b {
		t.Errorf("%s\nbecomes\n%s", a, b)
	}
	if !reflect.DeepEqual(e.ValMasks, back.ValMasks) || !reflect.DeepEqual(e.Mask, back.Mask) || e.Train.LR != back.Train.LR {
		t.Errorf("%+v\nbecomes\n%+v", e, back)
	}
	what, err := differs(e.file(), load(t, whole, "seeds=[1]", "val_masks=[{in: 4, weight: 2}, {}]", "mask.out=9").file())
	if want := "mask.out is not set there and 9 now, seeds is [3, 1] there and [1] now"; what != want || err != nil {
		t.Errorf("differs in %q, expected %q (%v)", what, want, err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(whole)
	f.Add("a: &x [*x]\nvary: {masks: [[{in: 1}], []]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "lab.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if e, err := Load(path); err == nil {
			if _, err := differs(e.file(), e.file()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
