// Package cases times what people do with 4M, one case at a time: training
// steps, pictures from captions, captions from pictures, pictures to tokens and
// back. Every case runs the functions that training, generation and tokenizers
// themselves call, at the sizes of the published ones.
//
//	c, _ := cases.Find("train_tiny_b1")
//	r, err := c.Run(context.Background(), 3)
//	fmt.Println(r) // train_tiny_b1: 0.6 s, ...
//
// bench/torch4m.py has the same cases in plain PyTorch. Both draw the same
// masks and lengths from the same numbers (see dice) and count the same
// multiply-adds (see macs), so that times can be compared. To compare peaks of
// memory, run each case in a process of its own.
package cases

import (
	"context"
	"fmt"
	"strings"

	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// Case is one thing that is timed.
type Case struct {
	Name  string // as typed: "maskgit_tiny_8"
	About string // one line
	size  string // of the published models: "Ti", "B"
	job   job

	tokenizer *tokenizing // in place of a model
}

// job is the kind of a case.
type job interface {
	// prepare does all that is not timed. What it gives runs one repetition,
	// the i-th, and tells how many multiply-adds that one is worth.
	prepare(m *model.Model) (run func(ctx context.Context, i int) error, worth func(i int) int64, err error)
}

// tokens is the budget of a training sample on either side.
const tokens = 128

var all = []Case{
	{Name: "train_tiny_b1", About: "a training step, 384 wide, 6+6 blocks, batch 1", size: "Ti", job: training{1, tokens, tokens}},
	{Name: "train_tiny_b8", About: "the same, batch 8", size: "Ti", job: training{8, tokens, tokens}},
	{Name: "train_tiny_b32", About: "the same, batch 32", size: "Ti", job: training{32, tokens, tokens}},
	{Name: "train_base_b1", About: "a training step, 768 wide, 12+12 blocks, batch 1", size: "B", job: training{1, tokens, tokens}},
	{Name: "train_base_b4", About: "the same, batch 4", size: "B", job: training{4, tokens, tokens}},
	{Name: "maskgit_tiny_8", About: "a caption to the 196 tokens of a picture, guided, 8 steps, tiny", size: "Ti", job: picture{8}},
	{Name: "maskgit_tiny_25", About: "the same in 25 steps", size: "Ti", job: picture{25}},
	{Name: "maskgit_base_8", About: "the same in 8 steps, base", size: "B", job: picture{8}},
	{Name: "maskgit_base_25", About: "the same in 25 steps, base", size: "B", job: picture{25}},
	{Name: "ar_tiny", About: "the 196 tokens of a picture to a caption of 63 tokens, tiny", size: "Ti", job: caption{63}},
	{Name: "ar_base", About: "the same, base", size: "B", job: caption{63}},
	{Name: "vq_vitb_b1", About: "a picture of 224x224 to 196 tokens of 16,384 and back, ViT-B on either side", tokenizer: &tokenizing{1, 224, 16, "b", 16384, 32}},
	{Name: "vq_vitb_b8", About: "eight such pictures together", tokenizer: &tokenizing{8, 224, 16, "b", 16384, 32}},
}

// All lists the cases.
func All() []Case { return append([]Case(nil), all...) }

// Find gives the case of a name; false where there is none.
func Find(name string) (Case, bool) {
	for _, c := range all {
		if c.Name == name {
			return c, true
		}
	}
	return Case{}, false
}

// Names lists the names of the cases, separated by blanks.
func Names() string {
	var out []string
	for _, c := range all {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// Run makes the case's model, warms up and times so many repetitions, 1 or
// more. Weights and inputs follow from fixed seeds. The error is that of ctx,
// or says what went wrong.
func (c Case) Run(ctx context.Context, reps int) (Result, error) {
	if c.tokenizer != nil {
		return c.alone(ctx, reps, warm)
	}
	if c.job == nil {
		fault.Panic("Case.Run", "an empty case, expected one of Find (%s)", Names())
	}
	cfg := model.Published("4M-7", c.size)
	cfg.Untied = false // heads share the tables of tokens, as in training
	return c.with(ctx, cfg, reps, warm)
}

// with runs the case with any model that has the domains of 4M-7, and a
// warm-up of so many seconds.
func (c Case) with(ctx context.Context, cfg model.Config, reps int, warm float64) (Result, error) {
	if reps < 1 {
		fault.Panic("Case.Run", "%d repetitions, expected 1 or more", reps)
	}
	run, worth, err := c.job.prepare(model.New(cfg))
	if err != nil {
		return Result{}, fmt.Errorf("cases: %s: %w", c.Name, err)
	}
	r, err := timed(ctx, reps, warm, run)
	if err != nil {
		return Result{}, fmt.Errorf("cases: %s: %w", c.Name, err)
	}
	var macs int64
	for i := range reps {
		macs += worth(i)
	}
	r.Case, r.GFLOP = c.Name, 2*float64(macs)/float64(reps)/1e9
	return r, nil
}

// alone runs a case without a model.
func (c Case) alone(ctx context.Context, reps int, warm float64) (Result, error) {
	if reps < 1 {
		fault.Panic("Case.Run", "%d repetitions, expected 1 or more", reps)
	}
	r, err := c.tokenizer.timed(ctx, reps, warm)
	if err != nil {
		return Result{}, fmt.Errorf("cases: %s: %w", c.Name, err)
	}
	r.Case = c.Name
	return r, nil
}
