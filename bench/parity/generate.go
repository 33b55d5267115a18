package parity

// Kind fm_generate: whole generations, step by step, fed with the recorded
// random numbers.

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/mask"
	"fourmlab/fourm/model"
)

func init() { register("fm_generate", generation) }

// decoding is one generation of a fixture.
type decoding struct {
	Name     string          `json:"name"`
	Cond     []string        `json:"cond"`
	Targets  [][]any         `json:"targets"`
	TopK     json.RawMessage `json:"top_k"`
	TopP     float64         `json:"top_p"`
	Multi    [][]string      `json:"multi"`
	Kinds    []string        `json:"tape_kinds"`
	Noise    float64         `json:"logits_max_abs_diff_f32_f64"`
	Schedule []struct {
		Target string   `json:"target_domain"`
		Scheme string   `json:"scheme"`
		Tokens int      `json:"num_tokens"`
		Temp   float64  `json:"temperature"`
		Guide  guidance `json:"cfg_scale"`
		By     []string `json:"cfg_cond_domains"`
	} `json:"schedule"`
}

// filter reads top_k, a count where it is written as a whole number and a share
// of the vocabulary where it is written with a point.
func filter(topK json.RawMessage, topP float64) (generate.Filter, error) {
	f := generate.Filter{P: topP}
	s := string(topK)
	if s == "" || s == "null" {
		return f, nil
	}
	var err error
	if strings.ContainsAny(s, ".eE") {
		err = json.Unmarshal(topK, &f.Share)
	} else {
		err = json.Unmarshal(topK, &f.K)
	}
	return f, err
}

// tape is the recorded chance of a generation, in order of its use.
type tape struct {
	in    map[string]Tensor
	name  string
	kinds []string
	at    int
	q     Tensor
	err   error
}

// next gives the next recorded numbers, which must be of a kind.
func (t *tape) next(kind string) Tensor {
	if t.at >= len(t.kinds) || t.kinds[t.at] != kind {
		t.fail("random numbers %d are asked for as %s; %d are recorded: %v", t.at, kind, len(t.kinds), t.kinds)
		return Tensor{}
	}
	x, ok := t.in[fmt.Sprintf("%s.tape%d.%s", t.name, t.at, kind)]
	if !ok {
		t.fail("random numbers %d (%s) are missing", t.at, kind)
	}
	t.at++
	return x
}

func (t *tape) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("%s: "+format, append([]any{t.name}, args...)...)
	}
}

// Noise gives the recorded order of a ROAR step.
func (t *tape) Noise(n int) []float32 {
	x := t.next("roar_rand").F
	if len(x) != n {
		t.fail("%d numbers are recorded for %d places", len(x), n)
		return make([]float32, n)
	}
	return x
}

// Draw draws as the official code does on a CPU: the largest ratio of
// probability to an exponential variable, which are recorded for all tokens.
func (t *tape) Draw(row, rows int, ids []int, p []float64) int {
	if row == 0 {
		t.q = t.next("multinomial_q")
	}
	if len(t.q.Shape) != 2 || t.q.Shape[0] != rows || (row+1)*t.q.Shape[1] > len(t.q.F) {
		t.fail("noise of shape %v for %d rows", t.q.Shape, rows)
		return 0
	}
	return race(t.q.F[row*t.q.Shape[1]:], ids, p)
}

func race(q []float32, ids []int, p []float64) int {
	best, at := -1.0, 0
	for i, id := range ids {
		if r := p[i] / float64(q[id]); r > best {
			best, at = r, i
		}
	}
	return at
}

func generation(f *Fixture, r *Report) error {
	var d described
	var c struct {
		Cases     []decoding `json:"cases"`
		Tokenizer struct {
			First int `json:"sentinel_first_id"`
			Count int `json:"num_sentinels"`
		} `json:"tokenizer"`
	}
	err := f.JSON("config.json", &d)
	if err == nil {
		err = f.JSON("config.json", &c)
	}
	if err != nil {
		return err
	}
	cfg, err := d.config()
	if err != nil {
		return err
	}
	m, err := f.model(cfg, "model.safetensors")
	if err != nil {
		return err
	}
	if err := ids(f, r); err != nil {
		return err
	}
	in, err := f.Tensors("inputs.safetensors")
	if err != nil {
		return err
	}
	want, err := f.Tensors("expected.safetensors")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, x := range c.Cases {
		rows, err := x.start(m, in)
		if err != nil {
			return fmt.Errorf("%s: %w", x.Name, err)
		}
		t := &tape{in: in, name: x.Name, kinds: x.Kinds}
		s := &generate.Batch{Model: m, Rows: rows, Chance: t, Compat: true, Opens: c.Tokenizer.First + 1,
			Splits: func(id int) bool { return id >= c.Tokenizer.First && id < c.Tokenizer.First+c.Tokenizer.Count }}
		if err := x.follow(s, t, r, want, seen); err != nil {
			return fmt.Errorf("%s: %w", x.Name, err)
		}
	}
	for name := range want {
		if !seen[name] {
			return fmt.Errorf("expected tensor %q is of no known kind", name)
		}
	}
	return nil
}

// start gives what every sample shows before the generation.
func (x *decoding) start(m *model.Model, in map[string]Tensor) ([]map[string]mask.Row, error) {
	var out []map[string]mask.Row
	pre := x.Name + ".start."
	for name, d := range domains(m) {
		masks, ok := in[pre+name+".input_mask"]
		if !ok {
			continue
		}
		t, ok := in[pre+name+".tensor"]
		if !ok {
			if t, ok = in["raw."+name]; !ok {
				return nil, fmt.Errorf("no tensor of %s", name)
			}
		}
		for len(out) < masks.Shape[0] {
			out = append(out, map[string]mask.Row{})
		}
		for i := range out {
			row := mask.Row{Input: unmasked(masks.row(i)), Target: unmasked(in[pre+name+".target_mask"].row(i))}
			row.IDs, row.Given = contents(d, t, i)
			out[i][name] = row
		}
	}
	if out == nil {
		return nil, fmt.Errorf("nothing is there before the first step")
	}
	return out, nil
}

// follow carries out the schedule and compares every step.
func (x *decoding) follow(s *generate.Batch, t *tape, r *Report, want map[string]Tensor, seen map[string]bool) error {
	group := func(what string) string { return x.Name + " " + what }
	looks := 0
	s.Watch = func(logits []float32) {
		name := fmt.Sprintf("%s.logits_call%d", x.Name, looks)
		looks++
		if w, ok := want[name]; ok {
			seen[name] = true
			tol := math.Max(20*x.Noise, 1e-6*top(w.F))
			if x.Noise == 0 {
				tol = 2e-5 * top(w.F)
			}
			r.Floats(group("logits"), name, logits, w.F, tol)
		}
	}
	fl, err := filter(x.TopK, x.TopP)
	if err != nil {
		return err
	}
	for k, step := range x.Schedule {
		mv := generate.Scheduled{Domain: step.Target, Tokens: step.Tokens, Temp: step.Temp, Filter: fl, By: step.By}
		switch step.Scheme {
		case "maskgit":
			mv.Scheme = generate.MaskGIT
		case "roar":
			mv.Scheme = generate.ROAR
		case "autoregressive":
			mv.Scheme = generate.Autoregressive
		default:
			return fmt.Errorf("unknown scheme %q", step.Scheme)
		}
		switch {
		case x.Multi != nil: // conditions weighed each for itself
			mv.Groups, mv.Weights = x.Multi, step.Guide
		case len(step.Guide) == 1:
			mv.Guide = step.Guide[0]
		default:
			mv.Weights = step.Guide
			for _, d := range step.By {
				mv.Groups = append(mv.Groups, []string{d})
			}
		}
		if _, err := s.Step(context.Background(), mv); err != nil {
			return fmt.Errorf("step %d: %w", k, err)
		}
		if t.err != nil {
			return t.err
		}
		pre := fmt.Sprintf("%s.step%d.", x.Name, k)
		for what, got := range map[string]func(mask.Row) []int{
			"tensor":      func(r mask.Row) []int { return r.IDs },
			"input_mask":  func(r mask.Row) []int { return masked(r.Input) },
			"target_mask": func(r mask.Row) []int { return masked(r.Target) },
		} {
			if w, ok := want[pre+what]; ok {
				seen[pre+what] = true
				r.Ints(group("steps"), pre+what, all(s.Rows, step.Target, got), w.I)
			}
		}
	}
	for name := range domains(s.Model) {
		final := x.Name + ".final." + name + ".tensor"
		if w, ok := want[final]; ok {
			seen[final] = true
			r.Ints(group("result"), final, all(s.Rows, name, func(r mask.Row) []int { return r.IDs }), w.I)
		}
	}
	r.Ints(group("random numbers used"), x.Name, []int{t.at}, []int{len(x.Kinds)})
	return nil
}

// masked turns a set into 4M's mask, where 1 hides.
func masked(set []bool) []int {
	out := make([]int, len(set))
	for i, in := range set {
		if !in {
			out[i] = 1
		}
	}
	return out
}

// all gives something of a domain's rows, sample after sample.
func all(rows []map[string]mask.Row, name string, get func(mask.Row) []int) []int {
	var out []int
	for _, s := range rows {
		out = slices.Concat(out, get(s[name]))
	}
	return out
}
