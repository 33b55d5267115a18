package viz

// Any to any: one modality a row, what the model makes of it a column; and one
// plan under many settings.

import (
	"fmt"
	"image"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(g fourm.Grid) []byte { return Grid(g).PNG() }) }

// Grid draws what a model makes of each modality by itself, as m.Grid(s) gives
// it: rows are what was given, columns what was generated. What was given
// stands framed in its own column: that is the truth.
func Grid(g fourm.Grid) *Figure {
	const op = "viz.Grid"
	if len(g.Given) == 0 || len(g.Targets) == 0 {
		return missing(op, "nothing was generated")
	}
	need(op, len(g.Made) == len(g.Given), "%d rows for %d given modalities", len(g.Made), len(g.Given))
	column := map[string]int{}
	for j, n := range g.Targets {
		column[modality.Need(op, n).Name] = j
	}
	// What the model only takes and never makes has no column of its own.
	apart := false
	for _, n := range g.Given {
		if _, ok := column[modality.Need(op, n).Name]; !ok {
			apart = true
		}
	}
	cols := len(g.Targets)
	if apart {
		cols++
	}
	w := crisp(min(224, (1600-2*margin-200)/cols-14))
	var rows []row
	for i, from := range g.Given {
		need(op, len(g.Made[i]) == len(g.Targets), "%d columns in the row of %s for %d targets", len(g.Made[i]), from, len(g.Targets))
		m, _ := modality.Find(from)
		r := row{name: "from " + m.Name, tint: colorOf(m.Name)}
		truth := framed(valueOf(op, g.Sample, m.Name, -w))
		truth.title = ""
		if apart {
			r.cells = append(r.cells, nil)
			if _, ok := column[m.Name]; !ok {
				r.cells[0] = truth
			}
		}
		for j, to := range g.Targets {
			t, _ := modality.Find(to)
			var c *cell
			switch v := g.Made[i][j]; {
			case t.Name == m.Name:
				c = truth
			case v == nil:
				c = &cell{w: w, h: w, draw: blank}
			default:
				o := panelOptions{op: op, w: w, plain: true, under: background(g.Sample)}
				// One range for a column, that of the truth.
				if p, ok := g.Sample.Values[t.Name].(*modality.Picture); ok {
					o.share(t, p)
				}
				c = panel(t, v, o)
			}
			r.cells = append(r.cells, c)
		}
		if i == 0 {
			for j, c := range r.cells {
				k := j
				if apart {
					k--
				}
				switch {
				case k >= 0:
					c.title = "to " + g.Targets[k]
				case c != nil:
					c.title = "given"
				}
			}
		}
		rows = append(rows, r)
	}
	return sheet(op, 14, rows...).Titled("From each modality" + of(g.Sample) + " to each other one (framed: the truth)")
}

// framed puts a strong frame around a panel.
func framed(c *cell) *cell {
	under := c.draw
	c.draw = func(k canvas, r image.Rectangle) {
		under(k, r)
		k.frame(r.Inset(-5), 3, ink)
	}
	return c
}

func blank(c canvas, r image.Rectangle) {
	c.hatch(r, faint)
	c.frame(r, 1, rule)
}

func init() { shows(func(s fourm.Sweep) []byte { return Guidance(s).PNG() }) }

// Guidance draws the last target of a plan under weights of guidance (rows)
// and temperatures (columns), as m.Sweep gives them; beside it what was given
// and the truth.
func Guidance(s fourm.Sweep) *Figure {
	const op = "viz.Guidance"
	if len(s.Results) == 0 || len(s.Results[0]) == 0 || len(s.Plan.Stages) == 0 {
		return missing(op, "nothing was generated")
	}
	need(op, len(s.Results) <= len(s.Weights) && len(s.Results[0]) <= len(s.Temps), "%d rows for %d weights, %d columns for %d temperatures", len(s.Results), len(s.Weights), len(s.Results[0]), len(s.Temps))
	m := modality.Need(op, s.Plan.Stages[len(s.Plan.Stages)-1].Target)
	var left []*cell
	var kept []*fourm.Picture
	w := crisp(min(224, (1600-2*margin-200)/(len(s.Temps)+1)-14))
	for _, n := range s.Plan.Given {
		c := valueOf(op, s.Sample, n, -w)
		c.title = "given: " + c.title
		left = append(left, c)
	}
	if _, ok := s.Sample.Values[m.Name]; ok {
		c := valueOf(op, s.Sample, m.Name, -w)
		c.title = m.Name + ", truth"
		left = append(left, c)
	}
	for _, r := range s.Results {
		for _, out := range r {
			p, _ := out.Sample.Values[m.Name].(*fourm.Picture)
			kept = append(kept, p)
		}
	}
	o := panelOptions{op: op, w: w, plain: true, under: background(s.Sample)}
	o.share(m, kept...)
	var rows []row
	for i := range max(len(s.Results), len(left)) {
		var r row
		if i < len(s.Results) {
			r.name, r.tint = fmt.Sprintf("guidance %g", s.Weights[i]), ink
			for j, out := range s.Results[i] {
				var c *cell
				if v, ok := out.Sample.Values[m.Name]; ok {
					c = panel(m, v, o)
				} else if t, ok := out.Sample.Toks[m.Name]; ok {
					c = panel(m, t, o)
				}
				if c != nil && i == 0 {
					c.title = fmt.Sprintf("temperature %g", s.Temps[j])
				}
				r.cells = append(r.cells, c)
			}
		}
		if i < len(left) {
			for len(r.cells) < len(s.Temps)+1 { // one free column sets them apart
				r.cells = append(r.cells, nil)
			}
			r.cells = append(r.cells, left[i])
		}
		rows = append(rows, r)
	}
	return sheet(op, 14, rows...).Titled(m.Name + of(s.Sample) + " under guidance and temperature")
}
