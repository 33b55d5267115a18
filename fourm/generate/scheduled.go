package generate

// From a plan to its steps, before anything is generated.

import (
	"maps"
	"slices"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Scheduled is one step of a schedule: what is to be decided, and how.
type Scheduled struct {
	Domain  string
	Scheme  Scheme
	Tokens  int     // that are decided; all of a text
	Index   int     // the step of its stage, counted from 0
	Of      int     // steps of the stage
	Redo    float64 // share of the tokens decided so far that is decided anew
	Temp    float64 // 0 takes the likeliest token
	Filter  Filter
	Guide   float64    // weight of guidance against the same without By; 1 is none
	By      []string   // domains that guidance empties
	Groups  [][]string // conditions weighed each for itself, in place of Guide: sets of domains
	Weights []float64  // of the groups
	Rescale float64    // share in which guided logits get back the spread of unguided ones
	Self    float64    // weight of self-guidance
	Plain   bool       // no guidance of any kind
}

// resolved fills in what zero values stand for.
func (s Stage) resolved(d modality.Domain) Stage {
	if s.Steps == 0 {
		s.Steps = 8
	}
	if s.Temp == 0 {
		s.Temp = 1
	}
	if s.Guide == 0 {
		s.Guide = 1
	}
	if s.Scheme == nil {
		s.Scheme = MaskGIT
		if !d.Grid() {
			s.Scheme = Autoregressive
		}
	}
	return s
}

// Scheduled gives the steps of a stage that decides total tokens of a domain,
// when the domains of by are what guidance empties, each for itself where the
// stage has a weight for each. A text is one step.
func (s Stage) Scheduled(d modality.Domain, total int, by []string, compat bool) ([]Scheduled, error) {
	s = s.resolved(d)
	step := Scheduled{Domain: d.Name, Scheme: s.Scheme, Guide: s.Guide, By: by, Rescale: s.Rescale, Self: s.SelfGuide, Filter: Filter{K: s.TopK, Share: s.Share, P: s.TopP, Min: s.MinP, Typical: s.Typical}}
	if !s.Greedy {
		step.Temp = s.Temp
	}
	if len(s.Guides) > 0 {
		for _, d := range by {
			step.Groups = append(step.Groups, []string{d})
		}
		step.Weights = s.Guides
	}
	for _, given := range slices.Sorted(maps.Keys(s.Weights)) {
		step.Groups, step.Weights = append(step.Groups, []string{given}), append(step.Weights, s.Weights[given])
	}
	if !d.Grid() {
		return []Scheduled{step}, nil
	}
	if s.Scheme == Autoregressive {
		s.Steps, s.Schedule, s.Pace = total, "constant", nil
	}
	tokens, err := s.tokens(total, compat)
	if err != nil {
		return nil, err
	}
	temps, err := temperatures(s.Cooling, s.Temp, tokens)
	if err != nil {
		return nil, err
	}
	var out []Scheduled
	for i, n := range tokens[:len(temps)] {
		step.Tokens, step.Index, step.Of = n, i, len(temps)
		if i > 0 {
			step.Redo = s.Redo
		}
		if !s.Greedy {
			step.Temp = temps[i]
		}
		now := step
		if s.GuideUntil > 0 && (float64(i) < s.GuideFrom*float64(len(temps)) || float64(i) >= s.GuideUntil*float64(len(temps))) {
			now.Guide, now.Groups, now.Weights, now.Rescale, now.Self, now.Plain = 1, nil, nil, 0, 0, true
		}
		out = append(out, now)
	}
	return out, nil
}

// Schedule gives the steps of each stage whose target is an image; a text is
// decided token by token at one temperature, and its stage has none.
func (p Plan) Schedule() [][]Scheduled {
	const op = "Plan.Schedule"
	var out [][]Scheduled
	for _, s := range p.Stages {
		m := modality.Need(op, s.Target)
		d := m.TokenDomain(m.Vocab)
		steps, err := s.Scheduled(d, d.Max, nil, p.Compat)
		if err != nil {
			fault.Panic(op, "stage %q: %v", s.Target, err)
		}
		if !d.Grid() {
			steps = nil
		}
		out = append(out, steps)
	}
	return out
}
