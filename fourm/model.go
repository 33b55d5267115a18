package fourm

// The model as a person holds it.

import (
	"context"
	"fmt"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/model"
	"fourmlab/fourm/shipped"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
)

// Model is a 4M model with its tokenizers. It prints its layers, parameters
// and memory. It is not safe for concurrent use.
type Model struct{ core *model.Model }

// New makes a model with fresh weights. Every modality needs a tokenizer; a
// one-line panic says which has none and what to do.
func New(c Config) *Model {
	checkEnv("fourm.New")
	return &Model{model.New(c)}
}

// Demo gives the model that comes with the program: a 4M of the rendered scenes, over
// rgb, depth, normal, semseg, edge, box, caption and palette. Its modalities and
// tokenizers become the registered ones. make demo-model makes it anew; docs/bench.md
// says what it can do.
func Demo() *Model {
	checkEnv("fourm.Demo")
	m, err := shipped.Demo()
	if err != nil {
		panic(err) // of what is part of the program
	}
	return &Model{m}
}

// Load reads a model from a checkpoint, its tokenizers with it: a file that
// Save wrote, the folder of a training run ("runs/a", its last weights), or an
// official one, as a safetensors file, a .pth file, or a folder with config.json
// and model.safetensors.
func Load(path string) (*Model, error) {
	checkEnv("fourm.Load")
	m, err := model.Load(path)
	if err != nil {
		if _, tokenizer, _ := vq.Peek(path); tokenizer {
			err = fault.Kind(ErrForeignCheckpoint, fmt.Errorf("%s holds a tokenizer, not a model; fourm.LoadTokenizer reads it", path))
		}
		return nil, err
	}
	return &Model{m}, nil
}

// LoadStrict is Load that lists what is left over in the file as well as what
// is missing, and refuses either.
func LoadStrict(path string) (*Model, error) {
	checkEnv("fourm.LoadStrict")
	m, err := model.LoadStrict(path)
	if err != nil {
		return nil, err
	}
	return &Model{m}, nil
}

// MustLoad is Load that panics where the file fails.
func MustLoad(path string) *Model {
	m, err := Load(path)
	if err != nil {
		panic(err)
	}
	return m
}

// Peek says what model or tokenizer a checkpoint holds, without reading its
// tensors.
func Peek(path string) (string, error) {
	if s, ok, err := vq.Peek(path); ok {
		return s, err
	}
	return model.Peek(path)
}

func (m *Model) String() string { return m.core.String() }

// Config gives the configuration, resolved.
func (m *Model) Config() Config { return m.core.Config }

// Save writes the model and its tokenizers, whole or not at all.
func (m *Model) Save(path string) error { return m.core.Save(path, nil, nil) }

// SaveAs is Save that stores the numbers as "F32", "F16" or "BF16".
func (m *Model) SaveAs(path, dtype string) error { return m.core.SaveAs(path, dtype, nil, nil) }

// To moves the model to a device; "cpu" is the only one so far.
func (m *Model) To(device string) error { return CheckDevice(device) }

// Train fits the model to data. A live curve appears in a notebook, a line in
// a terminal; an interrupt ends the run at a step and keeps it; the same Dir
// again goes on where it was. What the world does wrong is in the run's Err.
func (m *Model) Train(ds Data, t Train) *Run {
	run, _ := train.Fit(m.core, ds, t) // the run holds the error
	return run
}

// Generate makes the plan's targets from the sample's given modalities. The
// same model, sample, plan and seed give the same result. After an interrupt or
// a failure of the world (the result's Err) it holds what is finished.
func (m *Model) Generate(s Sample, p *Plan, seed int64) Result {
	var out Result
	interrupted, err := attempt("Model.Generate", func(ctx context.Context) (err error) {
		out, err = generate.Generate(ctx, m.core, s, *p, seed)
		return err
	})
	out.Interrupted, out.Err = interrupted, err
	return out
}

// Vary is Generate with n seeds, from 0, several at a time; the last bits of
// probabilities may differ. The first result that is not finished is the last.
func (m *Model) Vary(s Sample, p *Plan, n int) []Result {
	atLeastOne("Model.Vary", n)
	return m.generate("Model.Vary", repeated(s, n), p, 0, true)
}

// GenerateAll is Generate for every sample, several at a time and so in a fraction of
// the time; sample i has the seed i. Results are those of Generate, as Vary's are, but
// for the steps, which are not kept. The first result that is not finished is the last.
func (m *Model) GenerateAll(samples []Sample, p *Plan) []Result {
	return m.generate("Model.GenerateAll", samples, p, 0, false)
}

// GenerateFrom is GenerateAll that begins at another seed: sample i has the seed
// first + i.
func (m *Model) GenerateFrom(first int64, samples []Sample, p *Plan) []Result {
	return m.generate("Model.GenerateFrom", samples, p, first, false)
}

func (m *Model) generate(op string, samples []Sample, p *Plan, first int64, trace bool) (out []Result) {
	seeds := make([]int64, len(samples))
	for i := range seeds {
		seeds[i] = first + int64(i)
	}
	interrupted, err := attempt(op, func(ctx context.Context) (err error) {
		out, err = generate.GenerateAll(ctx, m.core, samples, *p, seeds, trace)
		return err
	})
	for i := range out {
		if len(out[i].Generated) < len(p.Stages) {
			out[i].Interrupted, out[i].Err = interrupted, err
			return out[:i+1]
		}
	}
	return out
}

// Reconstruct predicts from a masked sample's inputs all that they do not
// show, in one pass; viz.Recon draws it. After an interrupt or a failure of the
// world (the sample's Err) it has what is finished.
func (m *Model) Reconstruct(mk Masked) Sample {
	var out Sample
	_, err := attempt("Model.Reconstruct", func(ctx context.Context) (err error) {
		out, err = generate.Reconstruct(ctx, m.core, mk)
		return err
	})
	out.Err = err
	return out
}

// Mask gives a mask over the model's own domains with budgets and alphas as
// given, for Draw.
func (m *Model) Mask(k Mask) Mask {
	if k.Inputs == nil {
		k.Inputs = m.core.Config.Inputs
	}
	if k.Outputs == nil {
		k.Outputs = m.core.Config.Outputs
	}
	return k
}

// Eval generates targets from inputs on every sample of a held-out set and
// measures them as fourm/metric does: "rgb->depth", "caption->rgb+depth" in so many
// words. Each row of the report has its unit, its standard error, an interval, and
// a baseline; the report's More has the other metrics of each target. After an
// interrupt or a failure of the world (the report's Err) it has the tasks that
// are finished.
func (m *Model) Eval(ds Data, tasks ...string) *Report {
	const op = "Model.Eval"
	if ds == nil || ds.Len() == 0 {
		fault.Panic(op, "no samples to evaluate on")
	}
	rep := &Report{}
	interrupted, err := attempt(op, func(ctx context.Context) (err error) {
		rep, err = generate.Eval(ctx, m.core, ds, tasks)
		return err
	})
	rep.Interrupted, rep.Err = interrupted, err
	return rep
}
