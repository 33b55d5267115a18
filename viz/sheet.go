package viz

// Layout: panels in rows and columns, a title over and a note under each.

import (
	"image"
	"image/color"
)

// margin is the white around a figure, gap that between panels, in pixels.
const (
	margin = 24
	gap    = 28

	longest   = 240 // of an upright title
	narrowest = 480 // a heading needs some room, however little is under it
)

// cell is one panel: its title, its body of w x h pixels, and a small note.
type cell struct {
	title, note string
	w, h        int
	draw        func(c canvas, r image.Rectangle)
	joint       string // what stands in the gap before it: "", "arrow" or "+"
	span        int    // width of a body that runs across the columns; w is 0 then
}

// row is a line of cells; a nil cell leaves its place free.
type row struct {
	name, sub string     // written to the left
	tint      color.RGBA // of the name
	cells     []*cell
	space     int // extra white above
}

// head gives the title in lines.
func (c *cell) head() []string {
	if c == nil || c.title == "" || c.narrow() {
		return nil
	}
	return wrap(c.title, title, max(c.w, c.span), 2)
}

// narrow tells whether the title must stand upright over its panel.
func (c *cell) narrow() bool { return c.span == 0 && c.w < 100 && title.width(c.title) > c.w }

// foot gives the note in lines.
func (c *cell) foot() []string {
	if c == nil || c.note == "" {
		return nil
	}
	return wrap(c.note, note, max(c.w, c.span), 3)
}

// sheet lays rows out with common columns and draws them.
func sheet(kind string, between int, rows ...row) *Figure {
	var wide []int
	side := 0
	for _, r := range rows {
		for j, c := range r.cells {
			if j == len(wide) {
				wide = append(wide, 0)
			}
			if c != nil {
				wide[j] = max(wide[j], c.w)
			}
		}
		side = max(side, strong.width(r.name), note.width(r.sub))
	}
	if side > 0 {
		side += gap * 2 / 3
	}
	w := 2*margin + side
	for j, x := range wide {
		w += x
		if j > 0 {
			w += between
		}
	}
	for _, r := range rows {
		for _, c := range r.cells {
			if c != nil && c.span > 0 {
				w = max(w, 2*margin+side+c.span)
			}
		}
	}
	w = max(w, narrowest)
	h := 2 * margin
	type size struct{ head, body, foot int }
	var sizes []size
	for i, r := range rows {
		var s size
		for _, c := range r.cells {
			if c == nil {
				continue
			}
			s.head = max(s.head, len(c.head())*title.height())
			if c.narrow() {
				s.head = max(s.head, title.width(shorten(c.title, title, longest)))
			}
			s.body = max(s.body, c.h)
			s.foot = max(s.foot, len(c.foot())*note.height())
		}
		if s.head > 0 {
			s.head += 6
		}
		if s.foot > 0 {
			s.foot += 8
		}
		sizes = append(sizes, s)
		h += s.head + s.body + s.foot
		if i > 0 {
			h += gap*3/4 + r.space
		}
	}
	c := newCanvas(w, h)
	y := margin
	for i, r := range rows {
		if i > 0 {
			y += gap*3/4 + r.space
		}
		s := sizes[i]
		if r.name != "" {
			top := y + s.head + s.body/2 - strong.height()/2
			if r.sub != "" {
				top -= note.height() / 2
			}
			c.text(margin, top, r.name, strong.in(r.tint))
			c.text(margin, top+strong.height(), r.sub, note)
		} else if r.sub != "" {
			c.text(margin, y+s.head+s.body/2-note.height()/2, r.sub, note)
		}
		x := margin + side
		for j, p := range r.cells {
			if j > 0 {
				x += between
			}
			if p != nil {
				at := image.Rect(x, y+s.head, x+max(p.w, p.span), y+s.head+p.h)
				if p.narrow() {
					c.upright(x+(p.w-title.height())/2, at.Min.Y-6, shorten(p.title, title, longest), title)
				}
				c.lines(x, at.Min.Y-6-len(p.head())*title.height(), p.head(), title)
				c.lines(x, at.Max.Y+8, p.foot(), note)
				mid := y + s.head + s.body/2
				switch p.joint {
				case "arrow":
					c.arrow(x-between+10, x-10, mid, gray)
				case "+":
					c.centred(image.Rect(x-between, mid-20, x, mid+20), "+", heading.in(gray))
				}
				p.draw(c, at)
			}
			x += wide[j]
		}
		y += s.head + s.body + s.foot
	}
	return &Figure{kind: kind, pixels: c.RGBA}
}

// columns gives how many of n panels go in a row of at most most, so that the
// rows are about equally long.
func columns(n, most int) int {
	rows := (n + most - 1) / most
	return (n + rows - 1) / max(rows, 1)
}

// fold breaks cells into rows of so many.
func fold(cells []*cell, cols int) []row {
	var out []row
	for len(cells) > 0 {
		k := min(cols, len(cells))
		out = append(out, row{cells: cells[:k]})
		cells = cells[k:]
	}
	return out
}
