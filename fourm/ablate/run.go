package ablate

// Carrying an experiment out: one model a setting and seed, one after the
// other, and what is known written down after each.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/fourm/train"
	"fourmlab/fourm/vq"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
	"fourmlab/internal/stop"
)

// run is an experiment at work.
type run struct {
	exp      Experiment
	settings []setting
	ab       *Ablation
	done     []result
	names    []string                      // folders of the settings
	row      map[string]int                // settings by label
	column   map[int64]int                 // seeds
	notes    []string                      // of what the folder held
	made     map[string]modality.Tokenizer // by modality and configuration
	reset    func()                        // registers what was registered before
	live     *show.Live
	shown    time.Time
}

// Run trains a model for every setting and seed and compares their validation
// losses. In the experiment's folder it goes on where it was left: finished
// cells are not run again, one that was interrupted continues at its step.
//
// An interrupt ends it with what is known (Ablation.Interrupted, no error). A
// setting whose training fails does not stop the others; the error is the
// first one's. The ablation is never nil.
func Run(e Experiment, data train.Data) (*Ablation, error) {
	const op = "fourm.Ablate"
	e = e.check()
	if data == nil || data.Len() == 0 {
		fault.Panic(op, "no samples to train on")
	}
	if e.Train.Val == nil || e.Train.Val.Len() == 0 {
		fault.Hint(op, `Train: fourm.Train{Val: ds.Split("val")}`, "no samples to validate on")
	}
	if e.Data.Name == "" {
		e.Data.N = data.Len()
	}
	r := &run{exp: e, settings: e.settings(), made: map[string]modality.Tokenizer{}}
	r.ab = &Ablation{Name: e.Name, Factor: e.keys(), Metric: "validation loss, nats a token", Lower: true, Dir: e.Dir, domains: e.domains()}
	if e.Measure != "" {
		m := e.measured()
		r.ab.Metric, r.ab.Lower, r.ab.task = e.Measure+": "+m.String(), m.Lower, e.Measure
	}
	from := e.Data.Name
	if from == "" {
		from = "data given"
	}
	r.ab.About = fmt.Sprintf("%s, %d samples to train on and %d held out; every setting validated with the same masks: %s",
		from, data.Len(), e.heldOut(), e.describe())
	for _, s := range r.settings {
		row := Row{Label: s.label, Seeds: e.Seeds}
		for range e.Seeds {
			row.Values, row.ByPart = append(row.Values, math.NaN()), append(row.ByPart, nil)
		}
		r.ab.Rows = append(r.ab.Rows, row)
	}
	r.names = folders(r.settings)
	r.row, r.column = map[string]int{}, map[int64]int{}
	for i, s := range slices.Backward(r.settings) { // of equal labels the first
		r.row[s.label] = i
	}
	for j, s := range e.Seeds {
		r.column[s] = j
	}
	r.reset = e.registered()
	defer r.reset()
	err := r.all(data)
	r.ab.Err = err
	return r.ab, err
}

func (r *run) all(data train.Data) error {
	owner, err := r.open()
	if err != nil {
		return err
	}
	defer owner.Release()
	stopped, release := stop.Catch() // also between the calls that stop by themselves
	defer release()
	total := len(r.settings) * len(r.exp.Seeds)
	if len(r.done) == total {
		return r.write()
	}
	if !r.exp.Train.Quiet {
		r.live = show.NewLive()
	}
	for _, n := range r.notes {
		r.put(n)
	}
	r.put(fmt.Sprintf("%s: %d settings of %s, %d cells, %d of them finished", r.exp.Name, len(r.settings), r.ab.Factor, total, len(r.done)))
	sets, err := r.prepare(data)
	if err != nil {
		return err
	}
	var first error
	n := 0
	for j := range r.exp.Seeds { // all settings with one seed are a comparison already
		for i := range r.settings {
			n++
			if r.ab.Interrupted = r.ab.Interrupted || stopped(); r.ab.Interrupted {
				r.put(fmt.Sprintf("%s: stopped; the same again goes on from there", r.exp.Name))
				return first
			}
			if !math.IsNaN(r.ab.Rows[i].Values[j]) {
				continue
			}
			if err := r.cell(n, i, j, sets[r.settings[i].exp.tokenizing()]); err != nil && first == nil {
				first = fmt.Errorf("ablate: %s, seed %d: %w", r.settings[i].long, r.exp.Seeds[j], err)
			}
		}
	}
	if len(r.done) == total {
		r.ab.Interrupted = false // it came too late
	}
	return first
}

// prepare does what is done once for all cells: tokenizers, and tokens, of each
// way to make them.
func (r *run) prepare(data train.Data) (sets map[string]*tokenized, err error) {
	sets = map[string]*tokenized{}
	r.ab.Interrupted = show.Interruptible(func(ctx context.Context) {
		for i, s := range r.settings {
			key := s.exp.tokenizing()
			if sets[key] != nil {
				continue
			}
			file := tokenizers
			if key != r.exp.tokenizing() {
				file = r.names[i] + "." + tokenizers
			}
			if sets[key], err = r.set(ctx, s.exp, file, data); err != nil {
				return
			}
		}
		for _, s := range r.settings {
			// what cannot be built or trained is said before anything is trained
			sets[s.exp.tokenizing()].register()
			train.Afford(model.New(s.exp.config()), s.exp.options(r.exp.Seeds[0]))
		}
	})
	if r.ab.Interrupted && errors.Is(err, context.Canceled) {
		err = nil
	}
	return sets, err
}

// set makes the tokenizers of a setting, tokenizes with them, and says what they
// keep.
func (r *run) set(ctx context.Context, e Experiment, file string, data train.Data) (*tokenized, error) {
	r.reset()
	if err := e.tokenize(ctx, file, data, r.made, r.progress); err != nil {
		return nil, err
	}
	out := &tokenized{by: map[string]modality.Tokenizer{}, kept: map[string]float64{}}
	for _, n := range e.config().Modalities() {
		if t := modality.TokenizerOf(n); t != nil {
			out.by[n] = t
		}
	}
	var err error
	if out.samples, out.held, err = r.tokens(ctx, data); err != nil || e.Measure == "" {
		return out, err
	}
	for n := range e.Tokenizers {
		t, ok := out.by[n].(*vq.Tokenizer)
		if !ok || !r.exp.varies("tokenizers."+n+".") {
			continue
		}
		rep := t.Report(head{e.Train.Val, e.heldOut()})
		if rep.Err != nil {
			return out, rep.Err
		}
		s := rep.Scores[0]
		out.kept[n+" decoded, "+metric.Metric{Name: s.Metric, Unit: s.Unit}.String()] = s.Value
		out.kept[n+", bits a place"], out.kept[n+", bits carried"] = rep.Bits, rep.Carried()
		if !math.IsNaN(rep.Frechet) {
			out.kept[n+" decoded, Fréchet distance"] = rep.Frechet
		}
		out.kept[n+", bits a picture"] = rep.Bits * float64(rep.Grid[0]*rep.Grid[1])
	}
	return out, nil
}

// tokens gives the samples with the tokens of all modalities, made once.
func (r *run) tokens(ctx context.Context, data train.Data) (samples, held train.Data, err error) {
	all := r.exp.config()
	for _, s := range r.settings { // pictures that any of them looks at stay
		all.Inputs = append(all.Inputs[:len(all.Inputs):len(all.Inputs)], s.exp.config().Inputs...)
	}
	seen := map[string]bool{}
	var inputs []string
	for _, n := range all.Inputs {
		if !seen[n] {
			seen[n], inputs = true, append(inputs, n)
		}
	}
	all.Inputs = inputs
	m := model.New(all)
	a, err := train.Tokenized(ctx, m, data)
	if err != nil {
		return nil, nil, err
	}
	b, err := train.Tokenized(ctx, m, head{r.exp.Train.Val, r.exp.heldOut()})
	return kept(a), kept(b), err
}

// cell trains and measures one setting with one seed.
func (r *run) cell(n, i, j int, set *tokenized) error {
	s, seed := r.settings[i], r.exp.Seeds[j]
	set.register()
	c := s.exp.config()
	c.Seed = seed
	o := s.exp.options(seed)
	o.Val = set.held
	if r.exp.Dir != "" {
		o.Dir = filepath.Join(r.exp.Dir, "cells", fmt.Sprintf("%s-s%d", r.names[i], seed))
	}
	title := fmt.Sprintf("[%d/%d] %s, seed %d: ", n, len(r.settings)*len(r.exp.Seeds), s.long, seed)
	hook := o.OnStep
	stopped := false
	var steps int
	o.OnStep = func(p train.Point) bool {
		r.progress("%sstep %d/%d, loss %.3f", title, p.Step, steps, p.Loss)
		stopped = hook != nil && !hook(p)
		return !stopped
	}
	if steps = o.Steps; steps == 0 {
		steps = 500 // what train.Options says
	}
	began := time.Now()
	m := model.New(c)
	got, err := train.Fit(m, set.samples, o)
	if err != nil {
		r.put(title + err.Error())
		return err
	}
	last := got.LastVal()
	if got.Last().Step == got.Steps && last.Val == nil {
		err := fmt.Errorf("nothing to validate with: %s", strings.Join(got.Notes, "; "))
		r.put(title + err.Error())
		return err
	}
	if got.Last().Step < got.Steps || last.Step < got.Steps {
		r.ab.Interrupted = true
		r.put(fmt.Sprintf("%sstopped at step %d of %d", title, got.Last().Step, got.Steps))
		return nil
	}
	if got.Interrupted || stopped {
		r.ab.Interrupted = true
	}
	d := result{Label: s.label, Seed: seed, Step: last.Step, Val: last.ValLoss, Losses: last.Val, Marginal: got.Marginal, Train: last.Loss, Seconds: got.Last().Seconds}
	said := fmt.Sprintf("val %.3f", d.Val)
	if r.exp.Measure != "" {
		if err := r.measure(m, set, &d); err != nil || r.ab.Interrupted {
			return err
		}
		said += fmt.Sprintf(", %s %.3f", r.ab.Metric, *d.Measured)
	}
	r.done = append(r.done, d)
	r.fill()
	r.put(fmt.Sprintf("%s%s (%.0f s)", title, said, time.Since(began).Seconds()))
	return r.write()
}

// fill puts the results into the rows.
func (r *run) fill() {
	for _, d := range r.done {
		if i, j := r.at(d); i >= 0 {
			r.ab.Rows[i].Values[j], r.ab.Rows[i].ByPart[j] = d.value(), d.parts()
		}
	}
	sum, n := map[string]float64{}, 0.0
	for _, d := range r.done {
		n++
		for k, v := range d.Marginal {
			sum[k] += v
		}
	}
	for k := range sum {
		sum[k] /= n
	}
	r.ab.marginal = sum
}

// put shows a line that stays on a plain stream.
func (r *run) put(line string) {
	if r.live == nil {
		return
	}
	r.show(line)
	if show.Plain() {
		r.live = show.NewLive()
	}
}

// progress shows what goes on within a cell: often in a notebook, twice a
// minute on a plain stream.
func (r *run) progress(format string, args ...any) {
	if r.live == nil || !r.live.Due() || show.Plain() && time.Since(r.shown) < 30*time.Second {
		return
	}
	r.show(fmt.Sprintf(format, args...))
}

// show puts a line on display; where more than text can be seen, the table
// stands above it.
func (r *run) show(line string) {
	b := map[string]any{"text/plain": line}
	if len(r.done) > 0 {
		b["text/markdown"] = r.ab.markdown() + "\n" + line
	}
	r.live.Put(b)
	r.shown = time.Now()
}
