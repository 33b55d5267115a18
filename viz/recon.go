package viz

// Predictions beside the truth: of what a mask hid, of whole modalities, and
// of one picture with its errors.

import (
	"fmt"
	"image"
	"math"
	"strings"

	"fourmlab/fourm"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// Recon draws one row a modality: what the model was given of the sample s,
// what it made of the whole, and the truth.
func Recon(s fourm.Sample, mk fourm.Masked, out fourm.Sample) *Figure {
	const op = "viz.Recon"
	var rows []row
	done := map[string]bool{}
	for _, p := range mk.Parts {
		m := modality.Need(op, p.Domain)
		pred, ok := out.Values[m.Name]
		if !ok || done[m.Name] {
			continue
		}
		done[m.Name] = true
		const w = 288
		// Of a modality that is both pixels and tokens the part with inputs tells more.
		for _, q := range mk.Parts {
			if n, _ := modality.Find(q.Domain); n.Name == m.Name && q.Inputs() > p.Inputs() {
				p = q
			}
		}
		r := row{name: m.Name, tint: colorOf(m.Name)}
		if m.Kind != modality.Image {
			c := wordCells(p, w)[0]
			c.note = ""
			r.cells = append(r.cells, c)
		} else {
			checkPart(op, p)
			c := patches(op, s, m, p, p.Input, w)
			c.note = fmt.Sprintf("%d of %d", trues(p.Input), len(p.Input))
			r.cells = append(r.cells, c)
		}
		truth, known := s.Values[m.Name]
		r.cells = append(r.cells, pair(op, m, pred, truth, s, w, true)...)
		if len(rows) == 0 {
			r.cells[0].title, r.cells[1].title = "masked input", "prediction"
			if known {
				r.cells[2].title = "truth"
			}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return missing(op, "none of the masked modalities was predicted")
	}
	return sheet(op, gap, rows...).Titled("Reconstruction" + of(s))
}

// pair gives a prediction, its score below it, and the truth where it is
// known, both in the range of the truth.
func pair(op string, m modality.Modality, pred, truth any, s fourm.Sample, w int, tight bool) []*cell {
	o := panelOptions{op: op, w: w, under: background(s), tight: tight}
	a, b := picture(m, pred), picture(m, truth)
	if a != nil && b != nil {
		o.share(m, b)
	}
	out := []*cell{panel(m, pred, o)}
	switch {
	case a != nil && b != nil && a.H == b.H && a.W == b.W && a.C == b.C:
		out[0].note = score(m, b, a)
	case structured(pred) && structured(truth):
		out[0].note = score(m, truth, pred)
	}
	if truth != nil {
		out = append(out, panel(m, truth, o))
	}
	return out
}

// score is what stands under a prediction: the metric that tables of the modality
// have. It is empty where the two cannot be compared.
func score(m modality.Modality, truth, pred any) (text string) {
	var cannot error
	defer fault.Catch(&cannot)
	by := metric.For(m)[0]
	return by.Text(by.Sample(truth, pred))
}

// structured tells whether a value is drawn as a picture though it is none.
func structured(v any) bool {
	switch v.(type) {
	case []modality.Box, modality.Palette:
		return true
	}
	return false
}

// Predict draws what a plan was given and, in columns, every modality that it
// predicted over the truth. Modalities that truth lacks stand alone.
func Predict(out fourm.Result, truth fourm.Sample) *Figure {
	const op = "viz.Predict"
	if len(out.Generated) == 0 {
		return missing(op, "the result has no generated modality")
	}
	cols := columns(len(out.Given)+len(out.Generated), 5)
	w := width(cols)
	var top, bottom []*cell
	for _, n := range out.Given {
		c := valueOf(op, out.Sample, n, w)
		c.title = modality.Need(op, n).Name + ", given"
		top, bottom = append(top, c), append(bottom, nil)
	}
	known := false
	for _, n := range out.Generated {
		m := modality.Need(op, n)
		pred, ok := out.Sample.Values[m.Name]
		if !ok {
			pred = out.Sample.Tokens(m.Name)
		}
		// Predicted boxes belong on the picture that is known to be true.
		on := truth
		if background(on) == nil {
			on = out.Sample
		}
		p := pair(op, m, pred, truth.Values[m.Name], on, w, false)
		p[0].title = m.Name + ", predicted"
		top, bottom = append(top, p[0]), append(bottom, nil)
		if len(p) > 1 {
			p[1].title = "truth"
			bottom[len(bottom)-1], known = p[1], true
		}
	}
	var rows []row
	for i, r := range fold(top, cols) {
		r.space = gap
		rows = append(rows, r)
		if under := fold(bottom, cols)[i]; known && anyCell(under.cells) {
			rows = append(rows, under)
		}
	}
	from := "nothing"
	if len(out.Given) > 0 {
		from = strings.Join(out.Given, " and ")
	}
	return sheet(op, gap, rows...).Titled("Predicted from " + from + of(out.Sample))
}

func anyCell(cs []*cell) bool {
	for _, c := range cs {
		if c != nil {
			return true
		}
	}
	return false
}

// Diff draws the truth a, the prediction b and where they differ, for
// pictures of the named modality. The error is the absolute difference (the
// angle for normals, right or wrong for labels, 1 minus the cosine for features),
// dark where there is none.
func Diff(a, b *fourm.Picture, name string) *Figure {
	const op = "viz.Diff"
	m := modality.Need(op, name)
	check(op, m, a)
	check(op, m, b)
	need(op, a.H == b.H && a.W == b.W && a.C == b.C, "truth is %dx%dx%d, prediction %dx%dx%d", a.H, a.W, a.C, b.H, b.W, b.C)
	const w = 384
	p := pair(op, m, b, a, fourm.Sample{}, w, false)
	p[0].title, p[1].title = "prediction", "truth"
	about := ""
	if p[0].note != "" {
		about = ": " + p[0].note
	}
	p[0].note = ""
	e, top, unit := errorsOf(m, a, b)
	h := w * a.H / a.W
	c := &cell{title: "error", w: w, h: h + 34, draw: func(c canvas, r image.Rectangle) {
		r.Max.Y = r.Min.Y + h
		im := image.NewRGBA(image.Rect(0, 0, a.W, a.H))
		for i, v := range e {
			col := unknown
			if v >= 0 {
				col = inferno(v / top)
			}
			im.SetRGBA(i%a.W, i/a.W, col)
		}
		c.picture(r, im, true)
		colorBar(c, image.Rect(r.Min.X, r.Max.Y+12, r.Max.X, r.Max.Y+34), inferno, 0, top, unit)
	}}
	return sheet(op, gap, row{cells: []*cell{p[1], p[0], c}}).Titled("Error of " + m.Name + about)
}

// errorsOf gives the error of each pixel, -1 where the truth is not known, the
// largest of them, and the unit that they are in.
func errorsOf(m modality.Modality, a, b *fourm.Picture) (e []float64, top float64, unit string) {
	e = metric.Errors(m, a, b)
	for i, v := range e {
		if math.IsNaN(v) {
			e[i] = -1
		}
		top = max(top, e[i])
	}
	return e, max(top, 1e-9), metric.ErrorUnit(m)
}
