package viz

// The formats of a figure beside PNG. All hold everything that they show and
// nothing of when or where they were made, so that equal figures are equal
// bytes.

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image/png"
	"io"
	"path/filepath"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"

	"fourmlab/internal/disk"
)

func init() {
	// vgpdf gives no access to the document that it writes with.
	fpdf.SetDefaultCatalogSort(true)
	fpdf.SetDefaultCreationDate(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	fpdf.SetDefaultModificationDate(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
}

// Bytes gives the figure as "png", "svg", "pdf" or "html". Lines, bars and
// their text stay vectors in SVG and PDF; pictures are embedded.
func (f *Figure) Bytes(format string) ([]byte, error) {
	switch format {
	case "png":
		return f.PNG(), nil
	case "svg":
		return f.svg()
	case "pdf":
		return f.pdf()
	case "html":
		return f.html()
	}
	return nil, fmt.Errorf("%s: no format %q (have png, svg, pdf, html)", f.kind, format)
}

// Save writes the figure in the format of the path's extension. The file
// appears whole or not at all.
func (f *Figure) Save(path string) error {
	b, err := f.Bytes(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if err != nil {
		return err
	}
	return disk.Write(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// points gives the size of the figure in points.
func (f *Figure) points() (w, h vg.Length) {
	if f.chart != nil && f.width == 0 {
		return f.chart.w, f.chart.h + f.headroom()
	}
	x, y := f.Size()
	return vg.Length(x) / 2, vg.Length(y) / 2
}

func (f *Figure) svg() ([]byte, error) {
	w, h := f.points()
	if f.chart == nil {
		var b bytes.Buffer
		fmt.Fprintf(&b, `<?xml version="1.0"?>`+"\n"+`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%gpt" height="%gpt" viewBox="0 0 %g %g">`+"\n", w, h, w, h)
		fmt.Fprintf(&b, `<image width="%g" height="%g" xlink:href="%s"/>`+"\n</svg>\n", w, h, inline("image/png", f.PNG()))
		return b.Bytes(), nil
	}
	return f.vectors(vgsvg.New(w, h))
}

func (f *Figure) pdf() ([]byte, error) {
	w, h := f.points()
	c := pdfCanvas{vgpdf.New(w, h)}
	if f.chart == nil {
		im, err := png.Decode(bytes.NewReader(f.PNG()))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.kind, err)
		}
		c.DrawImage(vg.Rectangle{Max: vg.Point{X: w, Y: h}}, im)
		return written(f.kind, c)
	}
	return f.vectors(c)
}

// vectors draws a chart on a canvas of the figure's size in points.
func (f *Figure) vectors(c vg.CanvasWriterTo) ([]byte, error) {
	w, h := f.chart.w, f.chart.h+f.headroom()
	if wide, _ := c.Size(); wide != w {
		c.Scale(float64(wide/w), float64(wide/w))
	}
	f.plot(vgdraw.NewCanvas(c, w, h))
	return written(f.kind, c)
}

func written(kind string, c vg.CanvasWriterTo) ([]byte, error) {
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return b.Bytes(), nil
}

// html gives a page of the figure alone.
func (f *Figure) html() ([]byte, error) {
	mime, pic := "image/png", f.PNG()
	if f.chart != nil {
		var err error
		if pic, err = f.svg(); err != nil {
			return nil, err
		}
		mime = "image/svg+xml"
	}
	title := f.heading
	if title == "" {
		title = f.kind
	}
	w, _ := f.Size()
	return fmt.Appendf(nil, `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>
<body style="margin:0;background:#fff"><img alt="%s" style="width:%dpx;max-width:100%%" src="%s"></body></html>
`, html.EscapeString(title), html.EscapeString(title), w/2, inline(mime, pic)), nil
}

func inline(mime string, b []byte) string {
	return "data:" + mime + ";base64," + base64.StdEncoding.EncodeToString(b)
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
