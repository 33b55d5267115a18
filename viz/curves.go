package viz

// Training curves: the loss of one run or of several, in total and by
// modality.

import (
	"fmt"
	"image/color"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

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
type curve struct {
	train, val plotter.XYs
	rare       bool // train is of few of the steps, and no average is taken
}

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

// metricOf picks another number of a run, by its name.
func metricOf(r *fourm.Run, name string) curve {
	var c curve
	for _, p := range r.Points {
		if v, ok := p.Metrics[name]; ok && usable(v) {
			c.train = append(c.train, plotter.XY{X: float64(p.Step), Y: v})
		}
	}
	c.rare = len(c.train) < len(r.Points)/2
	return c
}

// lossUnit says what the losses of a run are counted in.
func lossUnit(r *fourm.Run) string {
	if r.Unit != "" {
		return r.Unit
	}
	return "nats a token"
}

func usable(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// add draws the curve: the average of the steps solid, validation as points
// on a thin line.
func (c curve) add(p *plot.Plot, train, val color.RGBA, n int) {
	if len(c.train) == 1 {
		p.Add(dots(c.train, train, 2.4))
	}
	switch {
	case len(c.train) > 1 && c.rare:
		p.Add(stroke(thin(c.train, n), train, 1.6))
	case len(c.train) > 1:
		p.Add(stroke(thin(smooth(c.train, smoothing), n), train, 1.6))
	}
	if len(c.val) > 0 {
		p.Add(stroke(c.val, val, 1, 3, 2), dots(c.val, val, 2.4))
	}
}

// Curves draws the losses of runs by step: the total in the first panel, then
// one panel a modality, where the dashed gray line is the loss of predicting
// the marginal distribution, then one for every other number that a run of
// others brings. Single steps are faint, their moving average is solid,
// validation is dotted.
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
	title := "Training curves"
	if n := len(domains); n > mostDomains {
		domains, title = domains[:mostDomains], fmt.Sprintf("Training curves of %d of %d modalities", mostDomains, n)
	}
	var keys []key
	one := len(runs) == 1
	colorsAt := func(i int, domain string) (train, val color.RGBA) {
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
	panelOf := func(title, domain string, of func(r *fourm.Run, name string) curve) *plot.Plot {
		p := newPlot(title, "step", "")
		p.Add(gridLines())
		// Single steps lie below everything else; of many runs they would
		// hide one another.
		for i, r := range runs {
			if c := of(r, domain); len(c.train) > 1 && len(runs) <= 4 {
				t, _ := colorsAt(i, domain)
				p.Add(stroke(thin(c.train, 1000), faded(t, 0.25), 0.8))
			}
		}
		for i, r := range runs {
			t, v := colorsAt(i, domain)
			of(r, domain).add(p, t, v, 1000)
		}
		if m := marginal(runs, domain); m > 0 {
			p.Add(stroke(plotter.XYs{{X: 0, Y: m}, {X: p.X.Max, Y: m}}, gray, 1.1, 5, 3))
		}
		p.X.Min, p.X.Max = 0, max(p.X.Max, 1)
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
		if r.LastVal().ValLoss != 0 {
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
	total := panelOf("loss, mean over the modalities", "", curveOf)
	if len(domains) == 0 || runs[0].Unit != "" {
		total.Title.Text = "loss"
	}
	losses := []*plot.Plot{total}
	for _, d := range domains {
		losses = append(losses, panelOf(modality.Short(d), d, curveOf))
	}
	unit := lossUnit(runs[0])
	if level(losses...) {
		unit += ", log"
	}
	for _, p := range losses {
		p.Y.Label.Text = unit
	}
	rest := append(losses[1:], metricPanels(runs, func(n string) *plot.Plot { return panelOf(n, n, metricOf) })...)
	const each, pad = 170, 12
	top := vg.Length(250)
	if !hasLoss(runs) && len(rest) > 0 {
		total, top = nil, 0
	}
	cols := 1
	var grid [][]*plot.Plot
	if len(rest) > 0 {
		cols = columns(len(rest), 4)
		for len(rest) > 0 {
			line := make([]*plot.Plot, cols)
			n := copy(line, rest)
			rest = rest[n:]
			for _, p := range line[1:n] { // the first of a row says what all of it is
				if p.Y.Label.Text == line[0].Y.Label.Text {
					p.Y.Label.Text = ""
				}
			}
			grid = append(grid, line)
		}
	}
	h := top + vg.Length(each*len(grid))
	f := &Figure{kind: op, chart: &chart{w: 800, h: h, draw: func(c draw.Canvas) {
		c = drawKeys(draw.Crop(c, pad, -pad, pad, -pad), keys)
		if len(grid) == 0 {
			drawPlot(c, total)
			return
		}
		if total != nil {
			lower := vg.Length(each * len(grid))
			drawPlot(draw.Crop(c, 0, 0, lower+12, 0), total)
			c.Max.Y = c.Min.Y + lower
		}
		tile(c, grid)
	}}}
	return f.Titled(title)
}

// mostDomains is how many modalities have a panel: 4M-21 has 21.
const mostDomains = 64

// metricPanels gives the panels of the other numbers of runs. Those of one name,
// whatever part of the samples they are of ("train/acc" and "val/acc"), share an
// axis.
func metricPanels(runs []*fourm.Run, panel func(name string) *plot.Plot) (out []*plot.Plot) {
	alike := map[string][]*plot.Plot{}
	for _, n := range metricsOf(runs) {
		p := panel(n)
		kind := n[strings.LastIndex(n, "/")+1:]
		alike[kind] = append(alike[kind], p)
		out = append(out, p)
	}
	for _, ps := range alike {
		if level(ps...) {
			for _, p := range ps {
				p.Y.Label.Text = "log"
			}
		}
	}
	return out
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
			for d := range p.Val {
				seen[d] = true
			}
		}
	}
	return inOrder(seen)
}

// metricsOf lists the other numbers that the runs bring, by name; where they
// are too many for a figure, the first.
func metricsOf(runs []*fourm.Run) []string {
	seen := map[string]bool{}
	for _, r := range runs {
		for _, p := range r.Points {
			for n := range p.Metrics {
				seen[n] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(seen))
	return names[:min(len(names), 24)]
}

// hasLoss tells whether any run has a loss in total.
func hasLoss(runs []*fourm.Run) bool {
	for _, r := range runs {
		if c := curveOf(r, ""); len(c.train)+len(c.val) > 0 {
			return true
		}
	}
	return false
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
