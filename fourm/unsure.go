package fourm

// What a model is unsure of, what it rests on, and how to choose among what it makes.
// After an interrupt or a failure of the world (Err) each value has what is finished.

import (
	"context"
	"unsafe"

	"fourmlab/fourm/generate"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Entropy gives the distribution of every token of the plan's last target before any of
// them is drawn, and how unsure it is; viz.Entropy draws it over the picture. Targets
// before it are generated first, with the seed 0. Tokens that Plan.Keep keeps are known.
func (m *Model) Entropy(s Sample, p *Plan) Entropy {
	var out Entropy
	_, err := attempt("Model.Entropy", func(ctx context.Context) (err error) {
		out, err = generate.EntropyOf(ctx, m.core, s, *p)
		return err
	})
	out.Err = err
	return out
}

// Ensemble generates with the seeds from 0 to n - 1 and gives what the generations
// agree on: means of numbers, votes of classes, the commonest text, and how far they
// are apart; viz.Ensemble draws it.
func (m *Model) Ensemble(s Sample, p *Plan, n int) Ensemble {
	atLeastOne("Model.Ensemble", n)
	all := m.generate("Model.Ensemble", repeated(s, n), p, 0, false)
	if last := all[len(all)-1]; last.Err != nil || last.Interrupted {
		if all = all[:len(all)-1]; len(all) == 0 {
			return Ensemble{Plan: *p, Sample: s, Err: last.Err}
		}
		out := generate.Together(all)
		out.Err = last.Err
		return out
	}
	return generate.Together(all)
}

// Consistency carries out a cycle, "rgb->depth->rgb", greedily, each leg given only
// what the one before made, and measures how near its end is to its beginning.
// Model.Eval takes cycles too, of a whole set.
func (m *Model) Consistency(s Sample, cycle string) Consistency {
	var out Consistency
	_, err := attempt("Model.Consistency", func(ctx context.Context) (err error) {
		out, err = generate.Cycle(ctx, m.core, s, cycle)
		return err
	})
	out.Err = err
	return out
}

// Relevance hides parts of a condition of the plan, one after the other, and gives by
// how much each makes the plan's last target less likely, in nats a token: the sample's
// own target where it has one, else what the model finds likeliest. viz.Relevance
// draws it.
func (m *Model) Relevance(s Sample, p *Plan, given string) Relevance {
	var out Relevance
	_, err := attempt("Model.Relevance", func(ctx context.Context) (err error) {
		out, err = generate.RelevanceOf(ctx, m.core, s, *p, given)
		return err
	})
	out.Err = err
	return out
}

// Best generates with the seeds from 0 to n - 1, scores each generation, and gives
// them, the best first. Without a score (nil) it is the log-probability of the tokens.
func (m *Model) Best(s Sample, p *Plan, n int, score func(Result) float64) Found {
	atLeastOne("Model.Best", n)
	var out Found
	_, err := attempt("Model.Best", func(ctx context.Context) (err error) {
		out, err = generate.BestOf(ctx, m.core, s, *p, n, score)
		return err
	})
	out.Err = err
	return out
}

// Beam searches on the way: each of width generations goes on in branch ways, and after
// each step of a picture and after each text the width best stay. The score is that of
// Best; on the way the newest picture has tokens that are not decided yet (-1).
func (m *Model) Beam(s Sample, p *Plan, width, branch int, score func(Result) float64) Found {
	var out Found
	_, err := attempt("Model.Beam", func(ctx context.Context) (err error) {
		out, err = generate.BeamOver(ctx, m.core, s, *p, width, branch, score)
		return err
	})
	out.Err = err
	return out
}

// atLeastOne refuses to generate nothing, and more than there is room for.
func atLeastOne(op string, n int) {
	if n < 1 {
		fault.Panic(op, "n is %d, expected 1 or more", n)
	}
	memory.Need(op, float64(n)*float64(unsafe.Sizeof(Result{})), "a list of %d results", n)
}

func repeated(s Sample, n int) []Sample {
	out := make([]Sample, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// Tradeoff generates every sample of a set by every plan of t, in every number of steps
// and with several seeds, scores what comes out, and takes the time; viz.Tradeoff draws
// quality against steps and seconds.
func (m *Model) Tradeoff(ds Data, t Trade) Tradeoff {
	if ds == nil || ds.Len() == 0 {
		fault.Panic("Model.Tradeoff", "no samples")
	}
	var out Tradeoff
	_, err := attempt("Model.Tradeoff", func(ctx context.Context) (err error) {
		out, err = generate.TradeOff(ctx, m.core, ds, t)
		return err
	})
	out.Err = err
	return out
}
