package generate

// Evaluation: generate, then measure against the truth and a baseline.

import (
	"context"
	"fmt"
	"maps"
	"math"
	"strings"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// Data is a source of samples.
type Data = modality.Data

// Report is a table of tasks and what was measured: in Rows each target by the
// first metric of its modality (see metric.For), the one that stands under
// pictures, in More by all others.
type Report struct {
	Rows []ReportRow
	More []ReportRow

	Interrupted bool  // a person stopped it: later tasks are missing
	Err         error // why tasks are missing, where the world failed
}

// ReportRow is one target of one task by one metric.
type ReportRow struct {
	Task     string
	Given    string  // what stands before the arrow of the task
	Target   string  // modality
	Metric   string  // with its unit, as fourm/metric names it
	Value    float64 // of the whole set; NaN where no truth is known
	Error    float64 // standard error of the value
	Low      float64 // 95 % of sets drawn from these samples lie from Low ...
	High     float64 // ... to High; both NaN with fewer than two samples
	Baseline float64 // the same metric for Naive
	Naive    string  // what the baseline predicts
	Lower    bool    // lower is better
	Samples  int     // those of which something is known
}

// Better tells whether the value beats the baseline.
func (r ReportRow) Better() bool {
	return r.Value != r.Baseline && r.Samples > 0 && r.Lower == (r.Value < r.Baseline)
}

func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s %-20s %16s   %s\n", "task", "measured", "model", "baseline")
	for _, x := range r.Rows {
		if math.IsNaN(x.Value) {
			fmt.Fprintf(&b, "%-16s %-20s %16s   no sample has a known %s\n", x.Task, x.Metric, "nothing known", x.Target)
			continue
		}
		fmt.Fprintf(&b, "%-16s %-20s %16s   %.3f %s\n", x.Task, x.Metric, fmt.Sprintf("%.3f ± %.3f", x.Value, x.Error), x.Baseline, x.Naive)
	}
	return strings.TrimRight(b.String(), "\n") + ended(r.Interrupted, r.Err)
}

// Eval carries out each task ("rgb->depth", "caption->rgb", the cycle
// "rgb->depth->rgb") on all samples, greedily, and measures every target of the last
// leg.
func Eval(ctx context.Context, m *model.Model, ds Data, tasks []string) (*Report, error) {
	rep := &Report{}
	samples, err := modality.Collect(ds, 0, ds.Len())
	if err != nil {
		return rep, err
	}
	for i, s := range samples {
		samples[i] = m.As(s)
	}
	var all [][]*Plan            // by task, its legs
	for _, task := range tasks { // all before the first is carried out
		legs := parseTask(task)
		for _, s := range samples {
			check(m, s, *legs[0])
		}
		checkLegs(m, legs)
		for _, st := range legs[len(legs)-1].Stages {
			checkTruths(samples, st.Target)
		}
		all = append(all, legs)
	}
	seeds := make([]int64, len(samples))
	for i := range seeds {
		seeds[i] = int64(i)
	}
	for k, legs := range all {
		results, err := chained(ctx, m, samples, legs, seeds)
		if err != nil {
			return rep, err
		}
		truth, guess := map[string][]any{}, map[string][]any{}
		for i, s := range samples {
			for _, g := range results[i].Generated {
				if v, ok := s.Values[g]; ok {
					truth[g], guess[g] = append(truth[g], v), append(guess[g], results[i].Sample.Values[g])
				}
			}
		}
		for _, st := range legs[len(legs)-1].Stages {
			rows := measure(modality.Lookup(st.Target), truth[st.Target], guess[st.Target])
			for i := range rows {
				rows[i].Task, rows[i].Given, rows[i].Target = tasks[k], strings.Join(legs[0].Given, " + "), st.Target
			}
			rep.Rows, rep.More = append(rep.Rows, rows[0]), append(rep.More, rows[1:]...)
		}
	}
	return rep, nil
}

// checkTruths refuses a target that no sample has, and values of it that cannot
// be compared with what the model makes; an image.Image becomes its Picture.
func checkTruths(samples []modality.Sample, target string) {
	const op = "Model.Eval"
	mod, any := modality.Lookup(target), false
	for i, s := range samples {
		v, ok := s.Values[target]
		any = any || ok && v != nil
		if !ok || mod.Kind != modality.Image {
			if err := measurable(mod, v); err != nil {
				fault.Panic(op, "sample %s: %s: %v", s.Key, target, err)
			}
			continue
		}
		p, err := modality.FitFor(modality.TokenizerOf(target), mod, v)
		if err != nil {
			fault.Panic(op, "sample %s: %v", s.Key, err)
		}
		samples[i].Values = maps.Clone(s.Values)
		samples[i].Values[target] = p
	}
	if !any {
		fault.Panic(op, "no sample has %q to compare with", target)
	}
}

// measurable says what is wrong with a truth.
func measurable(m modality.Modality, truth any) (err error) {
	defer fault.Catch(&err)
	metric.For(m)[0].Sample(truth, nil)
	return nil
}

// parseTask reads "a+b->c+d" as one plan, and "a->b->c" as one a leg, of which each is
// given only what the one before made.
func parseTask(task string) (legs []*Plan) {
	parts := strings.Split(task, "->")
	if len(parts) < 2 {
		fault.Panic("Model.Eval", `task %q, expected something like "rgb->depth"`, task)
	}
	fields := func(s string) (w []string) {
		for _, f := range strings.Split(s, "+") {
			if f = strings.TrimSpace(f); f != "" {
				w = append(w, f)
			}
		}
		return w
	}
	for i := 1; i < len(parts); i++ {
		p := Chain(fields(parts[i-1])...)
		for _, t := range fields(parts[i]) {
			p.Then(t, 8).Greedy()
		}
		legs = append(legs, p)
	}
	return legs
}

// measure compares predictions with truths by each metric of the modality, and
// what is said without looking with them too.
func measure(m modality.Modality, truth, guess []any) []ReportRow {
	without, named := unseen(m, truth)
	var rows []ReportRow
	for _, by := range metric.For(m) {
		of := tally(by, truth, guess)
		r := ReportRow{Metric: by.String(), Lower: by.Lower, Naive: named, Value: of.Value(), Error: of.Error(), Samples: of.Samples()}
		r.Low, r.High = of.Interval(0.95, 1)
		for _, g := range without {
			r.Baseline += tally(by, truth, g).Value() / float64(len(without))
		}
		rows = append(rows, r)
	}
	return rows
}

func tally(m metric.Metric, truth, guess []any) *metric.Tally {
	t := m.Tally()
	for i := range truth {
		t.Add(truth[i], guess[i])
	}
	return t
}
