package parity

// Kind fm_train: a few steps, with accumulated and clipped gradients, taken as
// train.Fit takes its own.

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
	"fourmlab/fourm/train"
)

func init() { register("fm_train", training) }

// schooling is what a training fixture says beside its model.
type schooling struct {
	Steps     int     `json:"steps"`
	Accum     int     `json:"accum_iter"`
	Clip      float64 `json:"clip_grad"`
	Loss      string  `json:"loss_type"`
	N         int     `json:"num_encoder_tokens"`
	M         int     `json:"num_decoder_tokens"`
	Optimizer struct {
		Betas []float64 `json:"betas"`
		Eps   float64   `json:"eps"`
		LR    float64   `json:"lr"`
		Decay float64   `json:"weight_decay"`
	} `json:"optimizer"`
	Schedule string   `json:"lr_schedule"`
	Batches  []int    `json:"batch_file_of_micro_step"`
	Order    []string `json:"decoder_modality_order"`
	Groups   map[string]struct {
		Decay  float64  `json:"weight_decay"`
		Params []string `json:"params"`
	} `json:"param_groups"`
}

// recorded is one step as the official code took it.
type recorded struct {
	LR     float64              `json:"lr"`
	Decay  *float64             `json:"weight_decay"` // that of the optimizer where none is recorded
	Losses []float64            `json:"losses"`
	Mod    []map[string]float64 `json:"mod_losses"`
	Norm   float64              `json:"grad_norm_before_clip"`
}

func training(f *Fixture, r *Report) error {
	var d described
	var s schooling
	err := f.JSON("config.json", &d)
	if err == nil {
		err = f.JSON("config.json", &s)
	}
	if err != nil {
		return err
	}
	var want struct {
		F32 []recorded `json:"steps_f32"`
		F64 []recorded `json:"steps_f64"`
	}
	if err := f.JSON("expected.json", &want); err != nil {
		return err
	}
	steps := want.F64 // the same to many digits, without rounding
	if steps == nil {
		steps = want.F32
	}
	if s.Accum < 1 {
		s.Accum = 1
	}
	if len(steps) != s.Steps || len(s.Batches) != s.Steps*s.Accum {
		return fmt.Errorf("%d steps and %d batches are recorded, expected %d of %d", len(steps), len(s.Batches), s.Steps, s.Accum)
	}
	if err := ids(f, r); err != nil {
		return err
	}
	c, err := d.config()
	if err != nil {
		return err
	}
	m, err := f.model(c, "model_init.safetensors")
	if err != nil {
		return err
	}
	m.Config.TokenLoss = s.Loss == "token"
	s.groups(r, m)
	rates, err := s.rates()
	if err != nil {
		return err
	}
	opt := optim.AdamW{Eps: s.Optimizer.Eps}
	if len(s.Optimizer.Betas) == 2 {
		opt.Beta1, opt.Beta2 = s.Optimizer.Betas[0], s.Optimizer.Betas[1]
	}
	stepper := train.NewStepper(m, opt)
	files := map[int][]map[string]mask.Row{}
	for i, step := range steps {
		next := train.Step{Batches: s.Accum, LR: step.LR, Decay: s.Optimizer.Decay, Clip: s.Clip}
		if rates != nil {
			next.LR = rates[i]
			r.Number("learning rates", fmt.Sprint("step ", i), next.LR, step.LR, 1e-12)
		}
		if step.Decay != nil {
			next.Decay = *step.Decay
		}
		next.Batch = func(k int) (*model.Net, error) { return s.batch(f, m, files, s.Batches[i*s.Accum+k]) }
		next.Ran = func(k int, n *model.Net) error {
			what := fmt.Sprintf("step %d, batch %d", i, k)
			r.Number("losses", what, n.Loss(), step.Losses[k], 1e-5)
			for name, l := range step.Mod[k] {
				r.Number("losses by modality", what+", "+name, n.DomainLoss(name), l, 1e-5)
			}
			return nil
		}
		norm, err := stepper.Take(context.Background(), next)
		if err != nil {
			return err
		}
		r.Number("gradient norms", fmt.Sprint("step ", i), norm, step.Norm, 5e-5*step.Norm)
	}
	return s.final(f, r, m)
}

// batch packs the batch of a file.
func (s *schooling) batch(f *Fixture, m *model.Model, files map[int][]map[string]mask.Row, file int) (*model.Net, error) {
	if files[file] == nil {
		in, err := f.Tensors(fmt.Sprintf("batch_%d.safetensors", file))
		if err == nil {
			files[file], err = batch(m, in)
		}
		if err != nil {
			return nil, err
		}
	}
	n := m.Graph(model.Training, model.Shape{B: len(files[file]), N: s.N, M: s.M})
	return n, m.FillRows(n.Batch, files[file], model.Order{Out: s.Order})
}

// groups compares which parameters decay.
func (s *schooling) groups(r *Report, m *model.Model) {
	official := map[string]bool{}
	for _, g := range s.Groups {
		for _, p := range g.Params {
			official[p] = g.Decay > 0
		}
	}
	var decays, want []bool
	for _, p := range m.Params {
		decays = append(decays, p.Decays())
		w, ok := official[p.Name]
		for _, a := range m.Aliases(p.Name) {
			if v, has := official[a]; has && !ok {
				w, ok = v, true
			}
		}
		if !ok { // the official optimiser has no such parameter
			w = !p.Decays()
		}
		want = append(want, w)
	}
	if s.Groups != nil {
		r.Bools("parameter groups", "decay", decays, want)
	}
}

// rates gives the learning rates of the schedule that the fixture names, as
// cosine_scheduler(lr, 0, epochs=1, niter_per_ep=steps, warmup_steps=2); nil
// where it names none.
func (s *schooling) rates() ([]float64, error) {
	name, args, ok := strings.Cut(strings.TrimSuffix(s.Schedule, ")"), "(")
	if !ok {
		return nil, nil
	}
	var given []any
	keys := map[string]float64{}
	for _, a := range strings.Split(args, ",") {
		k, v, named := strings.Cut(strings.TrimSpace(a), "=")
		if !named {
			v = k
		}
		x, err := strconv.ParseFloat(v, 64)
		switch {
		case v == "lr":
			x = s.Optimizer.LR
		case v == "steps":
			x = float64(s.Steps)
		case err != nil:
			return nil, fmt.Errorf("lr_schedule %q: cannot read %q", s.Schedule, a)
		}
		if named {
			keys[k] = x
		} else {
			given = append(given, x)
		}
	}
	return scheduled(name, given, keys)
}

// scheduled gives the rates of an official schedule by its arguments, which
// are in order or by name.
func scheduled(name string, given []any, keys map[string]float64) ([]float64, error) {
	names := []string{"base_value", "final_value", "epochs", "niter_per_ep", "warmup_epochs", "start_warmup_value", "warmup_steps"}
	if name == "inverse_sqrt_scheduler" {
		names = append(names, "cooldown_epochs", "cooldown_steps", "timescale")
	} else if name != "cosine_scheduler" {
		return nil, fmt.Errorf("unknown schedule %q", name)
	}
	a := map[string]float64{"warmup_steps": -1, "cooldown_steps": -1, "timescale": 10000}
	for i, v := range given {
		x, ok := v.(float64)
		if i >= len(names) || !ok {
			return nil, fmt.Errorf("schedule %s of %v", name, given)
		}
		a[names[i]] = x
	}
	for k, v := range keys {
		a[k] = v
	}
	per := a["niter_per_ep"]
	count := func(epochs, steps string) int {
		if a[steps] > 0 {
			return int(a[steps])
		}
		return int(a[epochs] * per)
	}
	total := int(a["epochs"] * per)
	if total < 1 || total > 1e7 {
		return nil, fmt.Errorf("schedule %s of %d steps", name, total)
	}
	r := optim.Rates{Start: a["start_warmup_value"], Peak: a["base_value"], Last: a["final_value"], Total: total, Warm: count("warmup_epochs", "warmup_steps")}
	if name == "inverse_sqrt_scheduler" {
		r.Scale, r.Cool = a["timescale"], count("cooldown_epochs", "cooldown_steps")
	}
	out := make([]float64, total)
	for i := range out {
		out[i] = r.At(i)
	}
	return out, nil
}

// final compares the parameters after the last step. The gradient of a key's
// bias is exactly 0 but for rounding, which AdamW makes steps of its own size
// of, so those are left out on either side.
func (s *schooling) final(f *Fixture, r *Report, m *model.Model) error {
	want, err := f.Tensors("final_params.safetensors")
	if err != nil {
		return err
	}
	tol, err := f.tolerances()
	if err != nil {
		return err
	}
	for _, p := range m.Params {
		w, ok := want[p.Name]
		for _, a := range m.Aliases(p.Name) {
			if x, has := want[a]; has && !ok {
				w, ok = x, true
			}
			delete(want, a)
		}
		delete(want, p.Name)
		if !ok || len(w.F) != len(p.Data) {
			r.Floats("parameters", p.Name, p.Data, w.F, 0)
			continue
		}
		got, ref := p.Data, w.F
		d := m.Config.Dim
		switch {
		case strings.HasSuffix(p.Name, ".qkv.bias"):
			got, ref = without(got, d, 2*d), without(ref, d, 2*d)
		case strings.HasSuffix(p.Name, ".kv.bias"):
			got, ref = got[d:], ref[d:]
		}
		t, ok := tol["final_params"][p.Name]
		if !ok {
			if t, ok = tol["forward"][p.Name]; !ok {
				t = 1e-4 * top(ref)
			}
		}
		r.Floats("parameters", p.Name, got, ref, math.Max(t, 1e-12))
	}
	// what nothing reads has no gradient and stays as it was
	if len(want) == 0 {
		return nil
	}
	first, err := f.Tensors("model_init.safetensors")
	if err != nil {
		return err
	}
	for name, w := range want {
		r.Floats("untouched tensors", name, first[name].F, w.F, 0)
	}
	return nil
}

func without(x []float32, from, to int) []float32 {
	return append(append([]float32{}, x[:from]...), x[to:]...)
}
