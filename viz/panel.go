package viz

// The panel of one value: a picture by its look, boxes over the picture that
// they belong to, a caption in a box, a palette as bars.

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"fourmlab/fourm/modality"
)

// panelOptions say what a panel may need besides its own value.
type panelOptions struct {
	op     string            // the call, for errors
	w      int               // width of the body in pixels
	under  *modality.Picture // what boxes are drawn over; may be nil
	lo, hi float64           // common range of numbers on a scale; hi <= lo: the picture's own
	plain  bool              // no names and no colour bar: the panel is small
	tight  bool              // text panels are as high as their text
}

// share gives pictures that are compared one range, where their numbers lie on a
// scale.
func (o *panelOptions) share(m modality.Modality, ps ...*modality.Picture) {
	if displayOf(m.Look).ramp != nil {
		o.lo, o.hi = span(m, ps...)
	}
}

// background gives the colour picture of a sample, rgb before any other.
func background(s modality.Sample) *modality.Picture {
	for _, n := range append([]string{"rgb"}, s.Names()...) {
		m, _ := modality.Find(n)
		if look := m.Look.Spec(); !look.Smooth || look.Channels != 3 {
			continue // no colours
		}
		if p := picture(m, s.Values[n]); p != nil && len(p.Pix) > 0 {
			return p
		}
	}
	return nil
}

// picture gives the picture that a value is, nil where it is none.
func picture(m modality.Modality, v any) *modality.Picture {
	if p, ok := v.(*modality.Picture); ok {
		return p // whatever its numbers, which drawing it will check
	}
	p, _ := m.AsPicture(v)
	return p
}

// panel draws one value of a modality.
func panel(m modality.Modality, v any, o panelOptions) *cell {
	switch v := v.(type) {
	case *modality.Picture:
		if v == nil {
			return picturePanel(m, v, o)
		}
		switch x, _ := modality.NumbersOf(v.Pix); {
		case m.Kind == modality.Symbols && v.H == 1 && v.W > fewNumbers:
			return signalPanel(x, v.C, o.w, o.tight)
		case v.H*v.W == 1 && v.C > fewNumbers: // features of a whole picture
			return signalPanel(x, 1, o.w, o.tight)
		}
		return picturePanel(m, v, o)
	case image.Image:
		p, err := m.AsPicture(v)
		need(o.op, err == nil, "%v", err)
		return picturePanel(m, p, o)
	case []modality.Box:
		return boxPanel(v, o)
	case modality.Palette:
		return palettePanel(v, o)
	case modality.Tokens:
		return tokenPanel(v, o.w, nil)
	case string:
		return textPanel(v, o.w, o.tight)
	case []int:
		return textPanel(strings.Join(modality.Numerals(v), " "), o.w, o.tight)
	case []float32, []float64:
		if x, _ := modality.NumbersOf(v); len(x) > fewNumbers {
			return signalPanel(x, 1, o.w, o.tight)
		}
	case nil:
		need(o.op, false, "%q has no value", m.Name)
	}
	return textPanel(modality.Sample{Values: map[string]any{"": v}}.Text(""), o.w, o.tight)
}

func picturePanel(m modality.Modality, p *modality.Picture, o panelOptions) *cell {
	check(o.op, m, p)
	// A picture that is far from square gets no more room than is bearable.
	h, wide := max(16, o.w*p.H/p.W), o.w
	if h > o.w*3/2 {
		h = o.w * 3 / 2
		wide = max(16, h*p.W/p.H)
	}
	out := &cell{w: o.w, h: h}
	d, look := displayOf(m.Look), m.Look.Spec()
	if o.hi <= o.lo {
		o.share(m, p)
	}
	bar, legend := d.ramp != nil && !o.plain, look.Legend != "" && !o.plain
	if bar {
		out.h += 34
	}
	if legend {
		out.h += 34
	}
	im := colorsOf(m, p, o.lo, o.hi)
	out.draw = func(c canvas, r image.Rectangle) {
		r.Max.Y = r.Min.Y + h
		full := r
		r.Max.X = r.Min.X + wide
		c.picture(r, im, d.squares)
		if d.over != nil {
			d.over(c, r, m, p, o.plain)
		}
		if !d.squares {
			c.frame(r, 1, color.NRGBA{0, 0, 0, 40}) // white paper must not run into white pictures
		}
		y := r.Max.Y
		if bar {
			colorBar(c, image.Rect(full.Min.X, y+12, full.Max.X, y+34), d.ramp, o.lo, o.hi, unitOf(look))
			y += 34
		}
		if legend {
			c.text(full.Min.X, y+13, shorten(look.Legend, small, full.Dx()), small)
		}
	}
	return out
}

// unitOf gives the unit as it stands behind a number.
func unitOf(look modality.LookSpec) string {
	if look.Unit == "" {
		return ""
	}
	return " " + look.Unit
}

// colorBar draws a scale with its ends written on either side.
func colorBar(c canvas, r image.Rectangle, cm colormap, lo, hi float64, unit string) {
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		c.text(r.Min.X, r.Min.Y, "nothing known", small)
		return
	}
	a, b := strings.ReplaceAll(fmt.Sprintf("%.3g", lo), "-", "−"), fmt.Sprintf("%.3g%s", hi, unit)
	wa, wb := small.width(a), small.width(b)
	top := r.Min.Y + (r.Dy()-small.ascent()-small.descent())/2
	c.text(r.Min.X, top, a, small)
	c.text(r.Max.X-wb, top, b, small)
	x0, x1 := r.Min.X+wa+8, r.Max.X-wb-8
	for x := x0; x < x1; x++ {
		c.rect(image.Rect(x, r.Min.Y+5, x+1, r.Max.Y-5), cm(float64(x-x0)/float64(max(x1-x0-1, 1))))
	}
}

func boxPanel(bs []modality.Box, o panelOptions) *cell {
	h := o.w
	if o.under != nil {
		check(o.op, modality.Modality{Name: "rgb"}, o.under)
		h = max(1, o.w*o.under.H/o.under.W)
	}
	return &cell{w: o.w, h: h, draw: func(c canvas, r image.Rectangle) {
		if o.under != nil {
			c.picture(r, colorsOf(modality.Modality{}, o.under, 0, 0), false)
		} else {
			c.rect(r, faint)
		}
		c.frame(r, 1, color.NRGBA{0, 0, 0, 40})
		t, line := typeface{17, false, white}, 4
		if r.Dx() < 180 {
			t.size, line = 14, 3
		}
		rects := make([]image.Rectangle, len(bs))
		for i, b := range bs {
			fx := func(f float64) int { return r.Min.X + int(math.Round(min(max(f, 0), 1)*float64(r.Dx()))) }
			fy := func(f float64) int { return r.Min.Y + int(math.Round(min(max(f, 0), 1)*float64(r.Dy()))) }
			q := image.Rect(fx(b.X0), fy(b.Y0), fx(b.X1), fy(b.Y1))
			if q.Dx() < 6 || q.Dy() < 6 {
				q = q.Inset(-4).Intersect(r)
			}
			rects[i] = q
			c.frame(q, line, red)
		}
		var taken []image.Rectangle
		for i, b := range bs {
			if b.Class == "" {
				continue
			}
			text := shorten(b.Class, t, r.Dx()-16)
			w, h := t.width(text)+12, t.ascent()+t.descent()+2
			taken = append(taken, place(r, rects[i], w, h, taken))
			at := taken[len(taken)-1]
			c.rect(at, red)
			c.centred(at, text, t)
		}
	}}
}

// place finds room for a label of w x h at the box q inside r: above it,
// inside it, or below, in that order.
func place(r, q image.Rectangle, w, h int, taken []image.Rectangle) image.Rectangle {
	x := min(max(q.Min.X, r.Min.X), r.Max.X-w)
	first := image.Rectangle{}
	for _, y := range []int{q.Min.Y - h, q.Min.Y, q.Max.Y - h, q.Max.Y} {
		at := image.Rect(x, y, x+w, y+h)
		if !at.In(r) {
			continue
		}
		if first.Empty() {
			first = at
		}
		free := true
		for _, o := range taken {
			free = free && !at.Overlaps(o)
		}
		if free {
			return at
		}
	}
	if first.Empty() {
		first = image.Rect(x, r.Min.Y, x+w, r.Min.Y+h)
	}
	return first
}

func palettePanel(p modality.Palette, o panelOptions) *cell {
	return &cell{w: o.w, h: o.w, draw: func(c canvas, r image.Rectangle) {
		for i, col := range p {
			col.A = 255
			c.rect(cellOf(r, 1, len(p), 0, i), col)
		}
		if len(p) == 0 {
			c.centred(r, "no colours", note)
		}
		c.frame(r, 1, rule)
	}}
}

// textPanel wraps text in a thin box: a square among pictures, or tight.
func textPanel(s string, w int, tight bool) *cell {
	t := body
	pad := 14
	switch {
	case w < 180:
		t, pad = typeface{16, false, ink}, 9
	case w < 260:
		t = typeface{19, false, ink}
	}
	if strings.TrimSpace(s) == "" {
		s, t = "empty", t.in(gray)
	}
	lines := wrap(s, t, w-2*pad, max(1, (w-2*pad)/t.height()))
	h := w
	if tight {
		h = len(lines)*t.height() + 24
	}
	return &cell{w: w, h: h, draw: func(c canvas, r image.Rectangle) {
		c.frame(r, 2, rule)
		c.lines(r.Min.X+pad, r.Min.Y+(h-len(lines)*t.height())/2, lines, t)
	}}
}
