package viz

// Scores of every task of a report, given by target, beside what one gets
// without looking.

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"fourmlab/fourm"
)

// Matrix draws a report of m.Eval as a table: rows are what was given, columns
// what was predicted, numbers the value of the set with its standard error. Blue
// is better than the baseline (what one predicts without looking), orange is
// worse, by the difference relative to the baseline.
func Matrix(rep *fourm.Report) *Figure {
	const op = "viz.Matrix"
	need(op, rep != nil, "the report is nil")
	type place struct{ given, target, metric string }
	at := map[place]fourm.ReportRow{}
	given, targets := map[string]bool{}, map[string]bool{}
	metrics := map[string][]string{}
	most := 0.0
	for k, r := range rep.Rows {
		need(op, r.Target != "", "row %d names no target", k)
		if r.Given == "" {
			r.Given = "nothing"
		}
		given[r.Given], targets[r.Target] = true, true
		if !slices.Contains(metrics[r.Target], r.Metric) {
			metrics[r.Target] = append(metrics[r.Target], r.Metric)
		}
		at[place{r.Given, r.Target, r.Metric}] = r
		if g := gain(r); usable(g) {
			most = max(most, math.Abs(g))
		}
	}
	rows := inOrder(given)
	var heads []string
	var cols []place
	about := ""
	for _, t := range inOrder(targets) {
		for _, m := range metrics[t] {
			heads, cols = append(heads, t), append(cols, place{target: t, metric: m})
			if about != "" {
				about += "; "
			}
			about += t + ": " + m
			for p, r := range at {
				if p.target == t && p.metric == m && r.Lower {
					about += " (lower is better)"
					break
				}
			}
		}
	}
	if len(rows) == 0 {
		return missing(op, "the report has no rows")
	}
	most = math.Ceil(100*min(max(most, 0.01), 1)) / 100
	t := heat{rows: rows, cols: heads, side: "given", over: "predicted", w: min(max(1100/len(cols), 64), 190), h: min(max(900/len(rows), 40), 84), at: func(i, j int) (string, string, color.RGBA) {
		r, ok := at[place{rows[i], cols[j].target, cols[j].metric}]
		if !ok {
			return "", "", color.RGBA{}
		}
		g := gain(r)
		if math.IsNaN(r.Value) {
			return "unknown", "", faint
		}
		if !usable(g) {
			return "no value", "", faint
		}
		text := fmt.Sprintf("%.3g", r.Value)
		if r.Error > 0 {
			text = digits(r.Value, r.Error, r.Error)
		}
		return text, strings.ReplaceAll(fmt.Sprintf("%+.0f %%", 100*g), "-", "−"), diverging(g / most)
	}}
	table := t.panel()
	table.note = about
	bar := &cell{title: "difference from the baseline, % of it: worse (orange), better (blue)", w: 780, h: 30, draw: func(c canvas, r image.Rectangle) {
		colorBar(c, r, func(x float64) color.RGBA { return diverging(2*x - 1) }, -100*most, 100*most, " %")
	}}
	table.w = max(table.w, 520)
	return sheet(op, gap, row{cells: []*cell{table}}, across(bar)).Titled("What is predicted how well, from what")
}

// gain gives by how much a value beats the baseline, as a share of it.
func gain(r fourm.ReportRow) float64 {
	d := r.Value - r.Baseline
	if r.Lower {
		d = -d
	}
	switch {
	case d == 0:
		return 0
	case r.Baseline == 0:
		return math.Copysign(1, d)
	}
	return d / math.Abs(r.Baseline)
}

// diverging gives orange for -1, white for 0 and blue for 1, which are told
// apart with every kind of colour vision.
func diverging(x float64) color.RGBA {
	x = min(max(x, -1), 1)
	if x < 0 {
		return mix(color.RGBA{0xd9, 0x6a, 0x16, 255}, color.RGBA{0xf7, 0xf7, 0xf7, 255}, -x)
	}
	return mix(color.RGBA{0x21, 0x66, 0xac, 255}, color.RGBA{0xf7, 0xf7, 0xf7, 255}, x)
}
