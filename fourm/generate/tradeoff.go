package generate

// What more steps, and other samplers, buy: quality against time.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Trade says what is to be compared.
type Trade struct {
	Plans []*Plan // samplers: plans that differ in how they decode
	Names []string
	Steps []int // of the last stage of each plan
	Seeds int   // generations of each sample; 0 stands for 3
	// Score says how good a generation is beside the truth.
	Score   func(truth modality.Sample, r Result) float64
	Measure string // what the score is called
	Lower   bool   // a lower score is better
}

// TradeoffRow is one sampler at one number of steps.
type TradeoffRow struct {
	Name      string
	Steps     int
	Seconds   float64 // of one generation, together with others
	Value     float64 // mean over samples and seeds
	Low, High float64 // 95 % of sets drawn from these samples have a mean from Low to High
	BySeed    []float64
}

// Tradeoff is quality against steps and seconds.
type Tradeoff struct {
	Rows    []TradeoffRow // by plan, then by steps
	Measure string
	Lower   bool
	Samples int
	Seeds   int
	Err     error // why rows are missing, where the world failed
}

// TradeOff generates every sample of a set by every plan in every number of steps with
// several seeds, and scores it.
func TradeOff(ctx context.Context, m *model.Model, ds Data, t Trade) (Tradeoff, error) {
	const op = "Model.Tradeoff"
	if t.Seeds == 0 {
		t.Seeds = 3
	}
	switch {
	case len(t.Plans) == 0 || len(t.Steps) == 0 || t.Score == nil || t.Seeds < 0:
		fault.Panic(op, "%d plans, %d numbers of steps and %d seeds, expected 1 or more of each, and a Score", len(t.Plans), len(t.Steps), t.Seeds)
	case len(t.Names) > 0 && len(t.Names) != len(t.Plans):
		fault.Panic(op, "%d names for %d plans", len(t.Names), len(t.Plans))
	}
	for _, n := range t.Steps {
		if n < 1 {
			fault.Panic(op, "%d steps, expected 1 or more", n)
		}
	}
	out := Tradeoff{Measure: t.Measure, Lower: t.Lower, Seeds: t.Seeds}
	samples, err := modality.Collect(ds, 0, ds.Len())
	if err != nil {
		return out, err
	}
	if out.Samples = len(samples); len(samples) == 0 {
		fault.Panic(op, "no samples")
	}
	seeds := make([]int64, len(samples))
	for k, p := range t.Plans {
		name := ""
		if len(t.Names) > 0 {
			name = t.Names[k]
		} else if len(p.Stages) > 0 {
			name = p.Stages[len(p.Stages)-1].sampler()
		}
		for _, n := range t.Steps {
			q := *p
			q.Stages = slices.Clone(p.Stages)
			if len(q.Stages) > 0 {
				q.Stages[len(q.Stages)-1].Steps = n
			}
			row, mean := TradeoffRow{Name: name, Steps: n}, make([]float64, len(samples))
			for seed := range t.Seeds {
				for i := range seeds {
					seeds[i] = int64(seed*len(samples) + i)
				}
				began := time.Now()
				all, err := GenerateAll(ctx, m, samples, q, seeds, false)
				if err != nil {
					return out, err
				}
				row.Seconds += time.Since(began).Seconds() / float64(len(samples)*t.Seeds)
				sum := 0.0
				for i, r := range all {
					v := t.Score(samples[i], r)
					sum, mean[i] = sum+v, mean[i]+v/float64(t.Seeds)
				}
				row.BySeed = append(row.BySeed, sum/float64(len(samples)))
				row.Value += sum / float64(len(samples)*t.Seeds)
			}
			row.Low, row.High = resampled(mean)
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// resampled gives the range in which 95 % of the means of sets lie that are drawn from
// these numbers.
func resampled(x []float64) (low, high float64) {
	if len(x) < 2 {
		return math.NaN(), math.NaN()
	}
	r, means := rand.New(rand.NewPCG(1, 6)), make([]float64, 1000)
	for k := range means {
		for range x {
			means[k] += x[r.IntN(len(x))] / float64(len(x))
		}
	}
	slices.Sort(means)
	return means[25], means[974]
}

// sampler names how a stage decodes, without its steps.
func (s Stage) sampler() string {
	s.Steps = 1
	w := Plan{Stages: []Stage{s}}.String()
	w = w[strings.Index(w, "(")+1 : strings.LastIndex(w, ")")]
	w = strings.TrimPrefix(strings.TrimPrefix(w, "1"), ", ")
	if s.Scheme == nil {
		w = strings.TrimSuffix("maskgit, "+w, ", ")
	}
	return w
}

func (t Tradeoff) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s %5s %10s   %s\n", "sampler", "steps", "seconds", t.Measure)
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "%-28s %5d %10.3f   %.3f (%.3f to %.3f)\n", r.Name, r.Steps, r.Seconds, r.Value, r.Low, r.High)
	}
	return strings.TrimRight(b.String(), "\n") + ended(false, t.Err)
}

// SimpleRender shows it in a notebook.
func (t Tradeoff) SimpleRender() map[string]any { return show.Bundle(t) }
