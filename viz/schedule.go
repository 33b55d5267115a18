package viz

// What is settled before anything runs: the learning rate of a training, and
// the tokens and temperatures of a plan's steps.

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
)

// Schedule draws what runs over steps, one panel each: of a fourm.Train the
// learning rate, of a plan the tokens that each step decides and the
// temperature at which it does. Several may be given: viz.Schedule(train, plan).
func Schedule(settings ...any) *Figure {
	const op = "viz.Schedule"
	var panels []*plot.Plot
	for i, s := range settings {
		switch s := s.(type) {
		case fourm.Train:
			panels = append(panels, ratePanel(s.Rates()))
		case *fourm.Plan:
			need(op, s != nil, "the plan is nil")
			panels = append(panels, planPanels(s)...)
		case fourm.Plan:
			panels = append(panels, planPanels(&s)...)
		default:
			need(op, false, "setting %d is a %T, expected a fourm.Train or a plan", i+1, s)
		}
	}
	if len(panels) == 0 {
		return missing(op, "no schedule: neither a training nor a plan with an image as target")
	}
	cols := min(len(panels), 3)
	var grid [][]*plot.Plot
	for len(panels) > 0 {
		line := make([]*plot.Plot, cols)
		panels = panels[copy(line, panels):]
		grid = append(grid, line)
	}
	f := &Figure{kind: op, chart: &chart{w: vg.Length([]int{0, 500, 660, 800}[cols]), h: vg.Length(220*len(grid) + 10), draw: func(c draw.Canvas) {
		tile(draw.Crop(c, 12, -16, 10, -12), grid)
	}}}
	return f.Titled("Schedules")
}

func ratePanel(lr []float64) *plot.Plot {
	p := newPlot("learning rate", "training step", "")
	var pts plotter.XYs
	for i, v := range lr {
		pts = append(pts, plotter.XY{X: float64(i + 1), Y: v})
	}
	p.Add(gridLines(), stroke(thin(pts, 1000), series[0], 1.6))
	if len(pts) == 1 {
		p.Add(dots(pts, series[0], 2.4))
	}
	p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
	p.Y.Min, p.Y.Max = 0, max(p.Y.Max*1.05, 1e-12)
	return p
}

// planPanels draws a bar of tokens and a dot of temperature for each step,
// stage by stage in the colours of the targets.
func planPanels(plan *fourm.Plan) []*plot.Plot {
	tokens := newPlot("tokens decided in each step", "decoding step", "")
	temps := newPlot("temperature of each step", "decoding step", "")
	tokens.Add(gridLines())
	temps.Add(gridLines())
	at, most, hot := 0.0, 1.0, 1e-9
	name := ""
	for i, steps := range plan.Schedule() {
		target := plan.Stages[i].Target
		var line plotter.XYs
		for _, s := range steps {
			at++
			line = append(line, plotter.XY{X: at, Y: s.Temp})
			most, hot = max(most, float64(s.Tokens)), max(hot, s.Temp)
			n := float64(s.Tokens)
			tokens.Add(&plotter.Polygon{XYs: []plotter.XYs{{{X: at - 0.4, Y: 0}, {X: at + 0.4, Y: 0}, {X: at + 0.4, Y: n}, {X: at - 0.4, Y: n}}}, Color: mix(colorOf(target), white, 0.75)})
		}
		if len(steps) > 0 {
			col := colorOf(target)
			temps.Add(stroke(line, col, 1.3), dots(line, col, 2.6))
			if name != "" {
				name += ", then "
			}
			name += target
		}
	}
	if at == 0 {
		return nil
	}
	for _, p := range []*plot.Plot{tokens, temps} {
		p.X.Min, p.X.Max = 0.4, at+0.6
		p.Y.Min = 0
	}
	tokens.Y.Max, temps.Y.Max = most*1.08, hot*1.08
	tokens.X.Label.Text = fmt.Sprintf("decoding step (%s)", name)
	temps.X.Label.Text = tokens.X.Label.Text
	return []*plot.Plot{tokens, temps}
}
