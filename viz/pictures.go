package viz

// Pictures of one modality side by side, each with what it is.

import (
	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// Pictures draws pictures of the named modality beside each other, on one scale,
// each under its label.
func Pictures(name string, labels []string, pics ...*fourm.Picture) *Figure {
	const op = "viz.Pictures"
	m := modality.Need(op, name)
	need(op, len(pics) > 0, "no pictures")
	need(op, len(labels) == len(pics), "%d labels for %d pictures", len(labels), len(pics))
	w := min(384, 1500/len(pics))
	o := panelOptions{op: op, w: w}
	for _, p := range pics {
		check(op, m, p)
	}
	o.share(m, pics...)
	r := row{}
	for i, p := range pics {
		c := picturePanel(m, p, o)
		c.title = labels[i]
		r.cells = append(r.cells, c)
	}
	return sheet(op, gap, r).Titled(m.Name)
}
