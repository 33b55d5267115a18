package generate

// What the steps of a plan are to be, before anything is generated.

import (
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Pace is what one step of a stage decides, and how.
type Pace struct {
	Target string
	Tokens int
	Temp   float64
}

// Paces gives the steps of each stage whose target is an image; a text is
// decided token by token at one temperature.
func (p Plan) Paces() [][]Pace {
	const op = "Plan.Paces"
	var out [][]Pace
	for _, s := range p.Stages {
		m := modality.Need(op, s.Target)
		d := m.TokenDomain(m.Vocab)
		moves, err := s.Moves(d, d.Max, nil, p.Compat)
		if err != nil {
			fault.Panic(op, "stage %q: %v", s.Target, err)
		}
		var steps []Pace
		if d.Grid() {
			for _, mv := range moves {
				steps = append(steps, Pace{m.Name, mv.Tokens, mv.Temp})
			}
		}
		out = append(out, steps)
	}
	return out
}
