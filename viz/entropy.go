package viz

// How unsure a model is of each token before any is drawn.

import (
	"fmt"
	"image"
	"math"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(e fourm.Entropy) []byte { return Entropy(e).PNG() }) }

// Entropy draws what the model is given, what the likeliest tokens decode to, and the
// entropy of every token, in nats; known ones are hatched. Of a text it draws the
// likeliest words, the darker the less sure, with their probabilities.
func Entropy(e fourm.Entropy) *Figure {
	const op = "viz.Entropy"
	if len(e.Nats) == 0 {
		return missing(op, "no token to be unsure of")
	}
	m := modality.Need(op, e.Target)
	title := fmt.Sprintf("Entropy of %s before it is drawn: %.2f nats a token", m.Name, e.Mean())
	if m.Kind != modality.Image {
		words := wordsOf(e.Tokens)
		for i := range words {
			col := viridis(1 - e.Nats[min(i, len(e.Nats)-1)]/math.Log(float64(max(e.Vocab, 2))))
			words[i].tint, words[i].solid, words[i].ink = col, true, over(col)
			words[i].sub = fmt.Sprintf("%.2f", e.P[min(i, len(e.P)-1)])
		}
		c := chipsPanel(words, 1100)
		c.note = "below: probability of the word; darker: less sure"
		return sheet(op, gap, row{name: m.Name, tint: colorOf(m.Name), cells: []*cell{c}}).Titled(title)
	}
	t := e.Tokens
	checkTokens(op, t)
	need(op, len(e.Nats) == t.Rows*t.Cols, "%d entropies for a grid of %dx%d", len(e.Nats), t.Rows, t.Cols)
	const w = 320
	var cells []*cell
	for _, name := range e.Plan.Given {
		if mod, ok := modality.Find(name); ok && e.Sample.Has(mod.Name) && len(cells) < 3 {
			c := framed(valueOf(op, e.Sample, mod.Name, -w))
			c.title = mod.Name
			cells = append(cells, c)
		}
	}
	if e.Value != nil {
		c := panel(m, e.Value, panelOptions{op: op, w: w, plain: true})
		c.title = "likeliest " + m.Name
		cells = append(cells, c)
	}
	most := 0.0
	for _, x := range e.Nats {
		most = max(most, x)
	}
	known := func(i int) bool { return i < len(e.Known) && e.Known[i] }
	heated := &cell{w: w, h: max(1, w*t.Rows/t.Cols), draw: func(c canvas, r image.Rectangle) {
		for i, x := range e.Nats {
			q := cellOf(r, t.Rows, t.Cols, i/t.Cols, i%t.Cols)
			if known(i) {
				c.hatch(q, rule)
			} else {
				c.rect(q, viridis(x/max(most, 1e-9)))
			}
		}
		c.frame(r, 1, rule)
	}}
	heated.title, heated.note = "entropy", fmt.Sprintf("of %.1f nats at most", math.Log(float64(max(e.Vocab, 1))))
	return sheet(op, gap, row{cells: append(cells, under(heated, viridis, 0, most, " nats"))}).Titled(title)
}

// under puts a colour bar under a panel.
func under(p *cell, cm colormap, lo, hi float64, unit string) *cell {
	h, body := p.h, p.draw
	q := *p
	q.h = h + 34
	q.draw = func(c canvas, r image.Rectangle) {
		r.Max.Y = r.Min.Y + h
		body(c, r)
		colorBar(c, image.Rect(r.Min.X, r.Max.Y+12, r.Max.X, r.Max.Y+34), cm, lo, hi, unit)
	}
	return &q
}
