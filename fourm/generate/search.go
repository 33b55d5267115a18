package generate

// Choosing at test time: many generations, of which a score picks, at the end or on the
// way.

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Score says how good a generation is; more is better. On the way the newest target
// has tokens that are not decided yet (-1), and its value is what decodes from those
// that are. nil stands for the log-probability of all decided tokens.
type Score func(r Result) float64

// Found are the generations that a search ends with, the best first.
type Found struct {
	Plan    Plan
	Results []Result
	Scores  []float64 // of each
	Tried   int       // generations, or states on the way, that were scored
	Err     error     // why the search stopped, where the world failed
}

// BestOf generates n times, with the seeds from 0 on, and scores each.
func BestOf(ctx context.Context, m *model.Model, s modality.Sample, plan Plan, n int, score Score) (Found, error) {
	if n < 1 {
		fault.Panic("Model.Best", "the best of %d, expected 1 or more", n)
	}
	f := Found{Plan: plan}
	seeds := make([]int64, n)
	for i := range seeds {
		seeds[i] = int64(i)
	}
	all, err := GenerateAll(ctx, m, slices.Repeat([]modality.Sample{s}, n), plan, seeds, score == nil)
	if err != nil {
		return f, err
	}
	for _, r := range all {
		l := 0.0
		for _, step := range r.Trace {
			for at, now := range step.New {
				if now {
					l += math.Log(float64(step.Confidence[at]))
				}
			}
		}
		f.add(r, l, score)
	}
	f.sort()
	return f, nil
}

// add scores a result whose tokens have the log-probability l.
func (f *Found) add(r Result, l float64, score Score) {
	if score != nil {
		l = score(r)
	}
	if math.IsNaN(l) {
		l = math.Inf(-1)
	}
	f.Results, f.Scores, f.Tried = append(f.Results, r), append(f.Scores, l), f.Tried+1
}

// sort puts the best first, of equals the one that was there first, and gives where
// each was.
func (f *Found) sort() []int {
	at := make([]int, len(f.Scores))
	for i := range at {
		at[i] = i
	}
	sort.SliceStable(at, func(i, j int) bool { return f.Scores[at[i]] > f.Scores[at[j]] })
	results, scores := f.Results, f.Scores
	f.Results, f.Scores = nil, nil
	for _, i := range at {
		f.Results, f.Scores = append(f.Results, results[i]), append(f.Scores, scores[i])
	}
	return at
}

// BeamOver keeps, after each step of a picture and after each text, the width best of
// width x branch ways to go on.
func BeamOver(ctx context.Context, m *model.Model, s modality.Sample, plan Plan, width, branch int, score Score) (Found, error) {
	const op = "Model.Beam"
	if width < 1 || branch < 1 || width*branch > 1<<12 {
		fault.Panic(op, "a beam of %d, each with %d ways to go on, expected 1 or more, and at most %d together", width, branch, 1<<12)
	}
	s = m.As(s)
	check(m, s, plan)
	for _, st := range plan.Stages {
		if st.Redo > 0 {
			fault.Panic(op, "stage %q decides tokens anew, expected none in a beam: a token that was scored stays", st.Target)
		}
	}
	b := beam{width: width, branch: branch, score: score, found: Found{Plan: plan}}
	plans := []Plan{plan}
	all, res, err := begin(m, []modality.Sample{s}, plans, []int64{0})
	if err != nil {
		return b.found, err
	}
	b.states = []state{{g: all.all[0], r: res[0]}}
	for k := range plan.Stages {
		if err := b.stage(ctx, s, plan, k); err != nil {
			return b.found, err
		}
	}
	return b.found, nil
}

// state is a generation on its way.
type state struct {
	g *generation
	r Result
	l float64 // log-probability of all that was decided
}

// beam is a search at work.
type beam struct {
	width, branch int
	score         Score
	states        []state
	seed          int64
	found         Found
}

// spread makes branch copies of each state, with chance of their own.
func (b *beam) spread() []state {
	var out []state
	for _, st := range b.states {
		for range b.branch {
			g := *st.g
			g.chance = NewDice(b.seed)
			b.seed++
			g.rows, g.known = maps.Clone(g.rows), slices.Clone(g.known)
			g.s.Values, g.s.Toks = maps.Clone(g.s.Values), maps.Clone(g.s.Toks)
			r := st.r
			r.Generated, r.Trace = slices.Clone(r.Generated), slices.Clone(r.Trace)
			out = append(out, state{&g, r, st.l})
		}
	}
	return out
}

// cut scores states and keeps the best.
func (b *beam) cut(states []state) {
	b.found.Results, b.found.Scores = nil, nil
	for _, st := range states {
		b.found.add(st.r, st.l, b.score)
	}
	b.states = nil
	for _, i := range b.found.sort()[:min(b.width, len(states))] {
		b.states = append(b.states, states[i])
	}
	b.found.Results, b.found.Scores = b.found.Results[:len(b.states)], b.found.Scores[:len(b.states)]
}

// stage decides a target, step by step where it is a picture.
func (b *beam) stage(ctx context.Context, s modality.Sample, plan Plan, k int) error {
	all := &group{}
	for _, st := range b.states {
		all.all = append(all.all, st.g)
	}
	d, steps, err := all.open(slices.Repeat([]modality.Sample{s}, len(b.states)), slices.Repeat([]Plan{plan}, len(b.states)), k)
	if err != nil {
		return err
	}
	for n := range steps {
		states := b.spread()
		for at := 0; at < len(states); at += together {
			part := states[at:min(at+together, len(states))]
			g := &group{trace: true, other: all.other, temps: make([][]float64, len(steps))}
			for _, st := range part {
				g.all = append(g.all, st.g)
			}
			if d.Grid() {
				err = g.advance(ctx, d, steps[n], part, n == len(steps)-1)
			} else {
				err = g.whole(ctx, d, plan.Stages[k], steps, part)
			}
			if err != nil {
				return err
			}
		}
		b.cut(states)
	}
	return nil
}

// advance takes states through one step of a picture.
func (g *group) advance(ctx context.Context, d modality.Domain, step Scheduled, states []state, last bool) error {
	ds, err := g.batch().Step(ctx, step)
	if err != nil {
		return err
	}
	for i, one := range g.all {
		st, row := &states[i], one.rows[d.Name]
		t := modality.Tokens{Modality: d.Modality, Rows: d.Rows, Cols: d.Cols, IDs: slices.Clone(row.IDs)}.By(one.m.Tokenizer(d.Modality))
		for at, known := range row.Input {
			if !known {
				t.IDs[at] = -1
			}
		}
		for _, x := range ds[i] {
			st.l += math.Log(x.P)
		}
		if last {
			if err := st.finish(d, t); err != nil {
				return err
			}
			continue
		}
		st.r.Sample = modality.Sample{Key: one.s.Key, Values: maps.Clone(one.s.Values), Toks: maps.Clone(one.s.Toks)}
		st.r.Sample.Toks[d.Modality] = t
		if tok := one.m.Tokenizer(d.Modality); tok != nil {
			if st.r.Sample.Values[d.Modality], err = tok.Decode(t); err != nil {
				return fmt.Errorf("generate: %w", err)
			}
		}
	}
	return nil
}

// whole writes a text of each state.
func (g *group) whole(ctx context.Context, d modality.Domain, stage Stage, steps []Scheduled, states []state) error {
	tokens, made, err := g.stage(ctx, d, stage, steps)
	if err != nil {
		return err
	}
	for i := range states {
		for _, step := range made[i] {
			for at, now := range step.New {
				if now {
					states[i].l += math.Log(float64(step.Confidence[at]))
				}
			}
		}
		if err := states[i].finish(d, tokens[i]); err != nil {
			return err
		}
	}
	return nil
}

// finish ends a stage of a state.
func (st *state) finish(d modality.Domain, t modality.Tokens) error {
	if err := st.g.finish(d, t); err != nil {
		return err
	}
	st.r.Sample = modality.Sample{Key: st.g.s.Key, Values: maps.Clone(st.g.s.Values), Toks: maps.Clone(st.g.s.Toks)}
	st.r.Generated = append(st.r.Generated, d.Modality)
	return nil
}

func (f Found) String() string {
	w := fmt.Sprintf("%v: %d tried", f.Plan, f.Tried)
	if len(f.Scores) > 0 {
		w += fmt.Sprintf(", the best has %.4g, the last of %d that are kept %.4g", f.Scores[0], len(f.Scores), f.Scores[len(f.Scores)-1])
	}
	return w + ended(false, f.Err)
}

// SimpleRender shows it in a notebook.
func (f Found) SimpleRender() map[string]any { return show.Bundle(f) }
