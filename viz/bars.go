package viz

// Ablations: one column a setting, every seed a dot, the spread as a bar.

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
	"fourmlab/fourm/ablate"
)

func init() { shows(func(ab *fourm.Ablation) []byte { return Bars(ab).PNG() }) }

// Bars draws an ablation in the order in which its settings were typed: the
// mean over the seeds with its standard deviation, and every seed as a dot.
// Bars start at zero. Where the differences would be lost in that, the means
// are drawn as points on an axis that does not, and the figure says so.
func Bars(ab *fourm.Ablation) *Figure {
	const op = "viz.Bars"
	need(op, ab != nil, "the ablation is nil")
	lo, hi, best, spread, seeds := math.Inf(1), math.Inf(-1), -1, 0.0, 0
	for i, r := range ab.Rows {
		m := r.Mean()
		if !usable(m) {
			continue
		}
		lo, hi, spread = min(lo, m-r.SD()), max(hi, m+r.SD()), max(spread, r.SD())
		seeds = max(seeds, len(r.Values))
		for _, v := range r.Values {
			if usable(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if best < 0 || ab.Lower && m < ab.Rows[best].Mean() || !ab.Lower && m > ab.Rows[best].Mean() {
			best = i
		}
	}
	if best < 0 {
		return missing(op, fmt.Sprintf("ablation %s has no values yet", ab.Name))
	}
	bars := lo >= 0 && hi-lo > 0.35*hi
	p := newPlot("", ab.Factor, ab.Metric)
	p.X.Min, p.X.Max = -0.6, float64(len(ab.Rows))-0.4
	pad := 0.18 * (hi - lo)
	if pad == 0 {
		pad = 0.05*math.Abs(hi) + 1e-3
	}
	p.Y.Min, p.Y.Max = lo-pad, hi+pad*1.6
	if bars {
		p.Y.Min, p.Y.Max = 0, hi*1.14
	}
	p.Add(gridLines())
	width := min(max(440, 130*float64(len(ab.Rows))+80), 800)
	each := (width - 80) / float64(len(ab.Rows))
	half := min(0.32, 34/each)
	var marks []plot.Tick
	most := 1
	labels := make([][]string, len(ab.Rows))
	dense := each < 70 // neither label nor value has room beside its neighbours'
	for i, r := range ab.Rows {
		if dense {
			labels[i] = []string{shorten(r.Label, typeface{18, false, ink}, 200)}
			continue
		}
		labels[i] = wrap(r.Label, typeface{18, false, ink}, max(40, int(1.9*each)), 3)
		most = max(most, len(labels[i]))
	}
	if first := ab.Rows[0].Mean(); len(ab.Rows) > 1 && usable(first) {
		p.Add(stroke(plotter.XYs{{X: p.X.Min, Y: first}, {X: p.X.Max, Y: first}}, gray, 0.9, 5, 3))
	}
	for i, r := range ab.Rows {
		marks = append(marks, plot.Tick{Value: float64(i), Label: strings.Join(labels[i], "\n") + strings.Repeat("\n ", most-len(labels[i]))})
		column(p, r, float64(i), half, spread, i == best, bars, dense)
	}
	p.X.Tick.Marker = plot.ConstantTicks(marks)
	p.X.Tick.Label.Color = ink
	p.X.Tick.Length = 0
	if dense {
		p.X.Tick.Length, p.X.Tick.LineStyle.Width = 4, 0
		p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/2, draw.XRight, draw.YCenter
	}
	if bars {
		p.X.Padding = 0
	}
	better := "higher is better"
	if ab.Lower {
		better = "lower is better"
	}
	under := better + "; mean ± standard deviation over the seeds, each a dot"
	if seeds == 1 {
		under = better + "; one seed a setting"
	}
	if len(ab.Rows) > 1 {
		under += "; dashed: the first setting"
	}
	if !bars {
		under += "; the axis does not start at zero"
	}
	name := ab.Name
	if (name == "" || name == "ablation") && ab.Factor != "" { // one that nobody named
		name = ab.Factor
	}
	f := &Figure{kind: op, chart: &chart{w: vg.Length(width), h: 300, draw: func(c draw.Canvas) {
		c = draw.Crop(c, 12, -12, 10, -12)
		sty := label(9, false, gray)
		c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Min.Y + 2}, under)
		drawPlot(draw.Crop(c, 0, 0, 18, 0), p)
	}}}
	return f.Titled("Ablation: " + name)
}

// column adds one setting to the plot, the best one in a stronger colour.
func column(p *plot.Plot, r ablate.Row, x, half, spread float64, best, bar, dense bool) {
	m, sd := r.Mean(), r.SD()
	if !usable(m) {
		if !dense {
			p.Add(&caption{x: x, y: p.Y.Min, text: "no value", color: gray})
		}
		return
	}
	col := color.RGBA{0x7d, 0x9f, 0xc6, 255}
	if best {
		col = series[0]
	}
	if bar {
		p.Add(&plotter.Polygon{XYs: []plotter.XYs{{{X: x - half, Y: 0}, {X: x + half, Y: 0}, {X: x + half, Y: m}, {X: x - half, Y: m}}}, Color: mix(col, white, 0.75)})
	}
	if sd > 0 {
		err := draw.LineStyle{Color: ink, Width: 1.1}
		for _, s := range []plotter.XYs{
			{{X: x, Y: m - sd}, {X: x, Y: m + sd}},
			{{X: x - half/4, Y: m - sd}, {X: x + half/4, Y: m - sd}},
			{{X: x - half/4, Y: m + sd}, {X: x + half/4, Y: m + sd}},
		} {
			p.Add(&plotter.Line{XYs: s, LineStyle: err})
		}
	}
	top := m + sd
	n := 0
	for _, v := range r.Values {
		if usable(v) {
			n++
			top = max(top, v)
		}
	}
	k := 0
	for _, v := range r.Values {
		if !usable(v) || n < 2 {
			continue
		}
		// Seeds stand beside the error bar, spread so that equal ones are seen.
		at := x + half*(0.45+0.4*float64(k)/float64(max(n-1, 1)))
		p.Add(dots(plotter.XYs{{X: at, Y: v}}, faded(gray, 0.75), 2))
		k++
	}
	if !bar {
		p.Add(dots(plotter.XYs{{X: x, Y: m}}, col, 4.2))
	}
	if dense && !best {
		return
	}
	p.Add(&caption{x: x, y: top, text: digits(m, sd, spread), color: ink, bold: best})
}

// digits writes a mean with as many digits as the largest spread of the
// figure allows.
func digits(m, sd, spread float64) string {
	if spread <= 0 {
		return fmt.Sprintf("%.4g", m)
	}
	d := min(max(1-int(math.Floor(math.Log10(spread))), 0), 5)
	if sd <= 0 {
		return fmt.Sprintf("%.*f", d, m)
	}
	return fmt.Sprintf("%.*f ± %.*f", d, m, d, sd)
}

// caption is a text over a point of a plot.
type caption struct {
	x, y  float64
	text  string
	color color.Color
	bold  bool
}

// Plot implements gonum's plot.Plotter.
func (n *caption) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	sty := label(9.5, n.bold, n.color)
	sty.XAlign = draw.XCenter
	c.FillText(sty, vg.Point{X: tx(n.x), Y: ty(n.y) + 7}, n.text)
}
