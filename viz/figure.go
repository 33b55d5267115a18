package viz

// What every function here returns: one finished figure, whatever its format.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	xdraw "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"fourmlab/internal/fault"
)

// widest is the width in pixels that no figure exceeds unless it is asked for.
const widest = 1600

// Figure is a finished figure. It shows itself in a notebook by its PNG.
type Figure struct {
	kind    string // the call that made it: "viz.Sample"
	heading string
	width   int         // of the PNG in pixels, where it was asked for
	pixels  *image.RGBA // a figure made of pictures, or
	chart   *chart      // one made of lines and bars
	png     []byte      // drawn once
}

// chart is a figure of lines and bars: its size in points and how it is drawn.
type chart struct {
	w, h vg.Length
	draw func(c vgdraw.Canvas)
}

// Titled puts a heading over the figure and gives the figure back.
func (f *Figure) Titled(s string) *Figure {
	f.heading, f.png = s, nil
	return f
}

// Sized makes the figure so many pixels wide, 16 to 8192, and as high as
// follows, and gives it back. Two pixels are a point in SVG and PDF.
func (f *Figure) Sized(width int) *Figure {
	need("Figure.Sized", width >= 16 && width <= 8192, "a width of %d pixels, expected 16 to 8192", width)
	f.width, f.png = width, nil
	return f
}

// Size gives the width and height in pixels.
func (f *Figure) Size() (w, h int) {
	c, err := png.DecodeConfig(bytes.NewReader(f.PNG()))
	need(f.kind, err == nil, "%v", err)
	return c.Width, c.Height
}

// PNG gives the figure as PNG, two pixels a point and at most 1600 wide where
// no width was asked for.
func (f *Figure) PNG() []byte {
	if f.png == nil {
		f.png = encode(f.raster(), f.width > 0)
	}
	return f.png
}

// String gives one line: what the figure is and its size in pixels.
func (f *Figure) String() string {
	w, h := f.Size()
	return fmt.Sprintf("%s: %dx%d pixels", f.kind, w, h)
}

// headroom is the height in points that the heading takes over a chart.
func (f *Figure) headroom() vg.Length {
	if f.heading == "" {
		return 0
	}
	return vg.Length(len(f.headLines()))*17 + 9
}

// headLines breaks the heading of a chart into lines.
func (f *Figure) headLines() []string {
	return wrap(f.heading, heading, int(2*f.chart.w)-48, 3)
}

// plot draws a chart and its heading.
func (f *Figure) plot(c vgdraw.Canvas) {
	if f.heading != "" {
		sty := label(14, true, ink)
		sty.YAlign = vgdraw.YTop
		for i, l := range f.headLines() {
			c.FillText(sty, vg.Point{X: c.Min.X + 12, Y: c.Max.Y - 8 - vg.Length(i)*17}, l)
		}
	}
	f.chart.draw(vgdraw.Crop(c, 0, 0, 0, -f.headroom()))
}

// raster gives the figure's pixels, heading included.
func (f *Figure) raster() image.Image {
	if f.chart != nil {
		dpi := 144
		w, h := f.chart.w, f.chart.h+f.headroom()
		if f.width > 0 {
			// Drawn larger and reduced: whole dots an inch give no width exactly.
			dpi = max(144, int(2*72*float64(f.width)/float64(2*w))+1)
		}
		c := vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
		f.plot(vgdraw.New(c))
		return paletted(f.scaled(c.Image()))
	}
	if f.heading == "" {
		return f.scaled(f.pixels)
	}
	b := f.pixels.Bounds()
	lines := wrap(f.heading, heading, b.Dx()-2*margin, 3)
	h := len(lines)*heading.height() + margin/2
	c := newCanvas(b.Dx(), b.Dy()+h)
	draw.Draw(c.RGBA, b.Add(image.Pt(0, h)), f.pixels, image.Point{}, draw.Src)
	c.lines(margin, margin, lines, heading)
	return f.scaled(c.RGBA)
}

// scaled gives im in the width that was asked for.
func (f *Figure) scaled(im image.Image) image.Image {
	b := im.Bounds()
	w := f.width
	if w == 0 {
		w = min(b.Dx(), widest)
	}
	if w == b.Dx() {
		return im
	}
	out := image.NewRGBA(image.Rect(0, 0, w, max(1, (w*b.Dy()+b.Dx()/2)/b.Dx())))
	xdraw.CatmullRom.Scale(out, out.Rect, im, b, draw.Src, nil)
	return out
}

// missing is a small figure that says what there is not.
func missing(kind, what string) *Figure {
	c := newCanvas(640, 110)
	c.frame(image.Rect(8, 8, 632, 102), 2, rule)
	lines := wrap(what, note, 580, 2)
	c.lines(30, 55-len(lines)*note.height()/2, lines, note)
	return &Figure{kind: kind, pixels: c.RGBA}
}

// need panics with a one-line *fault.Error where ok is false.
func need(op string, ok bool, format string, args ...any) {
	if !ok {
		fault.Panic(op, format, args...)
	}
}
