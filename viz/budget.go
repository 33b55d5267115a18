package viz

// How a mask shares its tokens out among the modalities, and how a learning
// rate runs.

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm/modality"
)

// MaskBudget draws one histogram a modality of how many tokens it was given
// in many drawings of a mask: counts holds one number a drawing. All have one
// horizontal axis; a mark stands at the mean.
func MaskBudget(counts map[string][]int, title string) *Figure {
	const op = "viz.MaskBudget"
	most, seen := 0, map[string]bool{}
	for n, c := range counts {
		modality.Need(op, n)
		if len(c) > 0 {
			seen[n] = true
		}
		for _, k := range c {
			need(op, k >= 0, "%s was given %d tokens", n, k)
			most = max(most, k)
		}
	}
	names := inOrder(seen)
	if len(names) == 0 {
		return missing(op, "no drawings of a mask")
	}
	step := 1 + most/48
	var plots [][]*plot.Plot
	for _, n := range names {
		p := newPlot("", "", "")
		p.X.Min, p.X.Max = -0.5, float64(most/step*step+step)-0.5
		p.Y.Min = 0
		bins := make([]int, most/step+1)
		mean, top := 0.0, 0
		for _, k := range counts[n] {
			bins[k/step]++
			top = max(top, bins[k/step])
			mean += float64(k) / float64(len(counts[n]))
		}
		p.Y.Max = float64(top) / float64(len(counts[n])) * 1.1
		p.Y.Tick.Marker = percents{}
		col := colorOf(n)
		var outline plotter.XYs
		for b, k := range bins {
			y := float64(k) / float64(len(counts[n]))
			x := float64(b*step) - 0.5
			outline = append(outline, plotter.XY{X: x, Y: y}, plotter.XY{X: x + float64(step), Y: y})
		}
		area := append(append(plotter.XYs{{X: -0.5, Y: 0}}, outline...), plotter.XY{X: p.X.Max, Y: 0})
		p.Add(gridLines(), &plotter.Polygon{XYs: []plotter.XYs{area}, Color: mix(col, white, 0.35)}, stroke(outline, col, 1.2))
		p.Add(stroke(plotter.XYs{{X: mean, Y: 0}, {X: mean, Y: p.Y.Max}}, ink, 1, 2, 2))
		p.Title.Text = fmt.Sprintf("%s, mean %.1f", n, mean)
		plots = append(plots, []*plot.Plot{p})
	}
	plots[len(plots)-1][0].X.Label.Text = "tokens"
	const each = 100
	f := &Figure{kind: op, chart: &chart{w: 640, h: vg.Length(each*len(names) + 20), draw: func(c draw.Canvas) {
		tile(draw.Crop(c, 12, -14, 10, -12), plots)
	}}}
	return f.Title(title)
}

// percents marks shares of a whole.
type percents struct{}

func (percents) Ticks(lo, hi float64) []plot.Tick {
	out := ticks{n: 3}.Ticks(lo, hi)
	for i := range out {
		out[i].Label = short(math.Round(out[i].Value*1e4)/100) + " %"
	}
	return out
}

// Schedule draws a learning rate by step.
func Schedule(lr []float64) *Figure {
	const op = "viz.Schedule"
	if len(lr) == 0 {
		return missing(op, "the schedule has no steps")
	}
	p := newPlot("learning rate", "step", "")
	var pts plotter.XYs
	for i, v := range lr {
		need(op, usable(v), "the rate of step %d is %v", i, v)
		pts = append(pts, plotter.XY{X: float64(i), Y: v})
	}
	p.Add(gridLines(), stroke(thin(pts, 1000), series[0], 1.6))
	p.X.Max = max(p.X.Max, 1)
	p.Y.Min = min(p.Y.Min, 0)
	p.Y.Max = max(p.Y.Max*1.05, 1e-12)
	return &Figure{kind: op, chart: &chart{w: 500, h: 230, draw: func(c draw.Canvas) {
		drawPlot(draw.Crop(c, 12, -16, 10, -12), p)
	}}}
}
