package ablate

// Settings compared by what a model makes, not by its loss: what is measured, and
// the tokenizers that settings share.

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// tokenized is a set with the tokens of one way to make them.
type tokenized struct {
	by            map[string]modality.Tokenizer // by modality
	samples, held train.Data
	kept          map[string]float64 // what the tokenizers keep of what is held out
}

// register makes the tokenizers those of their modalities.
func (t *tokenized) register() {
	for n, k := range t.by {
		modality.SetTokenizer(n, k)
		patched(k)
	}
}

// tokenizing tells settings with other tokenizers apart.
func (e Experiment) tokenizing() string {
	b, err := json.Marshal(e.Tokenizers)
	if err != nil {
		panic(err) // numbers and texts
	}
	return string(b)
}

// varies tells whether a factor's key begins so.
func (e Experiment) varies(prefix string) bool {
	return slices.ContainsFunc(e.Vary, func(f Factor) bool {
		key, _ := canonical(f.Key)
		return strings.HasPrefix(key, prefix)
	})
}

// measured is the metric that settings are compared by: the first one of what the
// task predicts.
func (e Experiment) measured() metric.Metric {
	const op = "fourm.Ablate"
	given, target, ok := strings.Cut(e.Measure, "->")
	if !ok || given == "" || target == "" || strings.ContainsAny(target, "+>") {
		fault.Panic(op, "measure %q, expected one task with one target, such as depth->rgb", e.Measure)
	}
	m := modality.Need(op, target)
	c := e.config()
	for _, n := range strings.Split(given, "+") {
		if g := modality.Need(op, n); !slices.ContainsFunc(c.Inputs, func(in string) bool { return modality.Need(op, in).Name == g.Name }) {
			fault.Panic(op, "measure %q: %q is no input of the model", e.Measure, n)
		}
	}
	if !slices.ContainsFunc(c.Outputs, func(out string) bool { return modality.Need(op, out).Name == m.Name }) {
		fault.Panic(op, "measure %q: %q is no output of the model", e.Measure, target)
	}
	return metric.For(m)[0]
}

// measure carries the task out on what is held out.
func (r *run) measure(m *model.Model, set *tokenized, d *result) (err error) {
	var rep *generate.Report
	r.ab.Interrupted = show.Interruptible(func(ctx context.Context) {
		rep, err = generate.Eval(ctx, m, head{r.exp.Train.Val, r.exp.heldOut()}, []string{r.exp.Measure})
	})
	if r.ab.Interrupted {
		return nil
	}
	if err != nil {
		return err
	}
	if len(rep.Rows) != 1 {
		return fmt.Errorf("%s gave %d numbers, expected one", r.exp.Measure, len(rep.Rows))
	}
	d.Measured, d.Kept = &rep.Rows[0].Value, set.kept
	return nil
}
