package ablate

// What an experiment is: data, tokenizers, a model, a mask, training, and what
// is varied. A file of it and a literal in a cell say the same.

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Experiment says what is trained and what is varied. In a file its keys are
// the names of the fields in lower case with underscores: mask.in_alpha,
// train.val_every. Zero values stand for what the comments give.
type Experiment struct {
	Name       string
	Dir        string           // where results go: runs/Name, in which / and the like become _; without a Name nowhere
	Data       Source           // what the command opens; in a cell the data are given
	Modalities []string         // those of the model, as in fourm.Tiny("rgb", "caption")
	Tokenizers map[string]vq.VQ // by modality; others are those registered, else trained with defaults
	Model      model.Config     // 64 wide with 2 + 2 blocks; inputs and outputs follow from Modalities
	Mask       mask.Mask        // how tokens are shared among the domains
	Masks      []mask.Mask      // a mixture by weight, in place of Mask
	ValMasks   []mask.Mask      // what every setting is validated with: the budgets of Mask, alphas of 1
	Train      train.Options    // steps, batch, lr and their like; Val is what is held out
	Measure    string           // a task of Model.Eval, "depth->rgb": settings are compared by its first metric on what is held out, not by validation losses
	Vary       []Factor         // what the settings differ in; the grid of all where there are several
	Seeds      []int64          // of weights and batches, one run each: 1
}

// Source names the data of an experiment.
type Source struct {
	Name string // a set ("scenes", "emoji64") or the path of a folder
	N    int    // samples of it, all parts together; 0: all of a set, 1000 scenes
	Seed int64  // of scenes
}

// Factor is one thing that is varied: a key and its values, in the order in
// which they are shown.
type Factor struct {
	Key    string
	Values []any

	typed []*yaml.Node // the values as a file has them
}

// Vary makes a factor: Vary("mask.in_alpha", 0.1, 0.5, 1).
func Vary(key string, values ...any) Factor { return Factor{Key: key, Values: values} }

// setting is one row of the grid.
type setting struct {
	label string // "0.5", or "0.5, 128" for two factors
	long  string // "in_alpha=0.5", or "in_alpha=0.5, dim=128"
	exp   Experiment
}

// check fills in what does not depend on other fields and refuses, with a
// one-line panic, what cannot be.
func (e Experiment) check() Experiment {
	const op = "fourm.Ablate"
	if e.Dir == "" && e.Name != "" {
		e.Dir = filepath.Join("runs", folderOf(e.Name))
	}
	if e.Name == "" {
		e.Name = "ablation"
	}
	if len(e.Seeds) == 0 {
		e.Seeds = []int64{1}
	}
	seen := make(map[int64]bool, len(e.Seeds))
	for _, s := range e.Seeds {
		if seen[s] {
			fault.Panic(op, "seed %d stands twice", s)
		}
		seen[s] = true
	}
	if len(e.Modalities) == 0 && len(e.Model.Inputs) == 0 {
		fault.Hint(op, `Modalities: []string{"rgb", "depth", "caption"}`, "no modality given")
	}
	if !reflect.ValueOf(e.Mask).IsZero() && len(e.Masks) > 0 {
		fault.Panic(op, "Mask and Masks are both given; one of them says how to mask")
	}
	if !reflect.ValueOf(e.Train.Mask).IsZero() || len(e.Train.Masks)+len(e.Train.ValMask) > 0 {
		fault.Hint(op, "set Mask, Masks and ValMasks of the experiment", "Train has a mask")
	}
	if e.Train.Dir != "" || e.Train.Seed != 0 || e.Model.Seed != 0 {
		fault.Hint(op, "set Dir and Seeds of the experiment", "Train or Model has a folder or seed of its own")
	}
	for what, v := range map[string]int{"steps": e.Train.Steps, "batch": e.Train.Batch, "warm": e.Train.Warm, "val_every": e.Train.ValEvery, "val_size": e.Train.ValSize, "n of data": e.Data.N} {
		if v < 0 {
			fault.Panic(op, "%s is %d, expected 1 or more", what, v)
		}
	}
	if e.Train.LR < 0 {
		fault.Panic(op, "lr is %g, expected a positive one", e.Train.LR)
	}
	c := e.config()
	if len(e.ValMasks) == 0 {
		of := append(slices.Clone(e.Masks), e.Mask)[0]
		e.ValMasks = []mask.Mask{{In: of.In, Out: of.Out}}
	}
	e.ValMasks = slices.Clone(e.ValMasks)
	for i := range e.ValMasks {
		// the domains of the base, so that a setting with fewer is asked the same
		if m := &e.ValMasks[i]; m.Inputs == nil && m.Outputs == nil {
			m.Inputs, m.Outputs = c.Inputs, c.Outputs
		}
	}
	for _, n := range slices.Sorted(maps.Keys(e.Tokenizers)) {
		if m := modality.Need(op, n); m.Kind != modality.Image || !slices.Contains(c.Modalities(), m.Name) {
			fault.Panic(op, "tokenizers: %q is no image modality of the model", n)
		} else {
			e.Tokenizers[n].Check(m)
		}
	}
	return e
}

// config gives the model's configuration with its domains and size.
func (e Experiment) config() model.Config {
	c := e.Model
	if len(e.Modalities) > 0 {
		of := model.Tiny(e.Modalities...)
		if len(c.Inputs) == 0 {
			c.Inputs = of.Inputs
		}
		if len(c.Outputs) == 0 {
			c.Outputs = of.Outputs
		}
	}
	for p, v := range map[*int]int{&c.Dim: 64, &c.Encoder: 2, &c.Decoder: 2} {
		if *p == 0 {
			*p = v
		}
	}
	return c
}

// settings gives the grid of the factors, the last one fastest.
func (e Experiment) settings() []setting {
	const op = "fourm.Ablate"
	if len(e.Vary) == 0 {
		fault.Hint(op, `for example fourm.Vary("mask.in_alpha", 0.1, 0.5, 1)`, "nothing is varied")
	}
	cells := float64(max(len(e.Seeds), 1))
	for _, f := range e.Vary {
		cells *= float64(len(f.Values))
	}
	memory.Need(op, cells*(8+float64(reflect.TypeOf(setting{}).Size())/float64(max(len(e.Seeds), 1))), "%.6g cells of %d factors: what is known of each", cells, len(e.Vary))
	grid := []setting{{exp: e}}
	for i, f := range e.Vary {
		key, err := canonical(f.Key)
		if err == nil {
			err = variable(key)
		}
		if err == nil && strings.HasPrefix(key, "tokenizers.") && e.Measure == "" {
			err = fmt.Errorf("%s is varied, and losses of other tokens cannot be compared: say what is to be measured, such as measure: depth->rgb", key)
		}
		if err != nil {
			fault.Panic(op, "%v", err)
		}
		if len(f.Values) == 0 {
			fault.Panic(op, "%s has no values to take", key)
		}
		for _, g := range e.Vary[:i] {
			if k, _ := canonical(g.Key); k == key {
				fault.Panic(op, "%s is varied twice", key)
			}
		}
		short := key[strings.LastIndex(key, ".")+1:]
		var next []setting
		for _, s := range grid {
			seen := map[string]bool{}
			for j := range f.Values {
				n := f.node(j)
				one := s
				if err := (reader{at: "fourm.Vary"}).put(reflect.ValueOf(&one.exp).Elem(), "", strings.Split(key, "."), n); err != nil {
					fault.Panic(op, "%s", strings.TrimPrefix(err.Error(), "fourm.Vary: "))
				}
				l := inline(n)
				if seen[l] {
					fault.Panic(op, "%s takes the value %s twice", key, l)
				}
				seen[l] = true
				if s.label == "" {
					one.label, one.long = l, short+"="+l
				} else {
					one.label, one.long = s.label+", "+l, s.long+", "+short+"="+l
				}
				next = append(next, one)
			}
		}
		grid = next
	}
	for i := range grid {
		grid[i].exp.check()
		model.Afford(op, grid[i].exp.config())
	}
	return grid
}

// keys names the factors.
func (e Experiment) keys() string {
	var w []string
	for _, f := range e.Vary {
		k, _ := canonical(f.Key)
		w = append(w, k)
	}
	return strings.Join(w, ", ")
}

// variable refuses keys whose settings could not be compared: what is trained
// once for all, and what changes the question that is asked of them.
func variable(key string) error {
	part, _, _ := strings.Cut(key, ".")
	if !slices.Contains([]string{"model", "mask", "masks", "train", "tokenizers"}, part) || key == part && part != "masks" {
		return fmt.Errorf("%s cannot be varied: vary a key of model, mask, train or tokenizers, such as mask.in_alpha or tokenizers.rgb.quantizer", key)
	}
	if slices.Contains([]string{"model.outputs", "train.val_size", "train.val_every"}, key) {
		return fmt.Errorf("%s cannot be varied: the validation losses would not be comparable", key)
	}
	return nil
}

// domains names the output domains in the order of the modalities.
func (e Experiment) domains() []string {
	var out []string
	for _, n := range e.config().Outputs {
		m := modality.Need("fourm.Ablate", n)
		out = append(out, m.Domain())
	}
	return out
}

// options gives the training of one setting with one seed.
func (e Experiment) options(seed int64) train.Options {
	o := e.Train
	o.Mask, o.Masks, o.ValMask, o.Seed, o.Quiet = e.Mask, e.Masks, e.ValMasks, seed, true
	return o
}

// describe says in words what validation asks of every setting.
func (e Experiment) describe() string {
	var w []string
	for _, m := range e.ValMasks {
		in, out := m.Budgets()
		a := func(v float64) float64 {
			if v == 0 {
				return 1
			}
			return v
		}
		w = append(w, fmt.Sprintf("%d tokens in (alpha %g), %d out (alpha %g)", in, a(m.InAlpha), out, a(m.OutAlpha)))
	}
	return strings.Join(w, "; ")
}

// heldOut is the number of samples that validation looks at.
func (e Experiment) heldOut() int {
	n := e.Train.ValSize
	if n == 0 {
		n = 128 // what train.Options says
	}
	return min(n, e.Train.Val.Len())
}
