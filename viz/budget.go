package viz

// How a mask shares its tokens out among the modalities, and what its alpha
// does to that.

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

// alphas are those that 4M's mixtures are made of.
var alphas = []float64{0.1, 0.5, 1, 10}

// MaskBudget draws how many input tokens each of a mask's Inputs is given in
// so many draws: one panel an alpha (0.1, 0.5, 1, 10 and the mask's own), one
// histogram a modality with a mark at its mean. Exceptions of the mask,
// InAlphas, hold in every panel.
func MaskBudget(mask fourm.Mask, draws int) *Figure {
	const op = "viz.MaskBudget"
	need(op, draws > 0 && draws <= 1e6, "%d draws, expected 1 to 1000000", draws)
	if len(mask.Inputs) == 0 {
		return missing(op, `the mask names no inputs: set Inputs, or take m.Mask(mask) of a model m`)
	}
	own := mask.InAlpha
	if own == 0 {
		own = 1
	}
	list := slices.Clone(alphas)
	if !slices.Contains(list, own) {
		list = append(list, own)
		slices.Sort(list)
	}
	var panels [][]*plot.Plot
	panels = append(panels, nil)
	names := 0
	for k, a := range list {
		mask.InAlpha = a
		counts := mask.Shares(draws)
		p := ridges(counts, k == 0)
		names = len(counts)
		p.Title.Text = fmt.Sprintf("alpha %g", a)
		if a == own {
			p.Title.Text += " (the mask's)"
		}
		panels[0] = append(panels[0], p)
	}
	in, _ := mask.Budgets()
	far := 0.0
	for _, p := range panels[0] {
		far = max(far, p.X.Max)
	}
	for _, p := range panels[0] {
		p.X.Max = far
	}
	each := min(max(260/float64(names), 20), 52)
	f := &Figure{kind: op, chart: &chart{w: 800, h: vg.Length(each*float64(names) + 92), draw: func(c draw.Canvas) {
		c = draw.Crop(c, 12, -14, 10, -12)
		c.FillText(label(9, false, gray), vg.Point{X: c.Min.X, Y: c.Min.Y + 2},
			"how often each count was drawn, every row scaled to its highest; the line is the mean")
		sideBySide(draw.Crop(c, 0, 0, 18, 0), panels[0])
	}}}
	return f.Titled(fmt.Sprintf("Input tokens a modality is given: %d in all, %s", in, human.Count(draws, "draw")))
}

// ridges stacks one histogram a domain, each on a line of its own.
func ridges(counts map[string][]int, named bool) *plot.Plot {
	seen, most := map[string]bool{}, 1
	for n, c := range counts {
		seen[n] = true
		most = max(most, slices.Max(c))
	}
	names := inOrder(seen)
	p := newPlot("", "tokens", "")
	p.X.Min, p.X.Max = -0.5, float64(most)+0.5
	p.X.Tick.Marker = ticks{n: 3, whole: true}
	p.Y.Min, p.Y.Max = -0.08, float64(len(names))
	step := 1 + most/40
	var marks []plot.Tick
	for i, n := range names {
		base := float64(len(names) - 1 - i)
		col := colorOf(n)
		bins, mean := make([]int, most/step+1), 0.0
		for _, k := range counts[n] {
			bins[k/step]++
			mean += float64(k) / float64(len(counts[n]))
		}
		top := float64(slices.Max(bins))
		outline := plotter.XYs{{X: -0.5, Y: base}}
		for b, k := range bins {
			y, x := base+0.86*float64(k)/top, float64(b*step)-0.5
			end := min(x+float64(step), p.X.Max)
			outline = append(outline, plotter.XY{X: x, Y: y}, plotter.XY{X: end, Y: y})
		}
		outline = append(outline, plotter.XY{X: p.X.Max, Y: base})
		p.Add(&plotter.Polygon{XYs: []plotter.XYs{outline}, Color: mix(col, white, 0.35)}, stroke(outline[1:len(outline)-1], col, 1))
		p.Add(stroke(plotter.XYs{{X: mean, Y: base}, {X: mean, Y: base + 0.9}}, ink, 1.2))
		mark := plot.Tick{Value: base + 0.4}
		if named {
			mark.Label = modality.Short(n)
			if m, ok := modality.Find(n); ok && m.Pixels && n != m.Name && slices.Contains(names, m.Name) {
				mark.Label = m.Name + " tokens" // its pixels are another row
			}
		}
		marks = append(marks, mark)
	}
	p.Y.Tick.Marker = plot.ConstantTicks(marks)
	p.Y.Tick.Length = 0
	p.Y.Tick.Label.Color = ink
	p.Y.LineStyle.Width = 0
	return p
}
