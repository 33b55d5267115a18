package viz

// Tokenizers compared: what they cost against what they keep.

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm/metric"
	"fourmlab/fourm/vq"
	"fourmlab/internal/human"
)

func init() { shows(func(r *vq.Report) []byte { return Tokenizers(r).PNG() }) }

// Tokenizers draws reports of tokenizers of one modality, rate against
// distortion: in the first panel the modality's first metric by bits a pixel, in
// the second the Fréchet distance, where there is one. Each is a letter, which
// the table under the panels explains; colours tell quantizers apart, shapes
// decoders.
func Tokenizers(reports ...*vq.Report) *Figure {
	const op = "viz.Tokenizers"
	var rs []*vq.Report
	for i, r := range reports {
		need(op, r != nil, "report %d is nil", i)
		if r.Samples > 0 && len(r.Scores) > 0 && usable(r.Scores[0].Value) {
			need(op, len(rs) == 0 || r.Modality == rs[0].Modality, "report %d is of %s, the first of %s: expected one modality", i, r.Modality, reports[0].Modality)
			rs = append(rs, r)
		}
	}
	if len(rs) == 0 {
		return missing(op, "no report with samples")
	}
	need(op, len(rs) <= 26, "%d reports, expected at most 26", len(rs))
	kinds, decoders := valuesOf(rs, quantizerKind), valuesOf(rs, func(r *vq.Report) string { return r.Decoder })
	var keys []key
	for i, k := range kinds {
		keys = append(keys, key{name: k, color: seriesColor(i), dot: true})
	}
	mark := func(r *vq.Report) draw.GlyphStyle {
		return draw.GlyphStyle{Color: seriesColor(slices.Index(kinds, quantizerKind(r))), Radius: 4, Shape: shapeOf(slices.Index(decoders, r.Decoder))}
	}
	score := rs[0].Scores[0]
	panels := []*plot.Plot{distortionPanel(rs, titleOf(score), score.Lower, mark, func(r *vq.Report) float64 { return r.Scores[0].Value })}
	if frechet := func(r *vq.Report) float64 { return r.Frechet }; rs[0].Features != "" && slices.ContainsFunc(rs, func(r *vq.Report) bool { return usable(frechet(r)) }) {
		panels = append(panels, distortionPanel(rs, "Fréchet distance", true, mark, frechet))
	}
	const row, head = 14, 18
	height := vg.Length(250)
	table := vg.Length(head + row*len(rs) + 10)
	under := ""
	if len(panels) > 1 {
		under = "Fréchet distance of " + rs[0].Features + ". "
	}
	if len(decoders) > 1 {
		var said []string
		for i, d := range decoders {
			said = append(said, shapeNames[i%len(shapeNames)]+": "+d)
		}
		under += "Decoders: " + strings.Join(said, ", ") + ". "
	}
	under += "Bars: 95 % of sets drawn from these samples."
	f := &Figure{kind: op, chart: &chart{w: 800, h: height + table + 16, draw: func(c draw.Canvas) {
		c = drawKeys(draw.Crop(c, 12, -12, 10, -10), keys)
		upper := c
		upper.Min.Y += table + 18
		sideBySide(upper, panels)
		lower := c
		lower.Max.Y = c.Min.Y + table + 10
		c.FillText(label(9, false, gray), vg.Point{X: c.Min.X, Y: c.Min.Y}, under)
		drawReports(lower, rs, score)
	}}}
	return f.Titled("Tokenizers of " + rs[0].Modality)
}

func titleOf(s vq.Score) string { return metric.Metric{Name: s.Metric, Unit: s.Unit}.String() }

// quantizerKind is the name of a quantizer without its sizes.
func quantizerKind(r *vq.Report) string {
	kind, _, _ := strings.Cut(r.Quantizer, ":")
	return kind
}

// valuesOf lists what reports have, in the order of their first.
func valuesOf(rs []*vq.Report, of func(*vq.Report) string) (out []string) {
	for _, r := range rs {
		if v := of(r); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

var shapeNames = []string{"disc", "square", "triangle", "cross"}

func shapeOf(i int) draw.GlyphDrawer {
	return []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}}[i%len(shapeNames)]
}

// distortionPanel is a number of every report by its bits a pixel.
func distortionPanel(rs []*vq.Report, title string, lower bool, mark func(*vq.Report) draw.GlyphStyle, of func(*vq.Report) float64) *plot.Plot {
	better := ", higher is better"
	if lower {
		better = ", lower is better"
	}
	p := newPlot(title+better, "bits a pixel", "")
	p.X.Tick.Marker = ticks{n: 5}
	p.Add(gridLines())
	m := &lettered{}
	lo, hi := math.Inf(1), math.Inf(-1)
	left, right := math.Inf(1), math.Inf(-1)
	for i, r := range rs {
		v := of(r)
		if !usable(v) {
			continue
		}
		at := point{x: r.PixelBits, y: v, low: v, high: v, letter: letter(i), style: mark(r)}
		if title == titleOf(r.Scores[0]) && usable(r.Scores[0].Low) && usable(r.Scores[0].High) {
			at.low, at.high = r.Scores[0].Low, r.Scores[0].High
		}
		m.points = append(m.points, at)
		lo, hi = min(lo, at.low), max(hi, at.high)
		left, right = min(left, at.x), max(right, at.x)
	}
	padX, padY := max(0.12*(right-left), 0.02*right, 1e-6), max(0.12*(hi-lo), 0.02*math.Abs(hi), 1e-9)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = max(0, left-padX), right+padX, lo-padY, hi+padY
	p.Add(m)
	return p
}

func letter(i int) string { return string(rune('A' + i)) }

// lettered are marks with a letter beside each, where it hides no other.
type lettered struct{ points []point }

type point struct {
	x, y, low, high float64
	letter          string
	style           draw.GlyphStyle
}

// Plot draws them.
func (l *lettered) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	sty := label(9.5, true, ink)
	sty.XAlign, sty.YAlign = draw.XCenter, draw.YCenter
	var taken []vg.Point
	for _, q := range l.points {
		taken = append(taken, vg.Point{X: tx(q.x), Y: ty(q.y)})
		if q.high > q.low {
			c.StrokeLine2(draw.LineStyle{Color: mix(color.RGBAModel.Convert(q.style.Color).(color.RGBA), white, 0.5), Width: 1}, tx(q.x), ty(q.low), tx(q.x), ty(q.high))
		}
	}
	for i, q := range l.points {
		c.DrawGlyph(q.style, taken[i])
	}
	for i, q := range l.points {
		at, best := vg.Point{}, -1.0
		for k := range 8 { // around the mark, where most is free
			angle := float64(k) * math.Pi / 4
			try := vg.Point{X: taken[i].X + vg.Length(10*math.Cos(angle)), Y: taken[i].Y + vg.Length(10*math.Sin(angle))}
			near := math.Inf(1)
			for j, o := range taken {
				if j != i {
					near = min(near, math.Hypot(float64(try.X-o.X), float64(try.Y-o.Y)))
				}
			}
			if near = min(near, 24); near > best {
				at, best = try, near
			}
		}
		taken = append(taken, at)
		c.FillText(sty, at, q.letter)
	}
}

// DataRange gives the range of the points.
func (l *lettered) DataRange() (xmin, xmax, ymin, ymax float64) {
	var xy plotter.XYs
	for _, q := range l.points {
		xy = append(xy, plotter.XY{X: q.x, Y: q.y})
	}
	return plotter.XYRange(xy)
}

// three writes a number with three digits, and without an exponent.
func three(v float64) string {
	if !usable(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', max(0, 2-int(math.Floor(math.Log10(math.Max(math.Abs(v), 1e-3))))), 64)
}

// drawReports writes the table: a line a report.
func drawReports(c draw.Canvas, rs []*vq.Report, score vq.Score) {
	heads := []string{"", "tokenizer", "parameters", "bits a place", "carried", "codes used", "perplexity", titleOf(score), "Fréchet", "encoded / s", "decoded / s"}
	f := fmt.Sprintf
	var rows [][]string
	for i, r := range rs {
		frechet := "–"
		if usable(r.Frechet) && r.Features != "" {
			frechet = three(r.Frechet)
		}
		rows = append(rows, []string{letter(i), r.Name, human.Int(r.Parameters), three(r.Bits), three(r.Carried()), f("%.0f %%", 100*r.Used()), three(r.Perplexity()),
			three(r.Scores[0].Value), frechet, three(r.EncodePerS), three(r.DecodePerS)})
	}
	const first, name = 16, 200
	width := (c.Max.X - c.Min.X - first - name) / vg.Length(len(heads)-2)
	x := func(i int) vg.Length {
		switch i {
		case 0:
			return c.Min.X
		case 1:
			return c.Min.X + first
		}
		return c.Min.X + first + name + vg.Length(i-1)*width
	}
	write := func(y vg.Length, row []string, size vg.Length, col color.Color) {
		for i, text := range row {
			sty := label(size, i == 0, col)
			sty.YAlign = draw.YTop
			if i > 1 {
				sty.XAlign = draw.XRight
			}
			for r := []rune(text); i == 1 && len(r) > 1 && sty.Width(text) > name; r = r[:len(r)-1] {
				text = string(r[:len(r)-1])
			}
			c.FillText(sty, vg.Point{X: x(i), Y: y}, text)
		}
	}
	y := c.Max.Y
	write(y, heads, 8.5, gray)
	for _, row := range rows {
		y -= 14
		write(y-2, row, 9, ink)
	}
}
