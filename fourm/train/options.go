package train

// How to train: what can be said, what zero values stand for, and the rates
// that follow from it.

import (
	"fmt"
	"math"
	"path/filepath"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/optim"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Options says how to train. Zero values stand for what the comments give. The
// official key of each field: docs/4m.md, 10.3.
type Options struct {
	Steps    int         // 500
	Batch    int         // 32 samples a step
	Accum    int         // batches whose gradients make one step: 1
	LR       float64     // peak learning rate: 1e-3
	MinLR    float64     // learning rate at the end
	Warm     int         // steps of linear warm-up: a twentieth of Steps
	Schedule string      // of the learning rate: "" is a cosine that is never 0; "cosine" and "inverse-sqrt" are 4M's own
	Cool     int         // last steps of "inverse-sqrt", in which the rate falls evenly to MinLR
	Decay    float64     // weight decay: 0.05, as in 4M; negative stands for none
	DecayEnd float64     // weight decay of the last step, reached from Decay by half a cosine; 0: as Decay, negative stands for none
	Clip     float64     // largest gradient norm: 1; negative stands for none
	Mask     mask.Mask   // how tokens are shared among the domains
	Masks    []mask.Mask // a mixture by weight, in place of Mask
	// OneMask draws one mask of the mixture for a whole batch, where 4M draws one for
	// each sample: a batch then needs no more room than its mask has, and one of short
	// texts is done in a fraction of the time. With Accum batches a step still has several.
	OneMask  bool
	Seed     int64
	Val      Data             // held-out samples; nil: none
	ValEvery int              // steps between validations: a tenth of Steps
	ValSize  int              // samples of Val that are used, with fixed masks: 128
	ValMask  []mask.Mask      // masks of validation; nil: those of training. The same ones make runs comparable
	Dir      string           // checkpoints, history and TensorBoard's event files go here; a run found there is resumed
	NoEvents bool             // no event files for TensorBoard in Dir
	Name     string           // shown in legends: what the run found in Dir has, else the base name of Dir
	Quiet    bool             // no display
	OnStep   func(Point) bool // called after each step; false stops the run
}

func (o Options) resolved() Options {
	const op = "Model.Train"
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&o.Steps, 500)
	def(&o.Batch, 32)
	def(&o.Accum, 1)
	def(&o.Warm, max(o.Steps/20, 1))
	def(&o.ValEvery, max(o.Steps/10, 1))
	def(&o.ValSize, 128)
	if o.LR == 0 {
		o.LR = 1e-3
	}
	if o.Decay == 0 {
		o.Decay = 0.05
	}
	if o.DecayEnd == 0 {
		o.DecayEnd = o.Decay
	}
	if o.Clip == 0 {
		o.Clip = 1
	}
	if o.Name == "" && o.Dir != "" {
		o.Name = filepath.Base(o.Dir)
	}
	if len(o.Masks) == 0 {
		o.Masks = []mask.Mask{o.Mask}
	}
	for what, v := range map[string]int{"steps": o.Steps, "batch": o.Batch, "accum": o.Accum, "warm": o.Warm, "val every": o.ValEvery, "val size": o.ValSize} {
		if v < 1 {
			fault.Panic(op, "%s is %d, expected 1 or more", what, v)
		}
	}
	for _, m := range o.Masks {
		if m.In < 0 || m.Out < 0 {
			fault.Panic(op, "budgets of %d and %d tokens, expected 0 or more", m.In, m.Out)
		}
	}
	if o.LR < 0 || math.IsNaN(o.LR) {
		fault.Panic(op, "learning rate %g, expected a positive one", o.LR)
	}
	if !(o.MinLR >= 0 && o.MinLR <= o.LR) || o.Cool < 0 {
		fault.Panic(op, "the learning rate falls to %g over the last %d steps, expected 0 to %g and 0 or more", o.MinLR, o.Cool, o.LR)
	}
	if o.Schedule != "" && o.Schedule != "cosine" && o.Schedule != "inverse-sqrt" {
		fault.Panic(op, "schedule %q, expected cosine, inverse-sqrt or none", o.Schedule)
	}
	return o
}

// rate gives the learning rate of a step counted from 0.
func (o Options) rate(step int) float64 {
	if o.Schedule == "" {
		if step < o.Warm {
			return optim.Warm(o.LR, step, o.Warm, o.Steps)
		}
		return o.MinLR + (o.LR-o.MinLR)*optim.Warm(1, step, o.Warm, o.Steps)
	}
	r := optim.Rates{Peak: o.LR, Last: o.MinLR, Total: o.Steps, Warm: o.Warm}
	if o.Schedule == "inverse-sqrt" {
		r.Scale, r.Cool = 10000, o.Cool // 4M's time scale
	}
	return r.At(step)
}

// decay gives the weight decay of a step counted from 0, half a cosine over
// the steps as the official weight_decay_end makes it (docs/4m.md, 5.2).
func (o Options) decay(step int) float64 {
	return optim.Rates{Peak: max(o.Decay, 0), Last: max(o.DecayEnd, 0), Total: o.Steps}.At(step)
}

// Decays gives the weight decay of every step, with what zero values stand for
// filled in.
func (o Options) Decays() []float64 { return o.everyStep(Options.decay) }

// Rates gives the learning rate of every step, with what zero values stand for
// filled in.
func (o Options) Rates() []float64 { return o.everyStep(Options.rate) }

// everyStep gives a value of all steps.
func (o Options) everyStep(at func(o Options, step int) float64) []float64 {
	o = o.resolved()
	memory.Need("Model.Train", 8*float64(o.Steps), "steps %d: a value for each", o.Steps)
	out := make([]float64, o.Steps)
	for i := range out {
		out[i] = at(o, i)
	}
	return out
}

// shape is that of a batch of a model under a mixture of masks: its largest
// budgets, as far as the model's domains have tokens.
func (o Options) shape(m *model.Model, masks []mask.Mask) model.Shape {
	s := model.Shape{B: o.Batch}
	for _, k := range masks {
		in, out := k.Budgets()
		s.N, s.M = max(s.N, in), max(s.M, out)
	}
	s.N, s.M = min(s.N, room(m.In)), min(s.M, room(m.Out))
	return s
}

// Afford refuses options that cannot be, batches that the memory cannot hold beside the model, and
// more samples than can be counted.
func Afford(m *model.Model, o Options) {
	const op = "Model.Train"
	o = o.resolved()
	s := o.shape(m, o.Masks)
	m.Room(op, fmt.Sprintf("batch %d of samples with %d tokens in and %d out", s.B, s.N, s.M), s)
	if n := float64(o.Steps) * float64(o.Accum) * float64(o.Batch); n >= 1<<62 {
		fault.Panic(op, "steps %d with accum %d and batch %d draw %.3g samples, expected fewer than %.3g", o.Steps, o.Accum, o.Batch, n, float64(1<<62))
	}
}

// room counts the tokens that domains have at most.
func room(ds []modality.Domain) int {
	n := 0
	for _, d := range ds {
		n += d.Max
		if !d.Grid() {
			n += 2 // the sentinels around the text
		}
	}
	return n
}
