package viz

// What many generations agree on.

import (
	"fmt"
	"image"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(e fourm.Ensemble) []byte { return Ensemble(e).PNG() }) }

// Ensemble draws, of each generated modality, what the generations agree on and, of
// pictures, how far they are apart at each pixel.
func Ensemble(e fourm.Ensemble) *Figure {
	const op = "viz.Ensemble"
	const w = 288
	var rows []row
	for _, name := range e.Generated {
		v, ok := e.Sample.Values[name]
		if !ok {
			continue
		}
		m := modality.Need(op, name)
		r := row{name: m.Name, tint: colorOf(m.Name)}
		c := valueOf(op, e.Sample, name, w)
		if t, ok := v.(string); ok {
			c = textPanel(t, w, true)
		}
		c.title = ""
		if p := e.Spread[name]; p != nil && picture(m, v) != nil {
			what := spreadOf(m)
			hi := 0.0
			for _, x := range p.Pix {
				hi = max(hi, float64(x))
			}
			r.cells = append(r.cells, c, spreadPanel(p, w, hi, what))
		} else {
			c.note = fmt.Sprintf("by %.0f %% of them", 100*e.Agree[name])
			r.cells = append(r.cells, c)
		}
		if len(rows) == 0 {
			r.cells[0].title = "what they agree on"
			if len(r.cells) > 1 {
				r.cells[1].title = "how far they are apart"
			}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return missing(op, "nothing was generated")
	}
	return sheet(op, gap, rows...).Titled(fmt.Sprintf("%d generations%s", e.N, of(e.Sample)))
}

const ofVotes = " % of votes"

// spreadOf gives the unit of a spread.
func spreadOf(m modality.Modality) string {
	switch look := m.Look.Spec(); look.Scaling {
	case modality.ClassIDs:
		return ofVotes
	case modality.UnitVectors:
		return "°"
	default:
		return unitOf(look)
	}
}

// spreadPanel draws numbers from 0 on as heat, with a bar.
func spreadPanel(p *modality.Picture, w int, hi float64, unit string) *cell {
	im := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i, x := range p.Pix {
		im.SetRGBA(i%p.W, i/p.W, inferno(float64(x)/max(hi, 1e-9)))
	}
	c := &cell{w: w, h: max(16, w*p.H/p.W), draw: func(c canvas, r image.Rectangle) {
		c.picture(r, im, true)
		c.frame(r, 1, rule)
	}}
	if hi == 0 {
		c.note = "all alike"
		return c
	}
	if unit == ofVotes {
		hi *= 100
	}
	return under(c, inferno, 0, hi, unit)
}
