package viz

// Codebooks: what every code looks like, and how often it is used.

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"sort"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"fourmlab/fourm"
	"fourmlab/fourm/vq"
	"fourmlab/internal/human"
)

// visible is what a tokenizer has whose codes can be looked at, as those of
// fourm.TrainTokenizer.
type visible interface {
	Entries() ([]*fourm.Picture, error)
}

// Codebook draws the picture of every code of a tokenizer. With use, as
// tok.Usage(ds) counts it, the most used come first and those that are never
// used are dimmed: viz.Codebook(tok, tok.Usage(ds)...).
func Codebook(tok fourm.Tokenizer, use ...int) *Figure {
	const op = "viz.Codebook"
	need(op, tok != nil, "the tokenizer is nil")
	shown, ok := tok.(visible)
	need(op, ok, "the codes of a %T have no pictures", tok)
	entries, err := shown.Entries()
	need(op, err == nil, "%v", err)
	if len(entries) == 0 {
		return missing(op, "the codebook is empty")
	}
	need(op, len(use) == 0 || len(use) == len(entries), "%d codes and %d counts", len(entries), len(use))
	order := make([]int, len(entries))
	for i, p := range entries {
		order[i] = i
		need(op, p != nil && p.H > 0 && p.W > 0 && p.C > 0 && len(p.Pix) == p.H*p.W*p.C, "code %d has no picture", i)
	}
	title, dead := fmt.Sprintf("%d codes", len(entries)), 0
	if len(use) > 0 {
		sort.SliceStable(order, func(a, b int) bool { return use[order[a]] > use[order[b]] })
		for _, n := range use {
			if n == 0 {
				dead++
			}
		}
		title += fmt.Sprintf(", the most used first; %d never used (dimmed)", dead)
	}
	// All codes share one look and one range, or they could not be compared.
	all := &fourm.Picture{C: entries[0].C}
	for _, p := range entries {
		all.Pix = append(all.Pix, p.Pix...)
	}
	m := guess(all)
	whose := ""
	if t, ok := tok.(*vq.Tokenizer); ok {
		whose = " of " + t.Of.Name
		m = t.Of
	}
	lo, hi := span(m, entries...)
	cols := min(len(entries), max(8, int(math.Ceil(math.Sqrt(2*float64(len(entries)))))))
	const between = 4
	side := min(96, (1600-2*margin)/cols-between)
	rows := (len(entries) + cols - 1) / cols
	c := &cell{title: title, w: max(cols*(side+between)-between, 480), h: rows*(side+between) - between, draw: func(c canvas, r image.Rectangle) {
		for k, i := range order {
			at := image.Rect(0, 0, side, side).Add(r.Min).Add(image.Pt(k%cols*(side+between), k/cols*(side+between)))
			c.picture(at, colorsOf(m, entries[i], lo, hi), true)
			if len(use) > 0 && use[i] == 0 {
				c.rect(at, color.NRGBA{255, 255, 255, 200})
				c.frame(at, 1, rule)
			}
		}
	}}
	return sheet(op, gap, row{cells: []*cell{c}}).Titled("The codes of the tokenizer" + whose)
}

// CodeUse draws how often each code is used, the most used first, on a
// logarithmic axis. The title says the perplexity (how many codes used
// equally often would be as many) and how many are dead.
func CodeUse(use []int) *Figure {
	const op = "viz.CodeUse"
	total, dead := 0, 0
	sorted := append([]int(nil), use...)
	sort.Sort(sort.Reverse(sort.IntSlice(sorted)))
	for i, n := range sorted {
		need(op, n >= 0, "code %d is used %d times", i, n)
		total += n
		if n == 0 {
			dead++
		}
	}
	if total == 0 {
		return missing(op, "no code is used")
	}
	entropy := 0.0
	for _, n := range sorted {
		if n > 0 {
			q := float64(n) / float64(total)
			entropy -= q * math.Log(q)
		}
	}
	live := len(sorted) - dead
	p := newPlot(fmt.Sprintf("perplexity %.1f of %d codes, %d dead", math.Exp(entropy), len(sorted), dead), "code, the most used first", "times used")
	uniform := float64(total) / float64(len(sorted))
	floor := min(uniform, float64(sorted[live-1])) / 1.5
	p.X.Min, p.X.Max = 0, float64(len(sorted))
	p.Y.Min, p.Y.Max = floor, max(float64(sorted[0]), uniform)*1.4
	logScale(p)
	p.Add(gridLines())
	var top plotter.XYs
	for i, n := range sorted[:live] {
		top = append(top, plotter.XY{X: float64(i), Y: float64(n)}, plotter.XY{X: float64(i + 1), Y: float64(n)})
	}
	area := append(append(plotter.XYs{{X: 0, Y: floor}}, top...), plotter.XY{X: float64(live), Y: floor})
	p.Add(&plotter.Polygon{XYs: []plotter.XYs{area}, Color: mix(series[0], white, 0.35)}, stroke(top, series[0], 1.2))
	if dead > 0 {
		from, to := float64(live), float64(len(sorted))
		p.Add(&plotter.Polygon{XYs: []plotter.XYs{{{X: from, Y: floor}, {X: to, Y: floor}, {X: to, Y: p.Y.Max}, {X: from, Y: p.Y.Max}}}, Color: faint})
	}
	p.Add(stroke(plotter.XYs{{X: 0, Y: uniform}, {X: float64(len(sorted)), Y: uniform}}, gray, 1.1, 5, 3))
	keys := []key{
		{name: "uses of a code", color: series[0], width: 1.8},
		{name: fmt.Sprintf("all codes used equally: %s", human.Tick(uniform)), color: gray, width: 1.1, dashes: []vg.Length{5, 3}},
	}
	if dead > 0 {
		keys = append(keys, key{name: "dead codes", color: rule, width: 8})
	}
	f := &Figure{kind: op, chart: &chart{w: 640, h: 290, draw: func(c draw.Canvas) {
		drawPlot(drawKeys(draw.Crop(c, 12, -16, 10, -12), keys), p)
	}}}
	return f.Titled("How often each code is used")
}
