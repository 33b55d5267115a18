package viz

// The arithmetic under the figures.

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

func TestColormaps(t *testing.T) {
	// First and last rows of the tables; the polynomials fit worst there.
	for name, c := range map[string]struct {
		cm     colormap
		lo, hi color.RGBA
	}{
		"turbo":   {turbo, color.RGBA{48, 18, 59, 255}, color.RGBA{122, 4, 3, 255}},
		"viridis": {viridis, color.RGBA{68, 1, 84, 255}, color.RGBA{253, 231, 37, 255}},
		"inferno": {inferno, color.RGBA{0, 0, 4, 255}, color.RGBA{252, 255, 164, 255}},
	} {
		for i, want := range []color.RGBA{c.lo, c.hi} {
			got := c.cm(float64(i))
			for k, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
				if d < -36 || d > 36 {
					t.Errorf("%s(%d): channel %d of %v, expected about %v", name, i, k, got, want)
				}
			}
		}
	}
}

func TestSmooth(t *testing.T) {
	var flat, line plotter.XYs
	for i := range 50 {
		flat = append(flat, plotter.XY{X: float64(i), Y: 3})
		line = append(line, plotter.XY{X: float64(i), Y: float64(i)})
	}
	for i, p := range smooth(flat, 0.9) {
		if math.Abs(p.Y-3) > 1e-12 {
			t.Fatalf("point %d of a constant is %v", i, p.Y)
		}
	}
	s := smooth(line, 0.9)
	if s[0].Y != 0 || s[49].Y >= 49 || s[49].Y < 40 {
		t.Errorf("a rising line ends at %v", s[49].Y)
	}
}

func TestThin(t *testing.T) {
	pts := make(plotter.XYs, 10000)
	for i := range pts {
		pts[i] = plotter.XY{X: float64(i)}
	}
	pts[4321].Y = 9
	out := thin(pts, 100)
	top := 0.0
	for i, p := range out {
		top = max(top, p.Y)
		if i > 0 && p.X <= out[i-1].X {
			t.Fatal("out of order")
		}
	}
	if len(out) > 102 || top != 9 {
		t.Errorf("%d points, highest %v", len(out), top)
	}
}

func TestTicks(t *testing.T) {
	join := func(tk ticks, lo, hi float64) string {
		var w []string
		for _, m := range tk.Ticks(lo, hi) {
			w = append(w, m.Label)
		}
		return strings.Join(w, " ")
	}
	for _, c := range []struct {
		t      ticks
		lo, hi float64
		want   string
	}{
		{ticks{n: 5}, 0, 1, "0 0.2 0.4 0.6 0.8 1"},
		{ticks{n: 5}, 0, 50000, "0 10k 20k 30k 40k 50k"},
		{ticks{n: 5, whole: true}, 0, 2, "0 1 2"},
		{ticks{n: 5, log: true}, 0.5, 30, "0.5 1 2 5 10 20"},
		{ticks{n: 5, log: true}, 0.1, 1000, "0.1 1 10 100 1000"},
		{ticks{n: 5, log: true}, 5, 9, "5 6 7 8 9"},
		{ticks{n: 5}, 3, 3, "3"},
	} {
		if got := join(c.t, c.lo, c.hi); got != c.want {
			t.Errorf("%v from %v to %v: %s, expected %s", c.t, c.lo, c.hi, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	s := "Donaudampfschifffahrtsgesellschaftskapitän und ein paar kürzere Wörter, Übermut"
	for _, w := range []int{30, 100, 300} {
		ls := wrap(s, body, w, 0)
		if got := strings.Join(ls, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Errorf("%d: %q loses text", w, ls)
		}
		for _, l := range ls {
			if body.width(l) > w {
				t.Errorf("%d: %q is %d wide", w, l, body.width(l))
			}
		}
	}
	if ls := wrap(s, body, 100, 2); len(ls) != 2 || !strings.HasSuffix(ls[1], "...") || body.width(ls[1]) > 100 {
		t.Errorf("%q", ls)
	}
}

// Panels of one kind share one axis, logarithmic for all or for none.
func TestLevel(t *testing.T) {
	panel := func(lo, hi float64) *plot.Plot {
		p := newPlot("", "", "")
		p.Add(stroke(plotter.XYs{{X: 0, Y: hi}, {X: 1, Y: lo}}, ink, 1))
		return p
	}
	isLog := func(p *plot.Plot) bool { _, ok := p.Y.Scale.(plot.LogScale); return ok }
	a, b, none := panel(2, 5), panel(0.1, 6), newPlot("", "", "")
	if !level(a, b, none) || !isLog(a) || !isLog(b) || a.Y.Min != b.Y.Min || a.Y.Max != b.Y.Max || a.Y.Min > 0.1 || a.Y.Max < 6 {
		t.Errorf("axes %g to %g and %g to %g, log %v and %v", a.Y.Min, a.Y.Max, b.Y.Min, b.Y.Max, isLog(a), isLog(b))
	}
	a, b = panel(2, 5), panel(1, 6)
	if level(a, b) || isLog(a) || isLog(b) || a.Y.Min != b.Y.Min {
		t.Error("an axis of less than a decade is logarithmic")
	}
}
