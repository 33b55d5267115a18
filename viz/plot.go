package viz

// The style of lines and bars: one style for every gonum plot, and the ticks,
// legends and layouts that the charts share.

import (
	"image/color"
	"math"

	xfont "golang.org/x/image/font"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/internal/human"
)

// series are colours for things that are compared and are no modality.
var series = []color.RGBA{
	{0x1f, 0x5f, 0xa8, 255}, {0xd9, 0x66, 0x1f, 255}, {0x2f, 0x8f, 0x4e, 255}, {0x9c, 0x3f, 0x9c, 255},
	{0xb8, 0x2f, 0x3c, 255}, {0x0f, 0x8b, 0x8d, 255}, {0x8a, 0x6d, 0x1b, 255}, {0x52, 0x5a, 0x64, 255},
}

// label is a text style of so many points.
func label(size vg.Length, bold bool, c color.Color) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: c, Font: f, Handler: plot.DefaultTextHandler}
}

// newPlot gives an empty plot in the house style.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = x, y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		pos, ha, va := a.Label.TextStyle, a.Tick.Label.XAlign, a.Tick.Label.YAlign
		a.Label.TextStyle = label(9.5, false, gray)
		a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign, a.Label.TextStyle.Rotation = pos.XAlign, pos.YAlign, pos.Rotation
		a.Tick.Label = label(9, false, gray)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = ha, va
		a.LineStyle = draw.LineStyle{Color: rule, Width: 1}
		a.Tick.LineStyle = draw.LineStyle{Color: rule, Width: 1}
		a.Tick.Length = 3
		a.Padding = 2
		a.Label.Padding = 2
		a.Tick.Marker = ticks{n: 5}
	}
	p.X.Tick.Marker = ticks{n: 5, whole: true}
	return p
}

// ticks puts about n marks at round numbers; on a logarithmic axis at 1, 2 and
// 5 times powers of ten.
type ticks struct {
	n     int
	log   bool
	whole bool // no fractions: steps, tokens, codes
}

func (t ticks) Ticks(lo, hi float64) []plot.Tick {
	if t.log && lo > 0 {
		if out := t.logTicks(lo, hi); len(out) > 1 {
			return out
		}
	}
	if !(hi > lo) {
		return []plot.Tick{{Value: lo, Label: human.Tick(lo)}}
	}
	raw := (hi - lo) / float64(t.n)
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	step := p
	for _, k := range []float64{1, 2, 5, 10} {
		if step = k * p; step >= raw*0.999 {
			break
		}
	}
	if t.whole {
		step = math.Max(step, 1)
	}
	var out []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9; i++ {
		out = append(out, plot.Tick{Value: i * step, Label: human.Tick(i * step)})
	}
	return out
}

func (t ticks) logTicks(lo, hi float64) []plot.Tick {
	decades := math.Log10(hi / lo)
	factors := []float64{1, 2, 5}
	if decades > 2.2 {
		factors = []float64{1}
	}
	var out []plot.Tick
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, k := range factors {
			if v := k * math.Pow(10, e); v >= lo*0.9999 && v <= hi*1.0001 {
				out = append(out, plot.Tick{Value: v, Label: human.Tick(v)})
			}
		}
	}
	return out
}

// level gives plots of one kind of number one vertical axis, that of all their
// values, so that they can be compared; it tells whether that is logarithmic.
func level(ps ...*plot.Plot) (log bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range ps {
		lo, hi = min(lo, p.Y.Min), max(hi, p.Y.Max)
	}
	for _, p := range ps {
		if math.IsInf(p.X.Min, 0) || math.IsInf(p.X.Max, 0) {
			p.X.Min, p.X.Max = 0, 1
		}
		p.Y.Min, p.Y.Max = lo, hi
		log = logY(p)
	}
	return log
}

// logY makes the vertical axis logarithmic where the values span more than a
// decade, and leaves some room on both sides in either case.
func logY(p *plot.Plot) (log bool) {
	lo, hi := p.Y.Min, p.Y.Max
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		return false
	}
	if lo > 0 && hi > 10*lo {
		k := math.Pow(hi/lo, 0.04)
		p.Y.Min, p.Y.Max = lo/k, hi*k
		logScale(p)
		return true
	}
	pad := 0.05 * (hi - lo)
	if pad == 0 {
		pad = max(0.05*math.Abs(hi), 1e-3)
	}
	p.Y.Min, p.Y.Max = lo-pad, hi+pad
	return false
}

func logScale(p *plot.Plot) {
	p.Y.Scale = plot.LogScale{}
	p.Y.Tick.Marker = ticks{n: 5, log: true}
}

// gridLines are faint horizontal lines at the ticks.
func gridLines() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color = nil
	g.Horizontal = draw.LineStyle{Color: faint, Width: 0.8}
	return g
}

// seriesColor gives the colour of the i-th thing that is compared.
func seriesColor(i int) color.RGBA {
	if i < len(series) {
		return series[i]
	}
	return spread(i+2, 0.7, 0.7)
}

// stroke is a line through points; nothing where there are none.
func stroke(pts plotter.XYs, c color.Color, w vg.Length, dashes ...vg.Length) plot.Plotter {
	l := &plotter.Line{XYs: pts, LineStyle: draw.LineStyle{Color: c, Width: w, Dashes: dashes}}
	return l
}

// dots marks points.
func dots(pts plotter.XYs, c color.Color, r vg.Length) plot.Plotter {
	return &plotter.Scatter{XYs: pts, GlyphStyle: draw.GlyphStyle{Color: c, Radius: r, Shape: draw.CircleGlyph{}}}
}

// key is an entry of the legend that stands in a line over the plots.
type key struct {
	name   string
	color  color.Color
	width  vg.Length
	dashes []vg.Length
	dot    bool
}

// drawKeys writes the legend from left to right at the top of c, in as many
// lines as it takes, and gives what is left of c.
func drawKeys(c draw.Canvas, keys []key) draw.Canvas {
	if len(keys) == 0 {
		return c
	}
	const line, thumb = 16, 20
	sty := label(9.5, false, ink)
	sty.YAlign = draw.YCenter
	x, y := c.Min.X, c.Max.Y-line/2
	for _, k := range keys {
		w := thumb + 5 + sty.Width(k.name)
		if x > c.Min.X && x+w > c.Max.X {
			x, y = c.Min.X, y-line
		}
		if k.width > 0 {
			c.StrokeLine2(draw.LineStyle{Color: k.color, Width: k.width, Dashes: k.dashes}, x, y, x+thumb, y)
		}
		if k.dot {
			c.DrawGlyph(draw.GlyphStyle{Color: k.color, Radius: 2.4, Shape: draw.CircleGlyph{}}, vg.Point{X: x + thumb/2, Y: y})
		}
		c.FillText(sty, vg.Point{X: x + thumb + 5, Y: y}, k.name)
		x += w + 18
	}
	c.Max.Y = y - line/2 - 6
	return c
}

// frame splits the space of a plot: title and label of the vertical axis are
// drawn here, not by gonum, which takes the label of a logarithmic axis to lie
// at the middle of its values and leaves room for it there.
func frame(c draw.Canvas, p *plot.Plot) (bare plot.Plot, inner draw.Canvas) {
	bare = *p
	bare.Title.Text, bare.Y.Label.Text = "", ""
	left, top := vg.Length(0), vg.Length(0)
	if p.Y.Label.Text != "" {
		left = 15
	}
	if p.Title.Text != "" {
		top = 20
	}
	return bare, draw.Crop(c, left, 0, 0, -top)
}

// dataLeft gives where the data of a plot begin.
func dataLeft(c draw.Canvas, p *plot.Plot) vg.Length {
	bare, inner := frame(c, p)
	return bare.DataCanvas(inner).Min.X
}

// drawPlot draws a plot under its title, which begins where the data do.
func drawPlot(c draw.Canvas, p *plot.Plot) {
	bare, inner := frame(c, p)
	data := bare.DataCanvas(inner)
	sty := label(11.5, false, ink)
	sty.YAlign = draw.YTop
	c.FillText(sty, vg.Point{X: data.Min.X, Y: c.Max.Y}, p.Title.Text)
	sty = label(9.5, false, gray)
	sty.Rotation, sty.XAlign, sty.YAlign = math.Pi/2, draw.XCenter, draw.YTop
	c.FillText(sty, vg.Point{X: c.Min.X, Y: data.Center().Y}, p.Y.Label.Text)
	bare.Draw(inner)
}

// tile draws plots in rows and columns; axes in one column begin at the same
// place.
func tile(c draw.Canvas, ps [][]*plot.Plot) {
	t := draw.Tiles{Rows: len(ps), Cols: len(ps[0]), PadX: 18, PadY: 14}
	for j := range ps[0] {
		var edge vg.Length
		for i, r := range ps {
			if r[j] != nil {
				edge = max(edge, dataLeft(t.At(c, j, i), r[j]))
			}
		}
		for i, r := range ps {
			if r[j] != nil {
				d := t.At(c, j, i)
				drawPlot(draw.Crop(d, edge-dataLeft(d, r[j]), 0, 0, 0), r[j])
			}
		}
	}
}

// sideBySide draws plots beside each other, their data equally wide.
func sideBySide(c draw.Canvas, ps []*plot.Plot) {
	const pad = 16
	first := dataLeft(c, ps[0]) - c.Min.X
	rest := vg.Length(0)
	for _, p := range ps[1:] {
		rest = max(rest, dataLeft(c, p)-c.Min.X)
	}
	n := vg.Length(len(ps))
	w := (c.Max.X - c.Min.X - first - (n-1)*(rest+pad)) / n
	x := c.Min.X
	for i, p := range ps {
		d := c
		d.Min.X, d.Max.X = x, x+w+rest
		if i == 0 {
			d.Max.X = x + w + first
		} else {
			d.Min.X += rest - (dataLeft(d, p) - d.Min.X)
		}
		drawPlot(d, p)
		x = d.Max.X + pad
	}
}

// faded gives what c looks like on white with so much opacity; PDF knows no
// other.
func faded(c color.RGBA, alpha float64) color.Color { return mix(c, white, alpha) }
