package viz

// What more steps, and other samplers, buy.

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
)

func init() { shows(func(t fourm.Tradeoff) []byte { return Tradeoff(t).PNG() }) }

// Tradeoff draws quality against decoding steps and against seconds a generation, a
// line a sampler; bars hold 95 % of the means of sets drawn from these samples.
func Tradeoff(t fourm.Tradeoff) *Figure {
	const op = "viz.Tradeoff"
	var names []string
	for _, r := range t.Rows {
		if !slices.Contains(names, r.Name) && usable(r.Value) {
			names = append(names, r.Name)
		}
	}
	if len(names) == 0 {
		return missing(op, "no sampler was measured")
	}
	better := ", higher is better"
	if t.Lower {
		better = ", lower is better"
	}
	panel := func(title, axis string, x func(fourm.TradeoffRow) float64) *plot.Plot {
		p := newPlot(title, axis, "")
		p.Add(gridLines())
		least := math.Inf(1)
		for i, name := range names {
			var xy plotter.XYs
			bars := &intervals{style: draw.LineStyle{Color: mix(seriesColor(i), white, 0.5), Width: 1}}
			for _, r := range t.Rows {
				if r.Name != name || !usable(r.Value) || !(x(r) > 0) {
					continue
				}
				xy = append(xy, plotter.XY{X: x(r), Y: r.Value})
				least = min(least, x(r))
				if usable(r.Low) && usable(r.High) {
					// apart from those of other samplers at the same place
					bars.at = append(bars.at, interval{x(r) * math.Pow(1.015, float64(i)-float64(len(names)-1)/2), r.Low, r.High})
				}
			}
			line, err := plotter.NewLine(xy)
			if err != nil {
				continue
			}
			line.Color, line.Width, line.Dashes = seriesColor(i), 1.6, dashesOf(i)
			dots, err := plotter.NewScatter(xy)
			if err != nil {
				continue
			}
			dots.GlyphStyle = draw.GlyphStyle{Color: seriesColor(i), Radius: 2.4, Shape: draw.CircleGlyph{}}
			p.Add(bars, line, dots)
		}
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, ticks{n: 5, log: true}
		p.X.Min = least / 1.1
		p.X.Max *= 1.1
		return p
	}
	measure := t.Measure
	if measure == "" {
		measure = "score"
	}
	panels := []*plot.Plot{
		panel(measure+better, "decoding steps", func(r fourm.TradeoffRow) float64 { return float64(r.Steps) }),
		panel(measure+better, "seconds a generation", func(r fourm.TradeoffRow) float64 { return r.Seconds }),
	}
	level(panels...)
	var keys []key
	for i, name := range names {
		keys = append(keys, key{name: name, color: seriesColor(i), width: 1.6, dashes: dashesOf(i), dot: true})
	}
	f := &Figure{kind: op, chart: &chart{w: 800, h: 300, draw: func(c draw.Canvas) {
		c = drawKeys(draw.Crop(c, 12, -12, 10, -10), keys)
		sideBySide(c, panels)
	}}}
	return f.Titled(fmt.Sprintf("Quality against steps and time: %d samples, %d seeds", t.Samples, t.Seeds))
}

// dashesOf tells lines apart whose colours are alike.
func dashesOf(i int) []vg.Length {
	return [][]vg.Length{nil, {5, 2}, {2, 2}}[i/len(series)%3]
}

type interval struct{ x, low, high float64 }

// intervals are upright bars.
type intervals struct {
	at    []interval
	style draw.LineStyle
}

// Plot draws them.
func (b *intervals) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, q := range b.at {
		c.StrokeLine2(b.style, tx(q.x), ty(q.low), tx(q.x), ty(q.high))
	}
}

// DataRange gives the range of the bars.
func (b *intervals) DataRange() (xmin, xmax, ymin, ymax float64) {
	var xy plotter.XYs
	for _, q := range b.at {
		xy = append(xy, plotter.XY{X: q.x, Y: q.low}, plotter.XY{X: q.x, Y: q.high})
	}
	if len(xy) == 0 {
		return math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	}
	return plotter.XYRange(xy)
}
