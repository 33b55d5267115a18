package ablate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// things gives n samples of a small image modality and a caption that tells
// what it shows; neither has a tokenizer.
func things(t *testing.T, n int) kept {
	t.Helper()
	modality.Register(modality.Modality{Name: "shade", Look: modality.Gray, Height: 8, Patch: 2, Vocab: 8, Pixels: true})
	modality.Register(modality.Modality{Name: "says", Kind: modality.Sequence, MaxTokens: 6})
	modality.SetTokenizer("shade", nil)
	modality.SetTokenizer("says", nil)
	words := []string{"a red ball", "a blue box", "a green cone", "a gray can"}
	var out kept
	for i := range n {
		k := i * 7 % len(words)
		p := modality.NewPicture(8, 8, 1)
		for j := range p.Pix {
			p.Pix[j] = float32((j/16+2*k)%8) / 7
		}
		out = append(out, modality.Sample{Key: fmt.Sprint("thing", i), Values: map[string]any{"shade": p, "says": words[k]}})
	}
	return out
}

// tiny is an experiment of 2 x 2 cells of ten steps.
func tiny(t *testing.T) Experiment {
	return Experiment{
		Dir: filepath.Join(t.TempDir(), "run"), Name: "tiny",
		Modalities: []string{"shade", "says"},
		Tokenizers: map[string]vq.VQ{"shade": {Steps: 4, Batch: 4, Dim: 16, Latent: 4}},
		Model:      model.Config{Dim: 16, Heads: 2, Encoder: 1, Decoder: 1},
		Mask:       mask.Mask{In: 12, Out: 12},
		Train:      train.Options{Steps: 10, Batch: 4, LR: 5e-3, ValEvery: 4, Val: things(t, 12), Quiet: true},
		Vary:       []Factor{Vary("mask.in_alpha", 2.0, 0.5)},
		Seeds:      []int64{2, 1},
	}
}

func carryOut(t *testing.T, e Experiment, data kept) *Ablation {
	t.Helper()
	ab, err := Run(e, data)
	if err != nil {
		t.Fatal(err)
	}
	return ab
}

func read(t *testing.T, e Experiment, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(e.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRunLeavesAllFiles(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	ab := carryOut(t, e, data)
	if len(ab.Rows) != 2 || ab.Rows[0].Label != "2" || ab.Rows[1].Label != "0.5" || ab.Interrupted || ab.Err != nil || ab.Dir != e.Dir {
		t.Fatalf("%+v", ab)
	}
	lines := strings.Split(strings.TrimSpace(read(t, e, "results.csv")), "\n")
	if len(lines) != 5 || lines[0] != "mask.in_alpha,seed,step,val,tok_shade,says" {
		t.Fatalf("results.csv:\n%s", strings.Join(lines, "\n"))
	}
	for i, head := range []string{"2,2,10,", "2,1,10,", "0.5,2,10,", "0.5,1,10,"} {
		row := ab.Rows[i/2]
		if want := fmt.Sprintf("%s%.6f,%.6f,%.6f", head, row.Values[i%2], row.ByPart[i%2]["tok_shade"], row.ByPart[i%2]["says"]); lines[i+1] != want {
			t.Errorf("line %q, expected %q", lines[i+1], want)
		}
		if mean := (row.ByPart[i%2]["tok_shade"] + row.ByPart[i%2]["says"]) / 2; math.Abs(mean-row.Values[i%2]) > 1e-9 {
			t.Errorf("value %g is not the mean %g over the domains", row.Values[i%2], mean)
		}
	}
	var d result
	if err := json.Unmarshal([]byte(strings.SplitN(read(t, e, "results.jsonl"), "\n", 2)[0]), &d); err != nil || d.Label != "2" || d.Seed != 2 || d.Step != 10 || len(d.Losses) != 2 || len(d.Marginal) != 2 {
		t.Errorf("results.jsonl begins with %+v (%v)", d, err)
	}
	table := read(t, e, "table.md")
	for _, want := range []string{"# tiny: validation loss, nats a token, by mask.in_alpha", "over 2 seeds", "24 samples to train on and 12 held out",
		"12 tokens in (alpha 1), 12 out (alpha 1)", "| mask.in_alpha | mean | tok_shade | says |", " ± ", "no input"} {
		if !strings.Contains(table, want) {
			t.Errorf("table.md lacks %q:\n%s", want, table)
		}
	}
	best := ab.Rows[0]
	if ab.Rows[1].Mean() < best.Mean() {
		best = ab.Rows[1]
	}
	if want := fmt.Sprintf("| %s | **%.3f ± %.3f** |", best.Label, best.Mean(), best.SD()); !strings.Contains(table, want) {
		t.Errorf("table.md lacks %q:\n%s", want, table)
	}
	if c := read(t, e, "config.yaml"); !strings.Contains(c, "mask.in_alpha: [2, 0.5]") || strings.Contains(c, e.Dir) {
		t.Errorf("config.yaml:\n%s", c)
	}
	for _, f := range []string{tokenizers, "cells/2-s2/state.safetensors", "cells/0.5-s1/run.json"} {
		read(t, e, f)
	}
	if _, err := os.Stat(filepath.Join(e.Dir, "bars.png")); err == nil {
		t.Error("bars.png is there, though nothing draws")
	}
	if m, _ := filepath.Glob(filepath.Join(e.Dir, ".*")); len(m) > 0 {
		t.Errorf("left over: %v", m)
	}
}

// What an ablation of the masks of training must not change is the question
// that validation asks.
func TestOneValidationForAll(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	e.Train.LR = 1e-12 // the weights stay those of the seed
	ab := carryOut(t, e, data)
	for j := range e.Seeds {
		if a, b := ab.Rows[0].Values[j], ab.Rows[1].Values[j]; math.Abs(a-b) > 1e-5 {
			t.Errorf("equal weights have losses %g and %g", a, b)
		}
	}
	if ab.Rows[0].Values[0] == ab.Rows[0].Values[1] {
		t.Error("seeds make no difference")
	}
}

// stopAt interrupts the given step, counted over all cells.
func stopAt(step int) func(train.Point) bool {
	n := 0
	return func(train.Point) bool { n++; return n != step }
}

func TestResumeGivesTheSame(t *testing.T) {
	data := things(t, 24)
	one := tiny(t)
	carryOut(t, one, data)

	two := tiny(t)
	two.Train.Val = things(t, 12)
	two.Train.OnStep = stopAt(17) // in the second cell
	ab := carryOut(t, two, data)
	if !ab.Interrupted || !strings.Contains(ab.String(), "(interrupted)") {
		t.Fatalf("not interrupted:\n%v", ab)
	}
	if n := strings.Count(read(t, two, "results.jsonl"), "\n"); n != 1 {
		t.Fatalf("%d cells finished, expected 1", n)
	}
	if !math.IsNaN(ab.Rows[1].Values[0]) || math.IsNaN(ab.Rows[0].Values[0]) {
		t.Errorf("values %v", ab.Rows)
	}
	things(t, 1) // another process knows no tokenizers
	first := 0
	two.Train.OnStep = func(p train.Point) bool {
		if first == 0 {
			first = p.Step
		}
		return true
	}
	if ab = carryOut(t, two, data); ab.Interrupted {
		t.Fatal("still interrupted")
	}
	if first != 8 {
		t.Errorf("went on with step %d, expected 8", first)
	}
	for _, f := range []string{"results.csv", "table.md", "config.yaml"} {
		if a, b := read(t, one, f), read(t, two, f); a != b {
			t.Errorf("%s differs after an interrupt:\n%s\n%s", f, a, b)
		}
	}

	two.Train.OnStep = func(train.Point) bool { t.Error("a finished cell is run again"); return false }
	if again := carryOut(t, two, data); again.Interrupted || again.String() != ab.String() {
		t.Errorf("%v\n%v", again, ab)
	}
}

// host is a notebook that is asked to stop.
type host struct {
	stop atomic.Bool
	last map[string]any
}

func (h *host) Show(b map[string]any) string      { h.last = b; return "1" }
func (h *host) Update(_ string, b map[string]any) { h.last = b }
func (h *host) Interrupted() bool                 { return h.stop.Load() }

func TestInterruptByHost(t *testing.T) {
	data := things(t, 24)
	one := tiny(t)
	carryOut(t, one, data)

	h := &host{}
	show.SetHost(h)
	defer show.SetHost(nil)
	for _, at := range []int{1, 3} { // in a cell, and at the last step of the last one
		things(t, 1)
		two := tiny(t)
		two.Train.Val, two.Train.Quiet = things(t, 12), false
		n := 0
		two.Train.OnStep = func(train.Point) bool {
			if n++; n == 10*at+4+2*at {
				h.stop.Store(true)
				time.Sleep(120 * time.Millisecond)
			}
			return true
		}
		ab := carryOut(t, two, data)
		if stopped := at < 3; ab.Interrupted != stopped {
			t.Errorf("interrupted: %v, expected %v", ab.Interrupted, stopped)
		}
		if line, _ := h.last["text/plain"].(string); at < 3 && !strings.Contains(line, "stopped") {
			t.Errorf("the host shows %q", line)
		}
		if _, ok := h.last["text/markdown"]; !ok && at > 0 {
			t.Error("the host shows no table")
		}
		h.stop.Store(false)
		carryOut(t, two, data)
		if a, b := read(t, one, "results.csv"), read(t, two, "results.csv"); a != b {
			t.Errorf("results.csv differs after an interrupt:\n%s\n%s", a, b)
		}
	}
}

func TestAnotherExperimentIsRefused(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	e.Train.OnStep = stopAt(1)
	carryOut(t, e, data)
	e.Train.Batch = 8
	ab, err := Run(e, data)
	if err == nil || !strings.Contains(err.Error(), "holds another experiment: train.batch is 4 there and 8 now") || ab.Err != err {
		t.Errorf("error %v", err)
	}
	e.Train.Batch = 4
	if _, err := Run(e, data[:20]); err == nil || !strings.Contains(err.Error(), "data.n is 24 there and 20 now") {
		t.Errorf("error %v", err)
	}
}

// A setting that fails leaves its place empty, and the others go on.
func TestFailingSetting(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	e.Dir, e.Name, e.Seeds = "", "", []int64{1}
	e.Vary = []Factor{Vary("train.lr", 1e30, 1e-3)}
	e.Train.Clip = -1
	ab, err := Run(e, data)
	if err == nil || !strings.HasPrefix(err.Error(), "ablate: lr=1e+30, seed 1: train: ") {
		t.Fatalf("error %v", err)
	}
	if !math.IsNaN(ab.Rows[0].Values[0]) || math.IsNaN(ab.Rows[1].Values[0]) || !strings.Contains(ab.String(), "no value yet") {
		t.Errorf("%v", ab)
	}
}

// The tokenizers of a notebook are its own again afterwards.
func TestTokenizersComeBack(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	pics := []*modality.Picture{data[0].Picture("shade")}
	mine, err := vq.Train(t.Context(), modality.Lookup("shade"), pics, vq.VQ{Steps: 1, Batch: 4, Dim: 16, Latent: 4}, nil)
	if err != nil {
		t.Fatal(err)
	}
	modality.SetTokenizer("shade", mine)
	e.Train.OnStep = func(train.Point) bool {
		if modality.TokenizerOf("shade") == modality.Tokenizer(mine) {
			t.Error("the experiment's own tokenizer is not in use")
		}
		return false
	}
	carryOut(t, e, data)
	if modality.TokenizerOf("shade") != modality.Tokenizer(mine) {
		t.Error("the tokenizer was replaced")
	}
}

func TestWrongExperiments(t *testing.T) {
	data := things(t, 4)
	for _, c := range []struct {
		change func(e *Experiment)
		want   string
	}{
		{func(e *Experiment) { e.Vary = nil }, "nothing is varied"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("mask.in_alpa", 1)} }, `unknown key "in_alpa" in mask (did you mean "in_alpha"?)`},
		{func(e *Experiment) { e.Vary = []Factor{Vary("mask.in_alpha", "much")} }, "mask.in_alpha is much, expected a number"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("mask.in_alpha", 1, 1)} }, "takes the value 1 twice"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("in_alpha", 1), Vary("mask.in_alpha", 2)} }, "mask.in_alpha is varied twice"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("modalities", 1)} }, "modalities cannot be varied"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("train.steps", 10, -1)} }, "steps is -1"},
		{func(e *Experiment) { e.Vary = []Factor{Vary("model.dim", 16, 18)} }, "dim 18, expected a multiple of 4"},
		{func(e *Experiment) { e.Seeds = []int64{1, 1} }, "seed 1 stands twice"},
		{func(e *Experiment) { e.Modalities = []string{"shad"} }, `did you mean "shade"?`},
		{func(e *Experiment) { e.Modalities = nil }, "no modality given"},
		{func(e *Experiment) { e.Masks = []mask.Mask{{}} }, "Mask and Masks are both given"},
		{func(e *Experiment) { e.Train.Mask.In = 3 }, "Train has a mask"},
		{func(e *Experiment) { e.Model.Seed = 3 }, "has a folder or seed of its own"},
		{func(e *Experiment) { e.Train.Val = nil }, "no samples to validate on"},
		{func(e *Experiment) { e.Tokenizers = map[string]vq.VQ{"says": {}} }, `"says" is no image modality of the model`},
	} {
		e := tiny(t)
		c.change(&e)
		func() {
			defer func() {
				var f *fault.Error
				if err, ok := recover().(error); !ok || !errors.As(err, &f) || !strings.Contains(f.Error(), c.want) || strings.Contains(f.Error(), "\n") {
					t.Errorf("panic %v, expected %q", err, c.want)
				}
			}()
			Run(e, data)
		}()
	}
}

// Held-out samples that lack a modality give no number for it, nor for what it
// is compared with; where they lack all that is asked for, that is an error.
func TestValidationWithoutAModality(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	held := things(t, 12)
	for _, s := range held {
		delete(s.Values, "says")
	}
	e.Train.Val = held
	ab := carryOut(t, e, data)
	table := read(t, e, "table.md")
	for _, line := range strings.Split(table, "\n") {
		if strings.HasPrefix(line, "| 2 |") || strings.HasPrefix(line, "| 0.5 |") || strings.HasPrefix(line, "| *no input") {
			cells := strings.Split(line, " | ")
			if len(cells) != 4 || !strings.HasPrefix(cells[3], "–") {
				t.Errorf("%s: expected – for says", line)
			}
			if number := strings.Fields(strings.Trim(cells[1], "*"))[0]; !strings.Contains(cells[2], number) {
				t.Errorf("%s: the mean is not that of the one modality that is there", line)
			}
		}
	}
	if strings.Count(table, "–") != 3 || ab.Interrupted {
		t.Errorf("%v\n%s", ab, table)
	}
	e.Dir, e.ValMasks = filepath.Join(t.TempDir(), "none"), []mask.Mask{{In: 12, Out: 12, Inputs: []string{"shade"}, Outputs: []string{"says"}}}
	ab, err := Run(e, data)
	if err == nil || ab.Interrupted || !strings.Contains(err.Error(), "nothing to validate with: 12 of 12 validation samples are left out") {
		t.Errorf("%v, error %v", ab, err)
	}
}
