package viz

// What a cycle through modalities keeps.

import (
	"fmt"
	"strings"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(c fourm.Consistency) []byte { return Consistency(c).PNG() }) }

// Consistency draws the beginning of a cycle, what each leg made, and how near the end
// is to the beginning.
func Consistency(c fourm.Consistency) *Figure {
	const op = "viz.Consistency"
	if len(c.Legs) == 0 {
		return missing(op, "no leg was carried out")
	}
	w := min(288, 1500/(len(c.Legs)+1))
	names := strings.Split(c.Task, "->")
	first := modality.Need(op, strings.TrimSpace(names[0]))
	start := framed(valueOf(op, c.Sample, first.Name, -w))
	start.title = first.Name
	cells := []*cell{start}
	for _, leg := range c.Legs {
		for _, name := range leg.Generated {
			if !leg.Sample.Has(name) {
				continue
			}
			v := valueOf(op, leg.Sample, name, -w)
			v.title, v.joint = name, "arrow"
			cells = append(cells, v)
		}
	}
	if last := cells[len(cells)-1]; len(c.Rows) > 0 {
		last.note = fmt.Sprintf("%s %.3g", c.Rows[0].Metric, c.Rows[0].Value)
		if len(c.Codes) > 0 {
			last.note += fmt.Sprintf("; its tokens alone %.3g", c.Codes[0].Value)
		}
	}
	return sheet(op, gap, row{cells: cells}).Titled("There and back" + of(c.Sample))
}
