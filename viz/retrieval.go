package viz

// What a model finds when it is asked for samples like one.

import (
	"fmt"
	"strings"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(r fourm.Retrieval) []byte { return Retrieval(r).PNG() }) }

// Retrieval draws a sample and those that are nearest to it, as m.Retrieve
// finds them: rows are the modalities that were compared and the picture,
// columns the query and what was found, with its cosine.
func Retrieval(r fourm.Retrieval) *Figure {
	const op = "viz.Retrieval"
	if len(r.Found) == 0 {
		return missing(op, "nothing was found")
	}
	need(op, len(r.Scores) == len(r.Found), "%d scores for %d samples", len(r.Scores), len(r.Found))
	cols := columns(len(r.Found), 6)
	names := append([]string(nil), r.By...)
	// Text alone is hard to compare at a glance: the picture stands with it.
	if len(names) > 0 && !anyImage(names) && background(r.Query) != nil && r.Query.Has("rgb") {
		names = append(names, "rgb")
	}
	w := crisp(min(224, (1600-2*margin-150)/(cols+1)-14))
	var rows []row
	for from := 0; from < len(r.Found); from += cols {
		for i, n := range names {
			m := modality.Need(op, n)
			line := row{name: m.Name, tint: colorOf(m.Name), cells: []*cell{nil}}
			if i == 0 && from > 0 {
				line.space = gap
			}
			if from == 0 && r.Query.Has(m.Name) {
				c := framed(valueOf(op, r.Query, m.Name, -w))
				c.title = ""
				if i == 0 {
					c.title = "query"
				}
				line.cells[0] = c
			}
			for k := from; k < min(from+cols, len(r.Found)); k++ {
				var c *cell
				if r.Found[k].Has(m.Name) {
					c = valueOf(op, r.Found[k], m.Name, -w)
				} else {
					c = &cell{w: w, h: w, draw: blank}
				}
				c.title = ""
				if i == 0 {
					c.title = fmt.Sprintf("%d: %.2f", k+1, r.Scores[k])
				}
				line.cells = append(line.cells, c)
			}
			rows = append(rows, line)
		}
	}
	f := sheet(op, 14, rows...)
	return f.Titled(fmt.Sprintf("Nearest of %d samples by %s, cosine of the encoder's mean output", r.Of, strings.Join(r.By, " and ")))
}

func anyImage(names []string) bool {
	for _, n := range names {
		if m, ok := modality.Find(n); ok && m.Kind == modality.Image {
			return true
		}
	}
	return false
}
