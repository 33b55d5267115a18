package generate

// What a person asks for: targets, one after the other, and how each is decoded.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
)

// Stage is one target of a plan. The zero values of Steps, Temp, Guide and
// TopP stand for 8 steps, temperature 1, no guidance, and no filter. The official
// key of each field: docs/4m.md, 10.5.
type Stage struct {
	Target   string
	Scheme   Scheme
	Steps    int
	Schedule string // tokens a step: "cosine", "linear", "arccos", "square" or "constant"; "" is what suits the scheme (docs/4m.md, 6.2)
	// Pace is a schedule of one's own, in place of Schedule: the share of the tokens
	// that is decided once a share of the steps is done.
	Pace    func(done float64) float64 `json:"-"`
	Temp    float64                    // temperature
	Keep    []bool                     // places of a grid, row by row, that stay as the sample has them; the others are decided. nil: none
	Fill    string                     // a text in which [S_1], [S_2], ... stand for what is to be written; "" is [S_1] alone
	Redo    float64                    // this share of the decided tokens of a grid, the least likely ones, is decided anew in each step; 0 is none
	Greedy  bool                       // true: the likeliest token everywhere, whatever Temp, TopP, TopK and Share say
	Cooling string                     // how it falls over the steps: "linear" (or ""), "constant", "onex:LOW:POWER"
	Guide   float64                    // weight of classifier-free guidance; 1 is none (docs/4m.md, 6.4)
	Guides  []float64                  // guidance by each condition for itself, one weight a condition, in the order in which they are given and generated; in place of Guide
	Weights map[string]float64         // guidance by each given modality for itself, by weight; negative ones push away
	// Against are other values of conditions, by modality, that guidance leads away
	// from, in place of nothing at all: a negative prompt.
	Against map[string]any
	Beside  []Other // further values of conditions, each followed with its weight
	Rescale float64 // this share of the spread that guidance adds to logits is taken back; 0 is none
	// Guidance is in the steps alone that begin at or after the share GuideFrom of the
	// stage and before GuideUntil; 0 stands for the whole stage.
	GuideFrom, GuideUntil float64
	SelfGuide             float64 // weight of guidance away from what is predicted without half of the tokens decided so far; 0 is none
	TopP                  float64 // smallest set of tokens with this probability; 0 or 1 is all
	TopK                  int     // this many likeliest tokens; 0 is all
	Share                 float64 // this share of the vocabulary, where TopK is 0; 0 is all
	MinP                  float64 // tokens at least so likely as this share of the likeliest; 0 is all (Filter.Min)
	Typical               float64 // smallest set of typical tokens with this probability; 0 or 1 is all (Filter.Typical)
}

// Plan says from what and in which order modalities are generated. Each
// finished stage conditions the next.
type Plan struct {
	Given  []string // modalities, or token domains ("tok_rgb") to be given as tokens whatever else the model takes
	Stages []Stage
	Compat bool // as the official code does, where it has a defect (docs/parity.md)
}

// Chain begins a plan that is given some modalities:
//
//	Chain("caption").Then("rgb", 8).Temp(2).Then("depth", 4)
//
// "rgb" is given as pixels where the model takes them, "tok_rgb" as tokens.
func Chain(given ...string) *Plan {
	p := &Plan{}
	for _, g := range given {
		p.Given = append(p.Given, condition("fourm.Chain", g))
	}
	return p
}

// condition gives the name of what is given: of a modality, or of its token
// domain where a name says so.
func condition(op, name string) string {
	m := modality.Need(op, name)
	if strings.HasPrefix(name, "tok_") {
		return m.Domain()
	}
	return m.Name
}

// Then adds a target that is decoded in so many steps (a sequence takes one a
// token, whatever steps says).
func (p *Plan) Then(target string, steps int) *Plan {
	m := modality.Need("Plan.Then", target)
	if steps < 1 {
		fault.Panic("Plan.Then", "%d steps for %q, expected 1 or more", steps, target)
	}
	p.Stages = append(p.Stages, Stage{Target: m.Name, Steps: steps})
	return p
}

func (p *Plan) last(op string) *Stage {
	if len(p.Stages) == 0 {
		fault.Hint(op, "put it behind a Then", "no stage to set it for")
	}
	return &p.Stages[len(p.Stages)-1]
}

// Temp sets the temperature of the last stage; 0 is Greedy.
func (p *Plan) Temp(t float64) *Plan {
	s := p.last("Plan.Temp")
	s.Temp, s.Greedy = t, t == 0
	return p
}

// Greedy takes the likeliest token at every position of the last stage. In an
// image the most confident positions are decided first, as with a temperature
// of 1.
func (p *Plan) Greedy() *Plan {
	s := p.last("Plan.Greedy")
	s.Temp, s.Greedy = 0, true
	return p
}

// TopP keeps the likeliest tokens of total probability q in the last stage.
func (p *Plan) TopP(q float64) *Plan { p.last("Plan.TopP").TopP = q; return p }

// TopK keeps the n likeliest tokens in the last stage.
func (p *Plan) TopK(n int) *Plan { p.last("Plan.TopK").TopK = n; return p }

// MinP keeps, in the last stage, the tokens that are at least so likely as the share
// q of the likeliest.
func (p *Plan) MinP(q float64) *Plan { p.last("Plan.MinP").MinP = q; return p }

// Typical keeps, in the last stage, the typical tokens of total probability q.
func (p *Plan) Typical(q float64) *Plan { p.last("Plan.Typical").Typical = q; return p }

// Pace says how many tokens each step of the last stage decides: "cosine", "linear",
// "arccos", "square" or "constant".
func (p *Plan) Pace(schedule string) *Plan { p.last("Plan.Pace").Schedule = schedule; return p }

// PaceBy is Pace by a function: the share of the tokens that is decided once a share
// of the steps is done.
func (p *Plan) PaceBy(f func(done float64) float64) *Plan { p.last("Plan.PaceBy").Pace = f; return p }

// Keep leaves, in the last stage, those places of a picture's grid as they are in the
// sample, and decides the others: in-painting and out-painting. There is one bool a
// place, row by row; Around and Within make such lists.
func (p *Plan) Keep(places []bool) *Plan {
	p.last("Plan.Keep").Keep = slices.Clone(places)
	return p
}

// Fill writes, in the last stage, what is left open in a text, where [S_1], [S_2], ...
// stand, and leaves the rest as it is: "a large [S_1] ball on a [S_2] floor". Of boxes
// and palettes it is their words that are given (docs/4m.md, 1.4).
func (p *Plan) Fill(text string) *Plan { p.last("Plan.Fill").Fill = text; return p }

// Begin has the text of the last stage begin with a value, and writes what follows it:
// a caption's first words, a list of boxes with one box in it, metadata.
func (p *Plan) Begin(value any) *Plan {
	const op = "Plan.Begin"
	s := p.last(op)
	t, ok := modality.NeedTokenizer(op, s.Target).(*text.Tokenizer)
	if !ok {
		fault.Panic(op, "%q is of kind %v, expected a text", s.Target, modality.Lookup(s.Target).Kind)
	}
	words, err := t.AsText(value)
	if err != nil {
		fault.Panic(op, "%s: %v", s.Target, err)
	}
	s.Fill = strings.TrimSpace(words) + " [S_1]"
	return p
}

// Around gives the places of a modality's grid that lie outside of a rectangle, in
// fractions of the picture from the upper left corner: with Plan.Keep the rectangle
// is painted anew.
func Around(name string, x0, y0, x1, y1 float64) []bool {
	out := Within(name, x0, y0, x1, y1)
	for i := range out {
		out[i] = !out[i]
	}
	return out
}

// Within gives the places whose middle lies in a rectangle: with Plan.Keep all around
// it is painted anew.
func Within(name string, x0, y0, x1, y1 float64) []bool {
	m := modality.Need("fourm.Within", name)
	if m.Kind != modality.Image {
		fault.Panic("fourm.Within", "%q is of kind %v, expected an image", name, m.Kind)
	}
	if !(x0 < x1 && y0 < y1) {
		fault.Panic("fourm.Within", "a rectangle from (%g, %g) to (%g, %g), expected its upper left and its lower right corner", x0, y0, x1, y1)
	}
	rows, cols := m.Grid(), m.Cols()
	out := make([]bool, rows*cols)
	for i := range out {
		x, y := (float64(i%cols)+0.5)/float64(cols), (float64(i/cols)+0.5)/float64(rows)
		out[i] = x >= x0 && x <= x1 && y >= y0 && y <= y1
	}
	return out
}

// Redo decides, in each step of the last stage but the first, the share q of the
// tokens that were decided before anew, those that had the least probability.
func (p *Plan) Redo(q float64) *Plan { p.last("Plan.Redo").Redo = q; return p }

// Cool says how the temperature of the last stage falls: "linear", "constant"
// or "onex:LOW:POWER".
func (p *Plan) Cool(schedule string) *Plan { p.last("Plan.Cool").Cooling = schedule; return p }

// By sets the scheme of the last stage; nil is the usual one.
func (p *Plan) By(s Scheme) *Plan { p.last("Plan.By").Scheme = s; return p }

// String gives "caption -> rgb(8, T=2) -> depth(4)".
func (p Plan) String() string {
	w := []string{strings.Join(p.Given, " + ")}
	if len(p.Given) == 0 {
		w[0] = "nothing"
	}
	for _, s := range p.Stages {
		var o []string
		if s.Steps > 0 {
			o = append(o, fmt.Sprint(s.Steps))
		}
		switch {
		case s.Greedy:
			o = append(o, "greedy")
		case s.Temp != 0:
			o = append(o, fmt.Sprintf("T=%g", s.Temp))
		}
		o = append(o, s.guidance()...)
		if s.TopP != 0 {
			o = append(o, fmt.Sprintf("top-p=%g", s.TopP))
		}
		if s.TopK != 0 {
			o = append(o, fmt.Sprintf("top-k=%d", s.TopK))
		}
		if s.Share != 0 {
			o = append(o, fmt.Sprintf("share=%g", s.Share))
		}
		if s.MinP != 0 {
			o = append(o, fmt.Sprintf("min-p=%g", s.MinP))
		}
		if s.Typical != 0 {
			o = append(o, fmt.Sprintf("typical=%g", s.Typical))
		}
		if s.Scheme != nil {
			o = append(o, s.Scheme.String())
		}
		if s.Pace != nil {
			o = append(o, "own pace")
		} else if s.Schedule != "" {
			o = append(o, s.Schedule)
		}
		if s.Cooling != "" {
			o = append(o, "cool="+s.Cooling)
		}
		if s.Keep != nil {
			n := 0
			for _, stays := range s.Keep {
				if stays {
					n++
				}
			}
			o = append(o, fmt.Sprintf("%d of %d kept", n, len(s.Keep)))
		}
		if s.Fill != "" {
			o = append(o, strconv.Quote(s.Fill))
		}
		if s.Redo != 0 {
			o = append(o, fmt.Sprintf("redo=%g", s.Redo))
		}
		if len(o) == 0 {
			w = append(w, s.Target)
			continue
		}
		w = append(w, fmt.Sprintf("%s(%s)", s.Target, strings.Join(o, ", ")))
	}
	return strings.Join(w, " -> ")
}
