package viz

// Training curves: the loss of one run or of several, in total and by
// modality.

import (
	"fmt"
	"image/color"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

// smoothing is the p of smooth.
const smoothing = 0.85

// curve is what is drawn of one loss: every step, and the validated ones.
type curve struct{ train, val plotter.XYs }

// curveOf picks the total ("") or a domain's loss out of a run.
func curveOf(r *fourm.Run, domain string) curve {
	var c curve
	for _, p := range r.Points {
		t, has := p.Losses[domain]
		v, validated := p.Val[domain]
		if domain == "" {
			t, has = p.Loss, true
			v, validated = p.ValLoss, p.Val != nil || p.ValLoss != 0
		}
		if has && usable(t) {
			c.train = append(c.train, plotter.XY{X: float64(p.Step), Y: t})
		}
		if validated && usable(v) {
			c.val = append(c.val, plotter.XY{X: float64(p.Step), Y: v})
		}
	}
	return c
}

func usable(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// add draws the curve: the average of the steps solid, validation as points
// on a thin line.
func (c curve) add(p *plot.Plot, train, val color.RGBA, n int) {
	if len(c.train) == 1 {
		p.Add(dots(c.train, train, 2.4))
	}
	if len(c.train) > 1 {
		p.Add(stroke(thin(smooth(c.train, smoothing), n), train, 1.6))
	}
	if len(c.val) > 0 {
		p.Add(stroke(c.val, val, 1, 3, 2), dots(c.val, val, 2.4))
	}
}

// Curves draws the losses of runs by step: the total in the first panel, then
// one panel a modality, where the dashed gray line is the loss of predicting
// the marginal distribution. Single steps are faint, their moving average is
// solid, validation is dotted.
func Curves(runs ...*fourm.Run) *Figure {
	const op = "viz.Curves"
	points := 0
	for i, r := range runs {
		need(op, r != nil, "run %d is nil", i)
		points += len(r.Points)
	}
	if points == 0 {
		return missing(op, "no step of training yet")
	}
	domains := domainsOf(runs)
	var keys []key
	one := len(runs) == 1
	colours := func(i int, domain string) (train, val color.RGBA) {
		train = seriesColor(i)
		if one {
			train = ink
			if domain != "" {
				train = colorOf(domain)
			}
			return train, mix(train, white, 0.6)
		}
		return train, train
	}
	panelOf := func(domain string) *plot.Plot {
		p := newPlot(shortDomain(domain), "step", "")
		if domain == "" {
			p.Y.Label.Text = "nats a token"
			p.Title.Text = "loss, mean over the modalities"
		}
		p.Add(gridLines())
		// Single steps lie below everything else; of many runs they would
		// hide one another.
		for i, r := range runs {
			if c := curveOf(r, domain); len(c.train) > 1 && len(runs) <= 4 {
				t, _ := colours(i, domain)
				p.Add(stroke(thin(c.train, 1000), faded(t, 0.25), 0.8))
			}
		}
		for i, r := range runs {
			t, v := colours(i, domain)
			curveOf(r, domain).add(p, t, v, 1000)
		}
		if m := marginal(runs, domain); m > 0 && domain != "" {
			p.Add(stroke(plotter.XYs{{X: 0, Y: m}, {X: p.X.Max, Y: m}}, gray, 1.1, 5, 3))
		}
		p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
		logY(p)
		return p
	}
	if one {
		keys = append(keys, key{name: "training, every step", color: faded(ink, 0.3), width: 1}, key{name: "moving average", color: ink, width: 1.8})
	} else {
		for i, r := range runs {
			keys = append(keys, key{name: nameOf(r, i), color: seriesColor(i), width: 1.8})
		}
	}
	for _, r := range runs {
		if r.LastVal().Val != nil {
			keys = append(keys, key{name: "validation", color: gray, width: 1, dashes: []vg.Length{3, 2}, dot: true})
			break
		}
	}
	for _, d := range domains {
		if marginal(runs, d) > 0 {
			keys = append(keys, key{name: "marginal distribution", color: gray, width: 1.1, dashes: []vg.Length{5, 3}})
			break
		}
	}
	total := panelOf("")
	var rest []*plot.Plot
	for _, d := range domains {
		rest = append(rest, panelOf(d))
	}
	const top, each, pad = 250, 170, 12
	cols := 1
	var grid [][]*plot.Plot
	if len(rest) > 0 {
		cols = columns(len(rest), 4)
		for len(rest) > 0 {
			line := make([]*plot.Plot, cols)
			n := copy(line, rest)
			rest = rest[n:]
			line[0].Y.Label.Text = "nats a token"
			grid = append(grid, line)
		}
	}
	h := vg.Length(top + each*len(grid))
	return &Figure{kind: op, chart: &chart{w: 800, h: h, draw: func(c draw.Canvas) {
		c = drawKeys(draw.Crop(c, pad, -pad, pad, -pad), keys)
		if len(grid) == 0 {
			drawPlot(c, total)
			return
		}
		lower := vg.Length(each * len(grid))
		drawPlot(draw.Crop(c, 0, 0, lower+12, 0), total)
		c.Max.Y = c.Min.Y + lower
		tile(c, grid)
	}}}
}

// domainsOf lists the domains that the runs have losses of, in the order of
// 4M's figures.
func domainsOf(runs []*fourm.Run) []string {
	seen := map[string]bool{}
	for _, r := range runs {
		for _, p := range r.Points {
			for d := range p.Losses {
				seen[d] = true
			}
		}
	}
	return inOrder(seen)
}

// inOrder sorts domains as a sample sorts its modalities.
func inOrder(seen map[string]bool) []string {
	s := fourm.Sample{Values: map[string]any{}}
	by := map[string][]string{}
	for d := range seen {
		n := d
		if m, ok := modality.Find(d); ok {
			n = m.Name
		}
		s.Values[n] = nil
		by[n] = append(by[n], d)
	}
	var out []string
	for _, n := range s.Names() {
		sort.Strings(by[n])
		out = append(out, by[n]...)
	}
	return out
}

// marginal gives the reference loss of a domain where the runs agree on it.
func marginal(runs []*fourm.Run, domain string) float64 {
	at := 0.0
	for _, r := range runs {
		m := r.Marginal[domain]
		if !usable(m) || m <= 0 || at != 0 && math.Abs(m-at) > 0.01*at {
			return 0
		}
		at = m
	}
	return at
}

func nameOf(r *fourm.Run, i int) string {
	if r.Name != "" {
		return r.Name
	}
	return fmt.Sprintf("run %d", i+1)
}

// shortDomain names a domain by its modality where that is not ambiguous.
func shortDomain(d string) string {
	if m, ok := modality.Find(d); ok && m.Domain() == d {
		return m.Name
	}
	return d
}
