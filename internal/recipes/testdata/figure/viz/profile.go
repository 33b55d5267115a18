package viz

// Profiles: a number for each row of a picture.

import (
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

func init() { shows(func(r Rows) []byte { return Profile(r).PNG() }) }

// Rows are numbers from the top of a picture to its bottom.
type Rows []float64

// Profile draws the numbers of the rows of a picture.
func Profile(r Rows) *Figure {
	const op = "viz.Profile"
	if len(r) == 0 {
		return missing(op, "no rows")
	}
	p := newPlot("", "row", "mean")
	p.Add(gridLines())
	var line plotter.XYs
	for i, v := range r {
		line = append(line, plotter.XY{X: float64(i), Y: v})
	}
	p.Add(stroke(line, series[0], 1.8))
	f := &Figure{kind: op, chart: &chart{w: 320, h: 160, draw: func(c draw.Canvas) { drawPlot(draw.Crop(c, 12, -16, 10, -12), p) }}}
	return f.Titled("A profile")
}
