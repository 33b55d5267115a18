package viz

// A table of coloured numbers, for what is shared out or scored between two
// lists of things.

import (
	"image"
	"image/color"
	"image/draw"
)

// heat is a table: at says what stands in a cell and its colour.
type heat struct {
	rows, cols []string
	over, side string // what the columns and the rows are
	at         func(i, j int) (text, sub string, col color.RGBA)
	w, h       int // of a cell
}

// panel draws the table under its column names, beside its row names.
func (t heat) panel() *cell {
	left, top := 0, title.height()
	for _, s := range t.rows {
		left = max(left, body.width(shorten(s, body, 260)))
	}
	upright := false
	for _, s := range t.cols {
		upright = upright || body.width(s) > t.w-8
	}
	if upright {
		top = 0
		for _, s := range t.cols {
			top = max(top, body.width(shorten(s, body, 220)))
		}
	}
	left, top = left+14, top+10
	if t.side != "" {
		left += note.height() + 8
	}
	if t.over != "" {
		top += note.height() + 6
	}
	w, h := t.w*len(t.cols), t.h*len(t.rows)
	size := t.size()
	return &cell{w: left + w, h: top + h, draw: func(c canvas, r image.Rectangle) {
		at := image.Rect(r.Min.X+left, r.Min.Y+top, r.Min.X+left+w, r.Min.Y+top+h)
		c.text(at.Min.X+max(0, (w-note.width(t.over))/2), r.Min.Y, t.over, note)
		c.upright(r.Min.X, at.Min.Y+(h+note.width(t.side))/2, t.side, note)
		for i, s := range t.rows {
			s = shorten(s, body, 260)
			c.text(at.Min.X-12-body.width(s), at.Min.Y+i*t.h+(t.h-body.ascent()-body.descent())/2, s, body)
		}
		for j, s := range t.cols {
			q := image.Rect(at.Min.X+j*t.w, r.Min.Y, at.Min.X+(j+1)*t.w, at.Min.Y-8)
			if upright {
				s = shorten(s, body, 220)
				c.upright(q.Min.X+(t.w-body.ascent()-body.descent())/2, q.Max.Y, s, body)
			} else {
				c.text(q.Min.X+(t.w-body.width(s))/2, q.Max.Y-body.height(), s, body)
			}
		}
		for i := range t.rows {
			for j := range t.cols {
				q := cellOf(at, len(t.rows), len(t.cols), i, j)
				text, sub, col := t.at(i, j)
				if col.A == 0 {
					c.hatch(q, faint)
					continue
				}
				c.rect(q, col)
				number, under := typeface{size, false, over(col)}, typeface{16, false, over(col)}
				if size == 0 {
					text = ""
				}
				if size == 0 || sub == "" || under.width(sub) > t.w-6 {
					c.centred(q, text, number)
					continue
				}
				c.centred(image.Rect(q.Min.X, q.Min.Y+t.h/2-number.height(), q.Max.X, q.Min.Y+t.h/2+2), text, number)
				c.centred(image.Rect(q.Min.X, q.Min.Y+t.h/2, q.Max.X, q.Min.Y+t.h/2+under.height()+2), sub, under)
			}
		}
		c.grid(at, len(t.rows), len(t.cols), 2, white)
		c.frame(at, 1, rule)
	}}
}

// size gives the largest size in which every number fits its cell, 0 where
// there is none.
func (t heat) size() int {
	for _, size := range []int{body.size, 20, 18, 16, 14} {
		f, fits := typeface{size: size}, size+6 <= t.h
		for i := range t.rows {
			for j := range t.cols {
				text, _, _ := t.at(i, j)
				fits = fits && f.width(text) <= t.w-10
			}
		}
		if fits {
			return size
		}
	}
	return 0
}

// upright writes one line that is read from below; its lower left corner is
// at x, y.
func (c canvas) upright(x, y int, s string, t typeface) {
	if s == "" {
		return
	}
	w, h := t.width(s)+2, t.ascent()+t.descent()
	line := canvas{image.NewRGBA(image.Rect(0, 0, w, h))}
	line.text(0, 0, s, t)
	turned := image.NewRGBA(image.Rect(0, 0, h, w))
	for i := range h {
		for j := range w {
			turned.SetRGBA(i, w-1-j, line.RGBAAt(j, i))
		}
	}
	draw.Draw(c.RGBA, image.Rect(x, y-w, x+h, y), turned, image.Point{}, draw.Over)
}
