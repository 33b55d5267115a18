package generate

// From a plan to its steps.

import (
	"maps"
	"slices"

	"fourmlab/fourm/modality"
)

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
	if s.Scheme == Auto {
		s.Scheme = MaskGIT
		if !d.Grid() {
			s.Scheme = Autoregressive
		}
	}
	return s
}

// greedy is the temperature below which a stage takes the likeliest tokens.
const greedy = 1e-6

// Moves gives the steps of a stage that decides total tokens of a domain, when
// the domains of by are what guidance empties, each for itself where the stage
// has a weight for each. A text is one step.
func (s Stage) Moves(d modality.Domain, total int, by []string, compat bool) ([]Move, error) {
	s = s.resolved(d)
	mv := Move{Domain: d.Name, Scheme: s.Scheme, Temp: s.Temp, Guide: s.Guide, By: by, Filter: Filter{K: s.TopK, Share: s.Share, P: s.TopP}}
	if s.Temp < greedy {
		mv.Temp = 0
	}
	if len(s.Guides) > 0 {
		for _, d := range by {
			mv.Groups = append(mv.Groups, []string{d})
		}
		mv.Weights = s.Guides
	}
	for _, g := range slices.Sorted(maps.Keys(s.Weights)) {
		mv.Groups, mv.Weights = append(mv.Groups, []string{g}), append(mv.Weights, s.Weights[g])
	}
	if s.Scheme == Autoregressive {
		return []Move{mv}, nil
	}
	tokens, err := s.tokens(total, compat)
	if err != nil {
		return nil, err
	}
	temps, err := temperatures(s.Cooling, s.Temp, tokens)
	if err != nil {
		return nil, err
	}
	var out []Move
	for i, n := range tokens[:len(temps)] {
		mv.Tokens = n
		if s.Temp >= greedy {
			mv.Temp = temps[i]
		}
		out = append(out, mv)
	}
	return out, nil
}
