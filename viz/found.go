package viz

// What a search at test time found.

import (
	"fmt"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(f fourm.Found) []byte { return Found(f).PNG() }) }

// Found draws the best results of a search, with their scores: a row a generated
// modality, a column a result.
func Found(f fourm.Found) *Figure {
	const op = "viz.Found"
	if len(f.Results) == 0 {
		return missing(op, "nothing was found")
	}
	n := min(len(f.Results), 6)
	w := min(240, 1500/n-16)
	var rows []row
	for _, name := range f.Results[0].Generated {
		m := modality.Need(op, name)
		r := row{name: m.Name, tint: colorOf(m.Name)}
		for i, x := range f.Results[:n] {
			var c *cell
			if x.Sample.Has(name) {
				c = valueOf(op, x.Sample, name, -w)
				c.title = ""
				if len(rows) == 0 {
					c.title = fmt.Sprintf("%d: %.3g", i+1, f.Scores[i])
				}
			}
			r.cells = append(r.cells, c)
		}
		rows = append(rows, r)
	}
	return sheet(op, 16, rows...).Titled(fmt.Sprintf("The best of %d%s, by score", f.Tried, of(f.Results[0].Sample)))
}
