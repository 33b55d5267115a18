package generate

// Evaluation: generate, then measure against the truth and a baseline.

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/model"
	"fourmlab/internal/fault"
)

// Data is a source of samples.
type Data = modality.Data

// Report is a table of tasks and what was measured.
type Report struct {
	Rows []ReportRow
}

// ReportRow is one target of one task.
type ReportRow struct {
	Task     string
	Given    string  // what stands before the arrow of the task
	Target   string  // modality
	Metric   string  // with its unit
	Value    float64 // mean over the samples
	Error    float64 // standard error of the mean
	Baseline float64 // the same metric for Naive
	Naive    string  // what the baseline predicts
	Lower    bool    // lower is better
	Samples  int
}

// Better tells whether the value beats the baseline.
func (r ReportRow) Better() bool { return r.Lower == (r.Value < r.Baseline) }

func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s %-20s %16s   %s\n", "task", "measured", "model", "baseline")
	for _, x := range r.Rows {
		fmt.Fprintf(&b, "%-16s %-20s %16s   %.3f %s\n", x.Task, x.Metric, fmt.Sprintf("%.3f ± %.3f", x.Value, x.Error), x.Baseline, x.Naive)
	}
	return strings.TrimRight(b.String(), "\n")
}

// Eval carries out each task ("rgb->depth", "caption->rgb") on all samples,
// with greedy choices, and measures every target.
func Eval(ctx context.Context, m *model.Model, ds Data, tasks []string) (*Report, error) {
	rep := &Report{}
	samples, err := modality.Collect(ds, 0, ds.Len())
	if err != nil {
		return rep, err
	}
	for i, s := range samples {
		samples[i] = m.As(s)
	}
	var plans []*Plan
	for _, task := range tasks { // all before the first is carried out
		plan := parseTask(task)
		for _, s := range samples {
			check(m, s, *plan)
		}
		for _, st := range plan.Stages {
			checkTruths(samples, st.Target)
		}
		plans = append(plans, plan)
	}
	for k, plan := range plans {
		truth, guess := map[string][]any{}, map[string][]any{}
		for i, s := range samples {
			out, err := Generate(ctx, m, s, *plan, int64(i))
			if err != nil {
				return rep, err
			}
			for _, g := range out.Generated {
				if v, ok := s.Values[g]; ok {
					truth[g], guess[g] = append(truth[g], v), append(guess[g], out.Sample.Values[g])
				}
			}
		}
		for _, st := range plan.Stages {
			r := measure(tasks[k], modality.Lookup(st.Target), truth[st.Target], guess[st.Target])
			r.Given, r.Target = strings.Join(plan.Given, " + "), st.Target
			rep.Rows = append(rep.Rows, r)
		}
	}
	return rep, nil
}

// checkTruths refuses a target that no sample has, and pictures of it that
// cannot be compared with what the model makes; an image.Image becomes its
// Picture.
func checkTruths(samples []modality.Sample, target string) {
	const op = "Model.Eval"
	mod, any := modality.Lookup(target), false
	for i, s := range samples {
		v, ok := s.Values[target]
		any = any || ok && v != nil
		if !ok || mod.Kind != modality.Image {
			continue
		}
		p, err := mod.Fit(v)
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

// parseTask reads "a+b->c+d".
func parseTask(task string) *Plan {
	in, out, ok := strings.Cut(task, "->")
	if !ok {
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
	p := Chain(fields(in)...)
	for _, t := range fields(out) {
		p.Then(t, 8).Temp(1e-9)
	}
	return p
}

// measure compares predictions with truths by the modality's usual metric.
func measure(task string, m modality.Modality, truth, guess []any) ReportRow {
	r := ReportRow{Task: task}
	var score func(truth, guess any) float64
	naive := make([][]any, len(truth)) // by sample: what is said without looking
	if m.Kind == modality.Image {
		mean := meanPicture(m, truth)
		for i := range naive {
			naive[i] = []any{mean}
		}
		r.Naive = "mean picture"
	}
	switch {
	case m.Kind != modality.Image:
		r.Metric, r.Naive, score, naive = "word F1", "another sample's", wordF1, partners(truth)
		if len(truth) == 1 {
			r.Naive, naive[0] = "no word", []any{""}
		}
		if m.Kind == modality.Symbols {
			r.Metric = "symbol F1"
		}
	case m.Look == modality.Depth:
		r.Metric, r.Naive, r.Lower, score = "RMSE, m", "mean depth", true, depthRMSE(farthest(truth))
	case m.Look == modality.Normal:
		r.Metric, r.Naive, r.Lower, score = "mean angle, degrees", "mean normals", true, meanAngle
	case m.Look == modality.Feature:
		r.Metric, r.Naive, score = "cosine similarity", "mean features", cosine(m.Channels)
	case m.Look == modality.Label:
		r.Metric, r.Naive, score = "pixel accuracy", "commonest classes", pixelAccuracy
	default:
		r.Metric, score = "PSNR, dB", psnr
	}
	sum, sq, base, n := 0.0, 0.0, 0.0, 0.0
	for i := range truth {
		v := score(truth[i], guess[i])
		if math.IsNaN(v) {
			continue // nothing known in the truth
		}
		sum, sq, n = sum+v, sq+v*v, n+1
		for _, x := range naive[i] {
			base += score(truth[i], x) / float64(len(naive[i]))
		}
	}
	r.Value, r.Baseline, r.Samples = sum/n, base/n, int(n)
	if n > 1 {
		r.Error = math.Sqrt(math.Max(sq/n-r.Value*r.Value, 0) / (n - 1))
	}
	return r
}

// partners gives for each text those of a few other samples, drawn by a fixed
// seed: neighbours in a set's order may be alike. The set's order does not
// matter: what is drawn from is sorted.
func partners(truth []any) [][]any {
	const few = 8
	texts, at := make([]string, len(truth)), make([]int, len(truth))
	for i, v := range truth {
		texts[i], at[i] = strings.Join(words(v), " "), i
	}
	slices.SortFunc(at, func(a, b int) int { return strings.Compare(texts[a], texts[b]) })
	r := rand.New(rand.NewPCG(20231211, uint64(len(truth))))
	out := make([][]any, len(truth))
	for i := range at {
		for _, k := range r.Perm(len(at)) {
			if k != i && len(out[at[i]]) < few {
				out[at[i]] = append(out[at[i]], truth[at[k]])
			}
		}
	}
	return out
}

// meanPicture is the best that can be said without looking, made of the very
// truths it is compared with: the mean of what is known at each pixel, or the
// commonest class.
func meanPicture(m modality.Modality, truth []any) *modality.Picture {
	first := truth[0].(*modality.Picture)
	out := modality.NewPicture(first.H, first.W, first.C)
	for i := range out.Pix {
		sum, n := 0.0, 0.0
		votes := map[float32]int{}
		for _, t := range truth {
			v := t.(*modality.Picture).Pix[i]
			votes[v]++
			if m.Look != modality.Depth || v > 0 {
				sum, n = sum+float64(v), n+1
			}
		}
		if m.Look == modality.Label {
			best := float32(-1)
			for v, c := range votes {
				if best < 0 || c > votes[best] || c == votes[best] && v < best {
					best = v
				}
			}
			out.Pix[i] = best
		} else if n > 0 {
			out.Pix[i] = float32(sum / n)
		}
	}
	return out
}

// depthRMSE is over the pixels whose depth is known; an unknown prediction
// (the sky) counts as far, the farthest depth in the whole set.
func depthRMSE(far float32) func(truth, guess any) float64 {
	return func(truth, guess any) float64 {
		a, b := truth.(*modality.Picture), guess.(*modality.Picture)
		s, n := 0.0, 0.0
		for i, v := range a.Pix {
			if v > 0 {
				g := b.Pix[i]
				if g <= 0 {
					g = far
				}
				d := float64(v - g)
				s, n = s+d*d, n+1
			}
		}
		return math.Sqrt(s / n)
	}
}

// farthest gives the largest value in any of the pictures.
func farthest(pics []any) float32 {
	far := float32(0)
	for _, p := range pics {
		for _, v := range p.(*modality.Picture).Pix {
			far = max(far, v)
		}
	}
	return far
}

func psnr(truth, guess any) float64 {
	a, b := truth.(*modality.Picture), guess.(*modality.Picture)
	s := 0.0
	for i, v := range a.Pix {
		d := float64(v - b.Pix[i])
		s += d * d
	}
	return -10 * math.Log10(math.Max(s/float64(len(a.Pix)), 1e-10))
}

func pixelAccuracy(truth, guess any) float64 {
	a, b := truth.(*modality.Picture), guess.(*modality.Picture)
	n := 0.0
	for i, v := range a.Pix {
		if v == b.Pix[i] {
			n++
		}
	}
	return n / float64(len(a.Pix))
}

func meanAngle(truth, guess any) float64 {
	a, b := truth.(*modality.Picture), guess.(*modality.Picture)
	s, n := 0.0, 0.0
	for i := 0; i+2 < len(a.Pix); i += 3 {
		var dot, x, y float64
		for c := range 3 {
			u, v := float64(a.Pix[i+c]), float64(b.Pix[i+c])
			dot, x, y = dot+u*v, x+u*u, y+v*v
		}
		if x == 0 {
			continue
		}
		cos := 0.0
		if y > 0 {
			cos = dot / math.Sqrt(x*y)
		}
		s, n = s+math.Acos(math.Min(math.Max(cos, -1), 1))*180/math.Pi, n+1
	}
	return s / n
}

// cosine is the mean over the places of the cosine between two vectors; places
// without one are left out.
func cosine(channels int) func(truth, guess any) float64 {
	return func(truth, guess any) float64 {
		a, b := truth.(*modality.Picture), guess.(*modality.Picture)
		s, n := 0.0, 0.0
		for i := 0; i+channels <= len(a.Pix); i += channels {
			var dot, x, y float64
			for c := range channels {
				u, v := float64(a.Pix[i+c]), float64(b.Pix[i+c])
				dot, x, y = dot+u*v, x+u*u, y+v*v
			}
			if x > 0 {
				n++
				if y > 0 {
					s += dot / math.Sqrt(x*y)
				}
			}
		}
		return s / n
	}
}

// words gives those of a text, or of what is written as one.
func words(v any) []string {
	if ids, ok := v.([]int); ok {
		return modality.Numerals(ids)
	}
	return strings.Fields(modality.Sample{Values: map[string]any{"x": v}}.Text("x"))
}

// wordF1 is the harmonic mean of precision and recall over words, counted.
func wordF1(truth, guess any) float64 {
	count := map[string]int{}
	a, b := words(truth), words(guess)
	for _, w := range a {
		count[w]++
	}
	hit := 0.0
	for _, w := range b {
		if count[w] > 0 {
			count[w]--
			hit++
		}
	}
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * hit / float64(len(a)+len(b))
}
