package generate

// What a plan says of guidance: by how much a stage is led, by what, and away from what.

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Other is a second value of a condition.
type Other struct {
	Given  string // modality or token domain
	Value  any
	Weight float64 // negative ones push away
}

// Guide sets the guidance weight of the last stage; several are one a
// condition, in the order in which the conditions are given and generated
// (docs/4m.md, 6.4).
func (p *Plan) Guide(w ...float64) *Plan {
	s := p.last("Plan.Guide")
	s.Guide, s.Guides = 0, nil
	if len(w) == 1 {
		s.Guide = w[0]
	} else {
		s.Guides = slices.Clone(w)
	}
	return p
}

// Weigh guides the last stage by one given modality with a weight of its own;
// several may be weighed, and a negative weight pushes away (Liu et al., arXiv
// 2206.01714).
func (p *Plan) Weigh(given string, w float64) *Plan {
	s := p.last("Plan.Weigh")
	s.Weights = maps.Clone(s.Weights)
	if s.Weights == nil {
		s.Weights = map[string]float64{}
	}
	s.Weights[condition("Plan.Weigh", given)] = w
	return p
}

// Against makes the guidance of the last stage lead away from another value of a
// condition, in place of leading away from nothing at all: a negative prompt. It
// goes with Guide or Weigh, whose weight it takes.
func (p *Plan) Against(given string, value any) *Plan {
	s := p.last("Plan.Against")
	s.Against = maps.Clone(s.Against)
	if s.Against == nil {
		s.Against = map[string]any{}
	}
	s.Against[condition("Plan.Against", given)] = value
	return p
}

// Beside makes the last stage follow a second value of a condition, too, with a
// weight; a negative one pushes away:
//
//	Chain("caption").Then("rgb", 8).Guide(2).Beside("caption", "a large red ball", 1.5)
func (p *Plan) Beside(given string, value any, w float64) *Plan {
	s := p.last("Plan.Beside")
	s.Beside = append(slices.Clone(s.Beside), Other{condition("Plan.Beside", given), value, w})
	return p
}

// Rescale takes back the share q of the spread that guidance adds to the logits of
// the last stage; colours stay less extreme (Lin et al., arXiv 2305.08891).
func (p *Plan) Rescale(q float64) *Plan { p.last("Plan.Rescale").Rescale = q; return p }

// GuideWithin has guidance in the last stage only from one share of its steps on and
// before another (Kynkäänniemi et al., arXiv 2404.07724).
func (p *Plan) GuideWithin(from, until float64) *Plan {
	s := p.last("Plan.GuideWithin")
	s.GuideFrom, s.GuideUntil = from, until
	return p
}

// SelfGuide leads the last stage, a picture, away from what the model predicts without
// a random half of the tokens decided so far. It needs no condition. It is akin to the
// guidance of arXiv 2410.13136, which trains the model for its weaker look; this does
// not.
func (p *Plan) SelfGuide(w float64) *Plan { p.last("Plan.SelfGuide").SelfGuide = w; return p }

// guidance says in short what guides a stage.
func (s Stage) guidance() (o []string) {
	if s.Guide != 0 {
		o = append(o, fmt.Sprintf("g=%g", s.Guide))
	}
	if len(s.Guides) > 0 {
		o = append(o, "g="+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(s.Guides)), "/"), "[]"))
	}
	for _, g := range slices.Sorted(maps.Keys(s.Weights)) {
		o = append(o, fmt.Sprintf("%s %+g", g, s.Weights[g]))
	}
	for _, g := range slices.Sorted(maps.Keys(s.Against)) {
		o = append(o, fmt.Sprintf("against %s %s", g, named(s.Against[g])))
	}
	for _, x := range s.Beside {
		o = append(o, fmt.Sprintf("beside %s %s %+g", x.Given, named(x.Value), x.Weight))
	}
	if s.Rescale != 0 {
		o = append(o, fmt.Sprintf("rescale=%g", s.Rescale))
	}
	if s.SelfGuide != 0 {
		o = append(o, fmt.Sprintf("self=%g", s.SelfGuide))
	}
	if s.GuideUntil != 0 {
		o = append(o, fmt.Sprintf("guided from %g to %g", s.GuideFrom, s.GuideUntil))
	}
	return o
}

// named gives a text as it is written, and of anything else its type.
func named(value any) string {
	if t, ok := value.(string); ok {
		return strconv.Quote(t)
	}
	return fmt.Sprintf("%T", value)
}
