package viz

// What every function here returns: one finished figure, whatever its format.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"

	"fourmlab/internal/atomic"
	"fourmlab/internal/fault"
)

// Figure is a finished figure. It shows itself in a notebook by its PNG.
type Figure struct {
	kind    string // the call that made it: "viz.Sample"
	heading string
	pixels  *image.RGBA // a figure made of pictures, or
	chart   *chart      // one made of lines and bars
	png     []byte      // drawn once
}

// chart is a figure of lines and bars: its size in points and how it is drawn.
type chart struct {
	w, h vg.Length
	draw func(c vgdraw.Canvas)
}

// Title puts a heading over the figure and gives the figure back.
func (f *Figure) Title(s string) *Figure {
	f.heading, f.png = s, nil
	return f
}

// PNG gives the figure as PNG, two pixels a point and at most 1600 wide.
func (f *Figure) PNG() []byte {
	if f.png == nil {
		f.png = encode(f.raster())
	}
	return f.png
}

// Bytes gives the figure as "png", and one of lines and bars as "svg" or
// "pdf" as well.
func (f *Figure) Bytes(format string) ([]byte, error) {
	if format == "png" {
		return f.PNG(), nil
	}
	if format != "svg" && format != "pdf" {
		return nil, fmt.Errorf("%s: no format %q (have png, svg, pdf)", f.kind, format)
	}
	if f.chart == nil {
		return nil, fmt.Errorf("%s: a figure made of pictures has no %s form; use png", f.kind, format)
	}
	h := f.chart.h + f.headroom()
	var c vg.CanvasWriterTo
	if format == "svg" {
		c = vgsvg.New(f.chart.w, h)
	} else {
		c = pdfCanvas{vgpdf.New(f.chart.w, h)}
	}
	f.plot(vgdraw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", f.kind, err)
	}
	return b.Bytes(), nil
}

// pdfCanvas writes bold text, which vgpdf embeds under one style and looks up
// under another: here the bold font is a family of its own.
type pdfCanvas struct{ *vgpdf.Canvas }

func (c pdfCanvas) FillString(f font.Face, at vg.Point, s string) {
	if f.Font.Weight != xfont.WeightNormal {
		f.Font.Typeface, f.Font.Weight = f.Font.Typeface+"Bold", xfont.WeightNormal
	}
	c.Canvas.FillString(f, at, s)
}

// Save writes the figure in the format of the path's extension. The file
// appears whole or not at all.
func (f *Figure) Save(path string) error {
	b, err := f.Bytes(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if err != nil {
		return err
	}
	return atomic.Write(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// String gives one line: what the figure is and its size in pixels.
func (f *Figure) String() string {
	c, err := png.DecodeConfig(bytes.NewReader(f.PNG()))
	if err != nil {
		return f.kind
	}
	return fmt.Sprintf("%s: %dx%d pixels", f.kind, c.Width, c.Height)
}

// headroom is the height in points that the heading takes.
func (f *Figure) headroom() vg.Length {
	if f.heading == "" {
		return 0
	}
	return 26
}

// plot draws a chart and its heading.
func (f *Figure) plot(c vgdraw.Canvas) {
	if f.heading != "" {
		sty := label(14, true, ink)
		sty.YAlign = vgdraw.YTop
		c.FillText(sty, vg.Point{X: c.Min.X + 12, Y: c.Max.Y - 8}, f.heading)
	}
	f.chart.draw(vgdraw.Crop(c, 0, 0, 0, -f.headroom()))
}

// raster gives the figure's pixels, heading included.
func (f *Figure) raster() image.Image {
	if f.chart != nil {
		c := vgimg.NewWith(vgimg.UseWH(f.chart.w, f.chart.h+f.headroom()), vgimg.UseDPI(144), vgimg.UseBackgroundColor(color.White))
		f.plot(vgdraw.New(c))
		return paletted(c.Image())
	}
	if f.heading == "" {
		return f.pixels
	}
	b := f.pixels.Bounds()
	lines := wrap(f.heading, heading, b.Dx()-2*margin, 3)
	h := len(lines)*heading.height() + margin/2
	c := newCanvas(b.Dx(), b.Dy()+h)
	draw.Draw(c.RGBA, b.Add(image.Pt(0, h)), f.pixels, image.Point{}, draw.Src)
	c.lines(margin, margin, lines, heading)
	return c.RGBA
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
