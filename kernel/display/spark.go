package display

// Small pictures of numbers: a line in a table's head, a strip of colours.

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/bits"
	"strings"
)

func escape(s string) string { return html.EscapeString(s) }

func shortened(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + cut
	}
	return s
}

// finite gives the least and the largest of the numbers that are numbers.
func finite(xs []float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range xs {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			lo, hi, ok = min(lo, x), max(hi, x), true
		}
	}
	return lo, hi, ok
}

// unit places x between lo and hi, 0 to 1; a flat line is in the middle.
func unit(x, lo, hi float64) float64 {
	if hi/2-lo/2 == 0 {
		return 0.5
	}
	return (x/2 - lo/2) / (hi/2 - lo/2) // halves, for the largest have no difference
}

// textLine draws numbers in so many characters; a dot is none.
func textLine(xs []float64, wide int) string {
	lo, hi, ok := finite(xs)
	if !ok {
		return ""
	}
	levels := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, x := range sampled(len(xs), wide, func(i int) float64 { return xs[i] }) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(levels[int(unit(x, lo, hi)*7.999)])
	}
	return b.String()
}

// svgLine draws numbers as a line, with holes where they are none.
func svgLine(xs []float64, w, h int) string {
	lo, hi, ok := finite(xs)
	if !ok {
		return ""
	}
	var path strings.Builder
	pen := "M"
	for i, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			pen = "M"
			continue
		}
		at := float64(i) / float64(max(len(xs)-1, 1)) * float64(w-2)
		y := (1 - unit(x, lo, hi)) * float64(h-2)
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, at+1, y+1)
		if pen == "M" {
			fmt.Fprint(&path, "h.1") // a number alone is a dot
		}
		pen = "L"
	}
	return fmt.Sprintf(`<svg width="%d" height="%d" viewBox="0 0 %d %d" role="img"><title>%s to %s</title><path d="%s" fill="none" stroke="#4878a8" stroke-width="1.3" stroke-linecap="round"/></svg>`,
		w, h, w, h, number(lo, 64), number(hi, 64), path.String())
}

// shade is the colour of a value: blue below zero, orange above, by how far
// it is from zero; transparent where nothing is.
func shade(x, most float64) color.NRGBA {
	switch {
	case math.IsNaN(x):
		return color.NRGBA{}
	case most == 0:
		return color.NRGBA{A: 0}
	}
	a := uint8(min(math.Abs(x)/most, 1) * 200)
	if x < 0 {
		return color.NRGBA{0x3b, 0x6f, 0xb6, a}
	}
	return color.NRGBA{0xe0, 0x7b, 0x28, a}
}

func css(c color.NRGBA) string {
	if c.A == 0 {
		return ""
	}
	return fmt.Sprintf("rgba(%d,%d,%d,%.2f)", c.R, c.G, c.B, float64(c.A)/255*0.6)
}

// heat is a picture of a grid of numbers, at most 96 by 48 cells of it.
func heat(rows, cols int, at func(i, j int) float64) string {
	h, w := min(rows, 48), min(cols, 96)
	if h <= 0 || w <= 0 {
		return ""
	}
	pick := func(k, n, of int) int {
		if n == of {
			return k
		}
		hi, lo := bits.Mul64(uint64(k), uint64(of-1))
		at, _ := bits.Div64(hi, lo, uint64(max(n-1, 1))) // k < n: it fits
		return int(at)
	}
	xs := make([]float64, 0, h*w)
	for y := range h {
		for x := range w {
			xs = append(xs, at(pick(y, h, rows), pick(x, w, cols)))
		}
	}
	lo, hi, ok := finite(xs)
	if !ok {
		return ""
	}
	im := image.NewNRGBA(image.Rect(0, 0, w, h))
	for k, x := range xs {
		im.SetNRGBA(k%w, k/w, shade(x, max(math.Abs(lo), math.Abs(hi))))
	}
	var b bytes.Buffer
	// Writing into memory cannot fail.
	_ = png.Encode(&b, im)
	scale := max(1, min(8, 240/max(w, h)))
	return fmt.Sprintf(`<img alt="%s to %s" title="%s to %s" style="image-rendering:pixelated;margin:4px 0;border:1px solid rgba(128,128,128,.4)" width="%d" height="%d" src="data:image/png;base64,%s">`,
		number(lo, 64), number(hi, 64), number(lo, 64), number(hi, 64), w*scale, h*scale, base64.StdEncoding.EncodeToString(b.Bytes()))
}
