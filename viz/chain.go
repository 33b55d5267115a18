package viz

// Generation from left to right: what was given, and every stage after it.

import (
	"fmt"
	"strings"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

func init() { shows(func(out fourm.Result) []byte { return Chain(out).PNG() }) }

// Chain draws a result from left to right: what was given, then the stages in
// their order. Each stage is conditioned on all that stands before it.
func Chain(out fourm.Result) *Figure {
	const op = "viz.Chain"
	if len(out.Given)+len(out.Generated) == 0 {
		return missing(op, "nothing was generated")
	}
	cols := columns(len(out.Given)+len(out.Generated), 5)
	w := min(width(cols), 256)
	var cells []*cell
	for i, n := range out.Given {
		c := valueOf(op, out.Sample, n, w)
		c.title = "given: " + c.title
		if i > 0 {
			c.joint = "+"
		}
		cells = append(cells, c)
	}
	for i, n := range out.Generated {
		c := valueOf(op, out.Sample, n, w)
		c.title, c.note = stageTitle(out, i, n)
		if len(cells) > 0 {
			c.joint = "arrow"
		}
		cells = append(cells, c)
	}
	return sheet(op, 56, fold(cells, cols)...).Titled("A chain: each stage sees all before it")
}

// stageTitle gives "2: depth, 4 steps" and the settings that are not usual.
func stageTitle(out fourm.Result, i int, name string) (title, sub string) {
	m, _ := modality.Find(name)
	title = fmt.Sprintf("%d: %s", i+1, m.Name)
	steps := 0
	for _, t := range out.Trace {
		if t.Stage == i {
			steps = t.Of
		}
	}
	var w []string
	if i < len(out.Plan.Stages) {
		s := out.Plan.Stages[i]
		if steps == 0 && m.Kind == modality.Image {
			steps = s.Steps
		}
		if s.Scheme != nil {
			w = append(w, s.Scheme.String())
		}
		switch {
		case s.Greedy:
			w = append(w, "greedy")
		case s.Temp != 0:
			w = append(w, fmt.Sprintf("T = %g", s.Temp))
		}
		if s.Guide != 0 {
			w = append(w, fmt.Sprintf("guidance %g", s.Guide))
		}
		if s.TopP != 0 {
			w = append(w, fmt.Sprintf("top-p %g", s.TopP))
		}
		if s.TopK != 0 {
			w = append(w, fmt.Sprintf("top-k %d", s.TopK))
		}
	}
	if steps > 0 {
		title += ", " + human.Count(steps, "step")
	}
	return title, strings.Join(w, ", ")
}

// Variations draws results of one plan for one sample under seeds 0, 1, 2, ...
// as columns: the condition to the left, the generated modalities as rows.
func Variations(outs []fourm.Result) *Figure {
	const op = "viz.Variations"
	if len(outs) == 0 || len(outs[0].Generated) == 0 {
		return missing(op, "no results to compare")
	}
	first := outs[0]
	cols := columns(len(outs), 6)
	const between = 12
	w := crisp(min(256, (1600-2*margin-120)/(cols+1)-between))
	var rows []row
	for from := 0; from < len(outs); from += cols {
		to := min(from+cols, len(outs))
		lines := max(len(first.Generated), len(first.Given))
		for i := range lines {
			r := row{cells: []*cell{nil}}
			if i == 0 && from > 0 {
				r.space = gap
			}
			if from == 0 && i < len(first.Given) {
				c := valueOf(op, first.Sample, first.Given[i], -w)
				c.title = "given: " + c.title
				r.cells[0] = c
			}
			if i < len(first.Generated) {
				m := modality.Need(op, first.Generated[i])
				r.name, r.tint = m.Name, colorOf(m.Name)
				// One range for all seeds, so that they can be compared.
				o := panelOptions{op: op, w: w, plain: true}
				var all []*fourm.Picture
				for _, out := range outs {
					p, _ := out.Sample.Values[m.Name].(*fourm.Picture)
					all = append(all, p)
				}
				o.share(m, all...)
				for k := from; k < to; k++ {
					// An interrupt may have left the last result unfinished.
					if i >= len(outs[k].Generated) {
						r.cells = append(r.cells, nil)
						continue
					}
					need(op, outs[k].Generated[i] == m.Name, "result %d was made by another plan", k)
					c := valueIn(outs[k].Sample, m.Name, o)
					c.title = ""
					if i == 0 {
						c.title = fmt.Sprintf("seed %d", k)
					}
					r.cells = append(r.cells, c)
				}
			}
			rows = append(rows, r)
		}
	}
	return sheet(op, between, rows...).Titled(human.Count(len(outs), "variation") + " of one condition")
}
