package generate

// Chains of which each leg sees only what the one before made, and cycles, which come
// back to where they began.

import (
	"context"
	"fmt"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Consistency is what a cycle keeps: how near its end is to its beginning.
type Consistency struct {
	Task   string          // "rgb->depth->rgb"
	Sample modality.Sample // the truth
	Legs   []Result        // each is given only what the one before made
	Rows   []ReportRow     // the end beside the beginning, by each metric of the modality
	Codes  []ReportRow     // what the tokenizer alone gives back, likewise: no cycle can be better
	Err    error           // why legs are missing, where the world failed
}

// Cycle carries out a cycle of a sample, greedily.
func Cycle(ctx context.Context, m *model.Model, s modality.Sample, task string) (Consistency, error) {
	const op = "Model.Consistency"
	s = m.As(s)
	c := Consistency{Task: task, Sample: s}
	legs := parseTask(task)
	first, last := legs[0].Given, legs[len(legs)-1].Stages
	if len(legs) < 2 || len(first) != 1 || len(last) != 1 || modality.Need(op, first[0]).Name != last[0].Target {
		fault.Panic(op, "task %q, expected one that comes back to where it begins, as rgb->depth->rgb", task)
	}
	check(m, s, *legs[0])
	checkLegs(m, legs)
	name := last[0].Target
	one := []modality.Sample{s}
	checkTruths(one, name)
	given := one[0]
	for i, leg := range legs {
		if i > 0 {
			given = handed(c.Legs[i-1])
		}
		r, err := Generate(ctx, m, given, *leg, 0)
		c.Legs = append(c.Legs, r)
		if err != nil {
			return c, err
		}
	}
	mod, truth := modality.Lookup(name), one[0].Values[name]
	c.Rows = measure(mod, []any{truth}, []any{c.Legs[len(legs)-1].Sample.Values[name]})
	if tok := m.Tokenizer(name); tok != nil {
		t, err := tok.Encode(truth)
		if err != nil {
			return c, fmt.Errorf("generate: %w", err)
		}
		back, err := tok.Decode(t)
		if err != nil {
			return c, fmt.Errorf("generate: %w", err)
		}
		c.Codes = measure(mod, []any{truth}, []any{back})
	}
	return c, nil
}

// handed is what a leg hands to the next one: what it made.
func handed(r Result) modality.Sample {
	s := modality.Sample{Key: r.Sample.Key, Values: map[string]any{}, Toks: map[string]modality.Tokens{}}
	for _, name := range r.Generated {
		if v, ok := r.Sample.Values[name]; ok {
			s.Values[name] = v
		}
		s.Toks[name] = r.Sample.Toks[name]
	}
	return s
}

// chained carries out legs on samples.
func chained(ctx context.Context, m *model.Model, samples []modality.Sample, legs []*Plan, seeds []int64) ([]Result, error) {
	var out []Result
	for i, leg := range legs {
		if i > 0 {
			samples = make([]modality.Sample, len(out))
			for k, r := range out {
				samples[k] = handed(r)
			}
		}
		var err error
		if out, err = GenerateAll(ctx, m, samples, *leg, seeds, false); err != nil {
			return out, err
		}
	}
	return out, nil
}

// checkLegs refuses legs behind the first that the model cannot carry out: what they
// are given is what the leg before makes.
func checkLegs(m *model.Model, legs []*Plan) {
	for _, leg := range legs[1:] {
		s := modality.Sample{Key: "of the leg before", Values: map[string]any{}, Toks: map[string]modality.Tokens{}}
		for _, name := range leg.Given {
			mod := modality.Need(op, name).Name
			s.Values[mod], s.Toks[mod] = struct{}{}, modality.Tokens{}
		}
		check(m, s, *leg)
	}
}

func (c Consistency) String() string {
	var w []string
	for i, r := range c.Rows {
		line := fmt.Sprintf("%s %.3f", r.Metric, r.Value)
		if i < len(c.Codes) {
			line += fmt.Sprintf(" (its tokens alone %.3f)", c.Codes[i].Value)
		}
		w = append(w, line)
	}
	return fmt.Sprintf("%s of sample %s: %s", c.Task, c.Sample.Key, strings.Join(w, ", ")) + ended(false, c.Err)
}

// SimpleRender shows it in a notebook.
func (c Consistency) SimpleRender() map[string]any { return show.Bundle(c) }
