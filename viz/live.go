package viz

// The small curve that follows a run while it trains.

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// Frame is a picture of a run as it stood: the bytes of a PNG.
type Frame []byte

// PNG gives the bytes, so that a notebook shows the picture.
func (f Frame) PNG() []byte { return f }

func (f Frame) String() string {
	return fmt.Sprintf("viz.Live: 600x220 pixels, %d bytes of PNG", len(f))
}

func init() { shows(func(run *fourm.Run) []byte { return Live(run) }) }

// Live draws the losses of a run as a PNG of 600 by 220 pixels: the mean in
// black, every modality in its colour, validation as dots. It takes a few
// milliseconds: training draws it anew while it goes on, twice a second at
// most and always into the same output. Follow does so for a run that goes on
// elsewhere.
func Live(run *fourm.Run) Frame {
	const op = "viz.Live"
	need(op, run != nil, "the run is nil")
	const w, h, px = 600, 220, vg.Length(0.75) // a pixel at 96 dots an inch
	if len(run.Points) == 0 {
		return missing(op, "no step of training yet").PNG()
	}
	p := newPlot("", "", "")
	p.Add(gridLines())
	runs := []*fourm.Run{run}
	var keys []key
	line := func(domain, name string, c color.RGBA, width vg.Length) {
		k := curveOf(run, domain)
		if domain == "" && len(k.train) == 0 && len(k.val) > 0 {
			p.Add(stroke(k.val, c, width), dots(k.val, c, 2))
			keys = append(keys, key{name: "validation", color: c, dot: true})
		}
		if len(k.train) == 0 {
			return
		}
		if domain == "" {
			p.Add(stroke(thin(k.train, 200), faded(c, 0.25), 0.6))
		}
		if len(k.train) == 1 {
			p.Add(dots(k.train, c, 2))
		}
		p.Add(stroke(thin(smooth(k.train, smoothing), 200), c, width))
		keys = append(keys, key{name: name, color: c, width: width})
		if domain == "" && len(k.val) > 0 {
			p.Add(dots(k.val, c, 2))
			keys = append(keys, key{name: "validation", color: c, dot: true})
		}
	}
	for _, d := range domainsOf(runs) {
		line(d, modality.Short(d), colorOf(d), 1)
	}
	mean := "mean"
	if run.Unit != "" {
		mean = run.Unit
	}
	line("", mean, ink, 1.5)
	p.X.Min = 0
	p.X.Max = max(p.X.Max, 1)
	log := logY(p)
	c := vgimg.NewWith(vgimg.UseWH(w*px, h*px), vgimg.UseDPI(96), vgimg.UseBackgroundColor(color.White))
	inner := draw.Crop(draw.New(c), 6, -8, 4, -6)
	inner = drawKeys(inner, keys)
	if len(keys) == 0 {
		return missing(op, "no loss among the numbers of this run (viz.Curves draws all)").PNG()
	}
	last := run.Last()
	p.X.Label.Text = fmt.Sprintf("step %d of %d", last.Step, max(run.Steps, last.Step))
	p.Y.Label.Text = lossUnit(run)
	if log {
		p.Y.Label.Text += ", log"
	}
	drawPlot(inner, p)
	var b bytes.Buffer
	// Writing into memory cannot fail.
	_ = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, c.Image())
	return b.Bytes()
}
