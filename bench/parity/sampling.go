package parity

// Kinds gen_sampling and gen_schedules: what may be drawn, what is drawn, and
// how many tokens a step decides at what temperature.

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"fourmlab/fourm/generate"
	"fourmlab/fourm/modality"
)

func init() {
	register("gen_sampling", sampling)
	register("gen_schedules", schedules, "schedules.json")
}

func sampling(f *Fixture, r *Report) error {
	var c struct {
		Cases []struct {
			Case int             `json:"case"`
			TopK json.RawMessage `json:"top_k"`
			Type string          `json:"top_k_type"`
			TopP float64         `json:"top_p"`
			Temp float64         `json:"temperature"`
		} `json:"cases"`
		Select *struct {
			N    int     `json:"num_select"`
			Temp float64 `json:"temperature"`
			TopP float64 `json:"top_p"`
		} `json:"select"`
	}
	if err := f.JSON("config.json", &c); err != nil {
		return err
	}
	x, err := f.Tensors("cases.safetensors")
	if err != nil {
		return err
	}
	logits, ok := x["logits"]
	if !ok || len(logits.Shape) != 2 {
		return fmt.Errorf("cases.safetensors has no logits (R, V)")
	}
	rows, v := logits.Shape[0], logits.Shape[1]
	for _, c := range c.Cases {
		name := fmt.Sprintf("case%d", c.Case)
		fl, err := filter(c.TopK, c.TopP)
		if err != nil {
			return fmt.Errorf("%s: top_k %s: %w", name, c.TopK, err)
		}
		if c.Type == "float" && fl.K > 0 {
			fl.K, fl.Share = 0, float64(fl.K)
		} else if c.Type == "int" && fl.Share > 0 {
			fl.K, fl.Share = int(fl.Share), 0
		}
		left, q := x[name+".filtered"], x[name+".q"]
		var kept, samples []int
		var wanted []int
		var probs []float32
		for i := range rows {
			row := logits.F[i*v : (i+1)*v]
			ids, p := generate.Choices(row, c.Temp, fl)
			at := 0
			if q.F != nil && len(ids) > 1 {
				at = race(q.F[i*v:], ids, p)
			}
			samples = append(samples, ids[at])
			if c.Temp <= 1e-10 {
				p[at] = 1 // the official probability of a greedy choice
			}
			probs = append(probs, float32(p[at]))
			if left.F == nil || c.Temp <= 1e-10 {
				continue
			}
			in := make([]int, v)
			for _, id := range ids {
				in[id] = 1
			}
			kept = append(kept, in...)
			for _, l := range left.F[i*v : (i+1)*v] {
				if math.IsInf(float64(l), -1) {
					wanted = append(wanted, 0)
				} else {
					wanted = append(wanted, 1)
				}
			}
		}
		if kept != nil {
			r.Ints("kept by top-k and top-p", name, kept, wanted)
		}
		if w, ok := x[name+".samples"]; ok {
			r.Ints("samples", name, samples, w.I)
		}
		if w, ok := x[name+".sampled_probs"]; ok {
			r.Floats("probabilities", name, probs, w.F, 2e-5*max(top(w.F), 1e-9))
		}
	}
	return nil
}

// temps reads the name of a list of temperatures: what falls how, over which
// schedule.
var temps = regexp.MustCompile(`^(linear_temp|onex|decreasing_temp)\(([^)]*)\) on (cosine|linear)$`)

func schedules(f *Fixture, r *Report) error {
	var c struct {
		Cases   []map[string]json.RawMessage `json:"cases"`
		Chained []struct {
			Args   chain `json:"args"`
			Result []struct {
				Target string   `json:"target_domain"`
				Scheme string   `json:"scheme"`
				Tokens *int     `json:"num_tokens"`
				Temp   float64  `json:"temperature"`
				Guide  guidance `json:"cfg_scale"`
				By     []string `json:"cfg_cond_domains"`
			} `json:"result"`
		} `json:"chained"`
	}
	if err := f.JSON("schedules.json", &c); err != nil {
		return err
	}
	for i, x := range c.Cases {
		if err := schedule(r, fmt.Sprint("case ", i), x); err != nil {
			return fmt.Errorf("case %d: %w", i, err)
		}
	}
	for i, x := range c.Chained {
		steps, err := x.Args.steps()
		if err != nil {
			return fmt.Errorf("chain %d: %w", i, err)
		}
		what := fmt.Sprint("chain ", i)
		r.Ints("chains: steps", what, []int{len(steps)}, []int{len(x.Result)})
		for k, w := range x.Result[:min(len(steps), len(x.Result))] {
			m, at := steps[k], fmt.Sprintf("%s, step %d", what, k)
			r.Text("chains: targets", at, fmt.Sprintf("%s %v %v", m.Domain, m.Scheme, m.By), fmt.Sprintf("%s %s %v", w.Target, w.Scheme, w.By))
			if w.Tokens != nil {
				r.Ints("chains: tokens", at, []int{m.Tokens}, []int{*w.Tokens})
			}
			r.Number("chains: temperatures", at, m.Temp, w.Temp, 1e-9)
			guide := guidance{m.Guide}
			if m.Weights != nil {
				guide = m.Weights
			}
			r.Ints("chains: weights of guidance", at, []int{len(guide)}, []int{len(w.Guide)})
			for j := range guide[:min(len(guide), len(w.Guide))] {
				r.Number("chains: guidance", at, guide[j], w.Guide[j], 0)
			}
		}
	}
	return nil
}

// schedule compares one case: lists under names that say how they are made.
func schedule(r *Report, what string, x map[string]json.RawMessage) error {
	var steps, total int
	if json.Unmarshal(x["num_steps"], &steps) != nil || json.Unmarshal(x["total_tokens"], &total) != nil || steps < 1 || total < 1 || steps > 1e6 || total > 1e6 {
		return fmt.Errorf("no num_steps and total_tokens")
	}
	tokens := map[string][]int{"cosine": generate.OfficialCosine(steps, total), "linear": generate.LinearTokens(steps, total)}
	for name, raw := range x {
		switch {
		case name == "num_steps" || name == "total_tokens":
		case tokens[name] != nil || name == "continue_schedule(linear, total//3)":
			var want []int
			if err := json.Unmarshal(raw, &want); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			got := tokens[name]
			if got == nil {
				got = generate.Continue(tokens["linear"], total/3)
			}
			r.Ints("tokens, "+name, what, got, want)
		default:
			m := temps.FindStringSubmatch(name)
			if m == nil {
				return fmt.Errorf("unknown list %q", name)
			}
			var want []float64
			if err := json.Unmarshal(raw, &want); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			arg, err := arguments(m[2])
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			var got []float64
			switch m[1] {
			case "linear_temp":
				got = generate.LinearTemps(arg[""], tokens[m[3]])
			case "onex":
				got = generate.OneX(arg["max"], arg["min"], arg["power"], tokens[m[3]])
			default:
				got = generate.FallingTemps(arg["max"], arg["min"], tokens[m[3]])
			}
			r.Ints("temperatures: steps", what+" "+name, []int{len(got)}, []int{len(want)})
			for i := range want[:min(len(got), len(want))] {
				r.Number("temperatures, "+m[1], fmt.Sprintf("%s %s, step %d", what, name, i), got[i], want[i], 1e-9)
			}
		}
	}
	return nil
}

// arguments reads "3.0" and "max=5,min=0.01".
func arguments(s string) (map[string]float64, error) {
	out := map[string]float64{}
	for _, a := range strings.Split(s, ",") {
		k, v, named := strings.Cut(a, "=")
		if !named {
			k, v = "", a
		}
		x, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			return nil, err
		}
		out[strings.TrimSpace(k)] = x
	}
	return out, nil
}

// chain is how the official code is told of a chained generation: one list for
// each property of a target.
type chain struct {
	Cond      []string   `json:"cond_domains"`
	Targets   []string   `json:"target_domains"`
	Tokens    []int      `json:"tokens_per_target"`
	Schemes   []string   `json:"autoregression_schemes"`
	Steps     []*int     `json:"decoding_steps"`
	Schedules []*string  `json:"token_decoding_schedules"`
	Temps     []float64  `json:"temps"`
	Cooling   []*string  `json:"temp_schedules"`
	Guides    []guidance `json:"cfg_scales"`
	Grow      bool       `json:"cfg_grow_conditioning"`
}

// guidance is a weight, or a list of one a condition.
type guidance []float64

func (g *guidance) UnmarshalJSON(b []byte) error {
	var one float64
	if json.Unmarshal(b, &one) == nil {
		*g = guidance{one}
		return nil
	}
	return json.Unmarshal(b, (*[]float64)(g))
}

// steps makes stages of the lists, and steps of the stages. Finished grids join
// the conditions that later guidance empties where the chain says so; texts do
// not (docs/4m.md, 11.10).
func (c chain) steps() ([]generate.Scheduled, error) {
	n := len(c.Targets)
	if len(c.Tokens) != n || len(c.Schemes) != n || len(c.Steps) != n || len(c.Schedules) != n || len(c.Temps) != n || len(c.Cooling) != n || len(c.Guides) != n {
		return nil, fmt.Errorf("lists of different lengths")
	}
	var out []generate.Scheduled
	by := append([]string{}, c.Cond...)
	for i, name := range c.Targets {
		d, ok := modality.PublishedDomain(name)
		if !ok {
			d = modality.Domain{Name: name}
		}
		d.Name = name
		s := generate.Stage{Target: name, Temp: c.Temps[i]}
		if len(c.Guides[i]) == 1 {
			s.Guide = c.Guides[i][0]
		} else {
			s.Guides = c.Guides[i]
		}
		switch c.Schemes[i] {
		case "maskgit":
			s.Scheme = generate.MaskGIT
		case "roar":
			s.Scheme = generate.ROAR
		case "autoregressive":
			s.Scheme = generate.Autoregressive
		default:
			return nil, fmt.Errorf("unknown scheme %q", c.Schemes[i])
		}
		if c.Steps[i] != nil {
			s.Steps = *c.Steps[i]
		}
		if c.Schedules[i] != nil && s.Scheme != generate.ROAR { // ROAR is always linear
			s.Schedule = *c.Schedules[i]
		}
		if c.Cooling[i] != nil {
			s.Cooling = *c.Cooling[i]
		}
		steps, err := s.Scheduled(d, c.Tokens[i], append([]string{}, by...), true)
		if err != nil {
			return nil, err
		}
		out = append(out, steps...)
		if c.Grow && s.Scheme != generate.Autoregressive {
			by = append(by, name)
		}
	}
	return out, nil
}
