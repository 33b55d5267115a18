package viz

// Token maps: one coloured square an id, or one chip a word.

import (
	"fmt"
	"image"
	"image/color"
	"sort"
	"strconv"

	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

// checkTokens panics where the ids do not fill the grid.
func checkTokens(op string, t modality.Tokens) {
	modality.Need(op, t.Modality)
	if t.Words != nil {
		return
	}
	need(op, t.Rows >= 0 && t.Cols >= 0 && t.Rows*t.Cols == len(t.IDs), "%s: %d ids for a grid of %dx%d", t.Modality, len(t.IDs), t.Rows, t.Cols)
}

func init() { shows(func(t modality.Tokens) []byte { return Tokens(t).PNG() }) }

// Tokens draws a token map: a coloured square an id, the same colour for the
// same id, with the commonest ids beside it. Ids of -1 are hatched: they are
// not decided. A sequence is drawn as a row of words.
func Tokens(t modality.Tokens) *Figure {
	const op = "viz.Tokens"
	if t.Modality == "" && len(t.IDs) == 0 {
		return missing(op, "no tokens")
	}
	checkTokens(op, t)
	if len(t.IDs) == 0 && len(t.Words) == 0 {
		return missing(op, fmt.Sprintf("%s: no tokens", t.Modality))
	}
	if t.Words != nil {
		const most = 400 // words that anybody reads
		ws, n := wordsOf(t), len(t.Words)
		if n > most {
			ws = append(ws[:most], word{text: fmt.Sprintf("and %d more", n-most), hollow: true})
		}
		c := chipsPanel(ws, 1400)
		return sheet(op, gap, row{cells: []*cell{c}}).Titled(fmt.Sprintf("Tokens of %s: %d, ids below", t.Modality, len(t.Words)))
	}
	c := tokenPanel(folded(t), min(max(64*folded(t).Cols, 384), 896), nil)
	c.title = "a colour an id"
	return sheet(op, gap, row{cells: []*cell{c, legend(t)}}).Titled(fmt.Sprintf("Tokens of %s, %dx%d", t.Modality, t.Rows, t.Cols))
}

// folded breaks a long row of tokens into lines, so that each is seen; what is
// left of the last line is -2.
func folded(t modality.Tokens) modality.Tokens {
	const line = 32
	if t.Rows != 1 || t.Cols <= line {
		return t
	}
	t.Rows, t.Cols = (t.Cols+line-1)/line, line
	ids := append([]int(nil), t.IDs...)
	for len(ids) < t.Rows*line {
		ids = append(ids, -2)
	}
	t.IDs = ids
	return t
}

// tokenPanel draws the grid; fresh, where given, marks the tokens to outline.
func tokenPanel(t modality.Tokens, w int, fresh []bool) *cell {
	if t.Words != nil || t.Rows*t.Cols == 0 {
		return textPanel(t.Text(), w, true)
	}
	h := max(1, w*t.Rows/t.Cols)
	return &cell{w: w, h: h, draw: func(c canvas, r image.Rectangle) {
		text := typeface{size: 19}
		fits := r.Dx()/t.Cols >= 48
		for i := range t.Rows {
			for j := range t.Cols {
				q, id := cellOf(r, t.Rows, t.Cols, i, j), t.At(i, j)
				if id < 0 {
					if id == -1 {
						c.hatch(q, rule)
					}
					continue
				}
				col := tokenColor(id)
				c.rect(q, col)
				if fits {
					c.centred(q, strconv.Itoa(id), text.in(over(col)))
				}
			}
		}
		c.grid(r, t.Rows, t.Cols, 2, white)
		c.frame(r, 1, rule)
		for k, f := range fresh {
			if f && k < len(t.IDs) {
				c.frame(cellOf(r, t.Rows, t.Cols, k/t.Cols, k%t.Cols).Inset(-1), 3, ink)
			}
		}
	}}
}

// legend lists the eight commonest ids.
func legend(t modality.Tokens) *cell {
	use := map[int]int{}
	for _, id := range t.IDs {
		use[id]++
	}
	open := use[-1]
	delete(use, -1)
	var ids []int
	for id := range use {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return use[ids[i]] > use[ids[j]] || use[ids[i]] == use[ids[j]] && ids[i] < ids[j] })
	tail := human.Count(len(ids), "different id")
	n := min(len(ids), 8)
	const line = 36
	return &cell{title: "commonest", w: max(170, note.width(tail)), h: (n + 2) * line, draw: func(c canvas, r image.Rectangle) {
		y := r.Min.Y
		item := func(name string, k int) {
			c.text(r.Min.X+40, y+2, name, body)
			c.text(r.Min.X+110, y+4, fmt.Sprintf("× %d", k), note)
			y += line
		}
		for _, id := range ids[:n] {
			c.rect(image.Rect(r.Min.X, y, r.Min.X+28, y+28), tokenColor(id))
			item(strconv.Itoa(id), use[id])
		}
		if open > 0 {
			q := image.Rect(r.Min.X, y, r.Min.X+28, y+28)
			c.hatch(q, rule)
			c.frame(q, 1, rule)
			item("open", open)
		}
		c.text(r.Min.X, y+2, tail, note)
	}}
}

// TokensOn draws the token grid over the picture that the tokens stand for,
// ids printed where they fit.
func TokensOn(p *modality.Picture, t modality.Tokens) *Figure {
	const op = "viz.TokensOn"
	need(op, p != nil, "the picture is nil")
	checkTokens(op, t)
	need(op, t.Words == nil && len(t.IDs) > 0, "%s: the tokens lie on no grid", t.Modality)
	m, _ := modality.Find(t.Modality)
	w := min(max(64*t.Cols, 512), 1024)
	c := picturePanel(m, p, panelOptions{op: op, w: w, plain: true})
	pic := c.draw
	c.draw = func(k canvas, r image.Rectangle) {
		pic(k, r)
		k.grid(r, t.Rows, t.Cols, 2, color.NRGBA{255, 255, 255, 102})
		for i, id := range t.IDs {
			q := cellOf(r, t.Rows, t.Cols, i/t.Cols, i%t.Cols)
			s := typeface{18, false, white}
			if id < 0 {
				k.rect(q, color.NRGBA{255, 255, 255, 190})
			} else if text := strconv.Itoa(id); s.width(text)+12 <= q.Dx() {
				tag := image.Rect(q.Min.X+2, q.Min.Y+2, q.Min.X+s.width(text)+12, q.Min.Y+25)
				k.round(tag, 4, color.NRGBA{0, 0, 0, 120})
				k.centred(tag, text, s)
			}
		}
	}
	return sheet(op, gap, row{cells: []*cell{c}}).Titled(fmt.Sprintf("Tokens of %s, %dx%d", t.Modality, t.Rows, t.Cols))
}
