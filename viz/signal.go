package viz

// A list of many numbers as the curve that it is.

import (
	"image"
	"math"
	"strconv"
)

// fewNumbers are written out.
const fewNumbers = 12

// signalPanel draws numbers from left to right, a curve for each channel, with the
// least and the largest beside them; those that are not finite are gaps. The
// channels of a sample are neighbours in v.
func signalPanel(v []float64, channels, w int, tight bool) *cell {
	h := w
	if tight {
		h = w / 2
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		if usable(x) {
			lo, hi = math.Min(lo, x), math.Max(hi, x)
		}
	}
	return &cell{w: w, h: h, draw: func(c canvas, r image.Rectangle) {
		c.frame(r, 2, rule)
		if lo > hi {
			c.centred(r, "no numbers", note)
			return
		}
		t := typeface{15, false, gray}
		const pad = 12
		in := image.Rect(r.Min.X+pad, r.Min.Y+pad+t.height(), r.Max.X-pad, r.Max.Y-pad-t.height())
		at := func(i int) (x, y float64) {
			share := 0.5
			if hi > lo {
				share = (v[i] - lo) / (hi - lo)
			}
			return float64(in.Min.X) + float64(i/channels)/float64(max(len(v)/channels-1, 1))*float64(in.Dx()), float64(in.Max.Y) - share*float64(in.Dy())
		}
		for i := channels; i < len(v); i++ {
			if usable(v[i-channels]) && usable(v[i]) {
				x0, y0 := at(i - channels)
				x1, y1 := at(i)
				c.line(x0, y0, x1, y1, 2, seriesColor(i%channels))
			}
		}
		c.text(in.Min.X, r.Min.Y+pad-2, strconv.FormatFloat(hi, 'g', 4, 64), t)
		c.text(in.Min.X, r.Max.Y-pad-t.height()+4, strconv.FormatFloat(lo, 'g', 4, 64), t)
	}}
}
