package viz

// What one query of one head looks at, over the tokens of every modality.

import (
	"fmt"
	"image"
	"image/color"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(a fourm.Attention) []byte { return Attention(a).PNG() }) }

// Attention draws how one head shares its attention out, as m.Attention gives
// it: the query, marked; over each modality how much each of its tokens gets;
// and how much each modality gives to each other one, the mean over its
// tokens. a.At("rgb", 2, 3) chooses another query.
func Attention(a fourm.Attention) *Figure {
	const op = "viz.Attention"
	if len(a.Keys) == 0 || len(a.Queries) == 0 || len(a.Weights) == 0 {
		return missing(op, "no attention: nothing was looked at")
	}
	keys, queries := a.Keys[len(a.Keys)-1].To, a.Queries[len(a.Queries)-1].To
	need(op, len(a.Weights) == keys*queries, "%d weights for %d queries and %d keys", len(a.Weights), queries, keys)
	need(op, a.Query >= 0 && a.Query < queries, "query %d, expected 0 to %d", a.Query, queries-1)
	given := a.Row(a.Query)
	top := float32(0)
	for _, w := range given {
		top = max(top, w)
	}
	var cells []*cell
	const w = 256
	for _, q := range a.Queries {
		if a.Query >= q.From && a.Query < q.To {
			c := stripPanel(op, a, q, w, nil, 0, a.Query-q.From)
			c.title = "query: " + stripName(q)
			c.note = "in the red frame"
			cells = append(cells, c)
		}
	}
	for _, k := range a.Keys {
		sum := float32(0)
		for _, v := range given[k.From:k.To] {
			sum += v
		}
		mark := -1
		if !a.Decoder && a.Query >= k.From && a.Query < k.To {
			mark = a.Query - k.From
		}
		c := stripPanel(op, a, k, w, given[k.From:k.To], top, mark)
		c.title = "over " + stripName(k)
		c.note = fmt.Sprintf("%.1f %% of the attention", 100*sum)
		cells = append(cells, c)
	}
	side := "encoder"
	if a.Decoder {
		side = "decoder, over the encoder's tokens"
	}
	rows := fold(cells, columns(len(cells), 5))
	bar := &cell{title: "attention that a token gets", w: 420, h: 30, draw: func(c canvas, r image.Rectangle) {
		colorBar(c, r, viridis, 0, 100*float64(top), " %")
	}}
	sums, names, from := a.Sums(), []string{}, []string{}
	for _, k := range a.Keys {
		names = append(names, stripName(k))
	}
	for _, q := range a.Queries {
		from = append(from, stripName(q))
	}
	t := heat{rows: from, cols: names, side: "queries", over: "looked at", w: min(max(560/len(names), 44), 120), h: min(max(420/len(from), 34), 64), at: func(i, j int) (string, string, color.RGBA) {
		v := sums[i][j]
		return fmt.Sprintf("%.0f", 100*v), "", viridis(v)
	}}
	table := t.panel()
	table.title = "of a row's attention, mean over its queries, %"
	rows = append(rows, across(beside([]*cell{bar, table}, 1400)))
	return sheet(op, gap, rows...).Titled(fmt.Sprintf("Attention of layer %d (%s), head %d", a.Layer, side, a.Head))
}

// across gives a row of one cell that runs across the columns, whose widths it
// leaves as they are.
func across(c *cell) row {
	c.span, c.w = c.w, 0
	return row{cells: []*cell{c}}
}

func stripName(s fourm.Strip) string {
	if s.Modality == "" {
		return s.Domain
	}
	if m, ok := modality.Find(s.Modality); ok && m.Pixels && s.Domain != m.Name {
		return m.Name + " tokens"
	}
	return s.Modality
}

// stripPanel draws a run of tokens: an image's over its picture, a text's as
// words; shares colours them, mark frames one.
func stripPanel(op string, a fourm.Attention, s fourm.Strip, w int, shares []float32, top float32, mark int) *cell {
	shade := func(i int) color.RGBA {
		if top <= 0 {
			return viridis(0)
		}
		return viridis(float64(shares[i] / top))
	}
	if s.Rows < 2 {
		var ws []word
		for i := range s.To - s.From {
			k := word{text: fmt.Sprint(i), tint: colorOf(s.Domain)}
			if i < len(s.Words) {
				k.text = s.Words[i]
			}
			if shares != nil {
				k.tint, k.solid, k.ink = shade(i), true, over(shade(i))
			}
			k.framed = i == mark
			ws = append(ws, k)
		}
		c := chipsPanel(ws, w)
		c.w = w
		return c
	}
	c := &cell{w: w, h: max(1, w*s.Rows/s.Cols), draw: func(k canvas, r image.Rectangle) { k.rect(r, faint) }}
	m := modality.Need(op, s.Modality)
	if p := picture(m, a.Sample.Values[s.Modality]); p != nil {
		c = picturePanel(m, p, panelOptions{op: op, w: w, plain: true})
	}
	under := c.draw
	c.draw = func(k canvas, r image.Rectangle) {
		under(k, r)
		if shares != nil {
			drained(k, r)
			for i := range s.Rows * s.Cols {
				col := shade(i)
				k.rect(cellOf(r, s.Rows, s.Cols, i/s.Cols, i%s.Cols), color.NRGBA{col.R, col.G, col.B, 205})
			}
		}
		k.frame(r, 1, rule)
		if mark >= 0 {
			q := cellOf(r, s.Rows, s.Cols, mark/s.Cols, mark%s.Cols)
			k.frame(q.Inset(-5), 8, white) // red alone is lost on red
			k.frame(q.Inset(-3), 4, red)
		}
	}
	return c
}

// drained takes the colours out of a region, so that those laid over it read.
func drained(c canvas, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := c.RGBAAt(x, y)
			g := uint8((299*int(p.R) + 587*int(p.G) + 114*int(p.B)) / 1000)
			c.SetRGBA(x, y, color.RGBA{g, g, g, 255})
		}
	}
}
