package viz

// The vectors that mark a model's tokens, in as many dimensions as can be
// looked at, and samples by how near they are to one another.

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"fourmlab/fourm"
	"fourmlab/fourm/metric"
	"fourmlab/fourm/modality"
)

// Embed draws what marks the tokens of every domain of a model: the modality
// embeddings in their first two principal components, how alike they are, and
// the position embeddings with their first three components as red, green and
// blue. Domains that share a vector or a table are drawn once.
func Embed(m *fourm.Model) *Figure {
	const op = "viz.Embed"
	need(op, m != nil, "the model is nil")
	type marked struct {
		name string
		col  color.RGBA
		v    []float64
	}
	var points []marked
	type table struct {
		names      []string
		rows, cols int
		v          []float32
	}
	var tables []table
	for _, e := range m.Embeddings() {
		name := domainName(e.Domain)
		if !slices.ContainsFunc(points, func(p marked) bool { return slices.Equal(p.v, wide(e.Modality)) }) {
			p := marked{name, colorOf(e.Domain.Modality), wide(e.Modality)}
			if e.Decoder {
				p.name += " (target)"
			}
			points = append(points, p)
		}
		rows, cols := 1, min(len(e.Position)/len(e.Modality), e.Domain.Max)
		if e.Domain.Grid() {
			rows, cols = e.Domain.Rows, e.Domain.Cols
		}
		if rows*cols == 0 {
			continue
		}
		v := e.Position[:rows*cols*len(e.Modality)]
		k := slices.IndexFunc(tables, func(t table) bool { return t.rows == rows && slices.Equal(t.v, v) })
		if k < 0 {
			tables = append(tables, table{rows: rows, cols: cols, v: v})
			k = len(tables) - 1
		}
		if !slices.Contains(tables[k].names, name) {
			tables[k].names = append(tables[k].names, name)
		}
	}
	var data [][]float64
	var names []string
	var cols []color.RGBA
	for _, p := range points {
		data, names, cols = append(data, p.v), append(names, p.name), append(cols, p.col)
	}
	xy, share := project(data, 2)
	side := min(max(460/max(len(names), 1), 22), 76)
	alike := heat{rows: names, cols: names, w: side, h: side, at: func(i, j int) (string, string, color.RGBA) {
		c := metric.Similarity(data[i], data[j])
		return strings.ReplaceAll(fmt.Sprintf("%.2f", c), "-", "−"), "", diverging(c)
	}}.panel()
	scatter := scatterPanel(xy, names, cols, 620, max(alike.h, 420))
	scatter.title = "modality embeddings, principal components"
	scatter.note = fmt.Sprintf("across: %.0f %% of the variance, up: %.0f %%", 100*share[0], 100*share[1])
	alike.title = "how alike they are (cosine)"
	out := []row{{cells: []*cell{scatter, alike}}}
	var maps []*cell
	for _, t := range tables {
		var rows [][]float64
		d := len(t.v) / (t.rows * t.cols)
		for i := range t.rows * t.cols {
			rows = append(rows, wide(t.v[i*d:(i+1)*d]))
		}
		rgb, share := project(rows, 3)
		c := colorMap(rgb, t.rows, t.cols)
		c.note = fmt.Sprintf("%s (%.0f %% of the variance)", strings.Join(t.names, ", "), 100*(share[0]+share[1]+share[2]))
		maps = append(maps, c)
	}
	if len(maps) > 0 {
		strip := beside(maps, scatter.w+gap+alike.w)
		strip.w = scatter.w + gap + alike.w
		strip.title = "position embeddings, first three principal components as red, green, blue"
		out = append(out, across(strip))
	}
	return sheet(op, gap, out...).Titled("What marks the tokens of each modality")
}

func domainName(d modality.Domain) string {
	if m, ok := modality.Find(d.Modality); ok && m.Pixels && !d.Pixels {
		return m.Name + " tokens"
	}
	return d.Modality
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// project gives the first k principal components of the rows, each turned so
// that its largest entry is positive, and their shares of the variance.
func project(rows [][]float64, k int) (out [][]float64, share []float64) {
	out, share = make([][]float64, len(rows)), make([]float64, k)
	for i := range out {
		out[i] = make([]float64, k)
	}
	if len(rows) < 2 {
		return out, share
	}
	d := len(rows[0])
	x := mat.NewDense(len(rows), d, nil)
	for i, r := range rows {
		x.SetRow(i, r)
	}
	for j := range d {
		col := mat.Col(nil, j, x)
		mean := stat.Mean(col, nil)
		for i := range rows {
			x.Set(i, j, x.At(i, j)-mean)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(x, mat.SVDThin) {
		return out, share
	}
	s := svd.Values(nil)
	var u mat.Dense
	svd.UTo(&u)
	total := 0.0
	for _, v := range s {
		total += v * v
	}
	for c := range min(k, len(s)) {
		if total > 0 {
			share[c] = s[c] * s[c] / total
		}
		most := 0.0
		for i := range rows {
			out[i][c] = u.At(i, c) * s[c]
			if math.Abs(out[i][c]) > math.Abs(most)*(1+1e-9) {
				most = out[i][c]
			}
		}
		if most < 0 {
			for i := range rows {
				out[i][c] = -out[i][c]
			}
		}
	}
	return out, share
}

// scatterPanel draws named points in one scale for both axes.
func scatterPanel(xy [][]float64, names []string, cols []color.RGBA, w, h int) *cell {
	return &cell{w: w, h: h, draw: func(c canvas, r image.Rectangle) {
		c.rect(r, color.RGBA{0xfa, 0xfb, 0xfc, 255})
		far := 1e-9
		for _, p := range xy {
			far = max(far, math.Abs(p[0]), math.Abs(p[1])*float64(w)/float64(h))
		}
		scale := float64(w) * 0.40 / far
		mid := r.Min.Add(image.Pt(w/2, h/2))
		c.rect(image.Rect(r.Min.X, mid.Y, r.Max.X, mid.Y+1), faint)
		c.rect(image.Rect(mid.X, r.Min.Y, mid.X+1, r.Max.Y), faint)
		c.frame(r, 1, rule)
		var taken []image.Rectangle
		at := make([]image.Point, len(xy))
		for i, p := range xy {
			at[i] = mid.Add(image.Pt(int(p[0]*scale), -int(p[1]*scale)))
			taken = append(taken, image.Rect(-8, -8, 8, 8).Add(at[i]))
		}
		t := typeface{20, false, ink}
		for i, p := range at {
			c.round(image.Rect(-8, -8, 8, 8).Add(p), 8, cols[i])
			tw, th := t.width(names[i]), t.ascent()+t.descent()
			best := image.Rectangle{}
			for ring := 0; ring < 8 && best.Empty(); ring++ {
				d := 12 + 14*ring
				for _, o := range []image.Point{{d, -th / 2}, {-d - tw, -th / 2}, {-tw / 2, -d - th}, {-tw / 2, d}, {d, -d - th/2}, {d, d - th/2}, {-d - tw, -d - th/2}, {-d - tw, d - th/2}} {
					q := image.Rect(0, 0, tw, th).Add(p).Add(o)
					if q.In(r.Inset(4)) && !slices.ContainsFunc(taken, q.Overlaps) {
						best = q
						break
					}
				}
				if !best.Empty() && ring > 0 {
					c.line(float64(p.X), float64(p.Y), float64(min(max(p.X, best.Min.X), best.Max.X)), float64(min(max(p.Y, best.Min.Y), best.Max.Y)), 1.5, rule)
				}
			}
			if !best.Empty() {
				taken = append(taken, best)
				c.text(best.Min.X, best.Min.Y, names[i], t.in(mix(cols[i], ink, 0.6)))
			}
		}
	}}
}

// colorMap draws three numbers a position as a coloured square each.
func colorMap(v [][]float64, rows, cols int) *cell {
	w, h := 224, 224*rows/cols
	if rows == 1 {
		w, h = min(max(12*cols, 224), 640), 40
	}
	lo, hi := [3]float64{}, [3]float64{}
	for i, p := range v {
		for k := range 3 {
			if i == 0 {
				lo[k], hi[k] = p[k], p[k]
			}
			lo[k], hi[k] = min(lo[k], p[k]), max(hi[k], p[k])
		}
	}
	return &cell{w: w, h: max(h, 8), draw: func(c canvas, r image.Rectangle) {
		for i, p := range v {
			var b [3]uint8
			for k := range b {
				if hi[k] > lo[k] {
					b[k] = uint8(30 + 200*(p[k]-lo[k])/(hi[k]-lo[k]))
				}
			}
			c.rect(cellOf(r, rows, cols, i/cols, i%cols), color.RGBA{b[0], b[1], b[2], 255})
		}
		c.frame(r, 1, rule)
	}}
}

// beside flows panels with their titles and notes in lines of at most w
// pixels, as one panel.
func beside(cells []*cell, w int) *cell {
	at := make([]image.Point, len(cells))
	x, y, high, wideAll := 0, 0, 0, 0
	size := func(c *cell) int {
		return len(c.head())*title.height() + 6 + c.h + 8 + len(c.foot())*note.height()
	}
	for i, c := range cells {
		if x > 0 && x+c.w > w {
			x, y, high = 0, y+high+gap, 0
		}
		at[i] = image.Pt(x, y)
		x += c.w + gap
		high, wideAll = max(high, size(c)), max(wideAll, x-gap)
	}
	return &cell{w: wideAll, h: y + high, draw: func(k canvas, r image.Rectangle) {
		for i, c := range cells {
			p := r.Min.Add(at[i])
			p.Y = k.lines(p.X, p.Y, c.head(), title) + 6
			c.draw(k, image.Rect(p.X, p.Y, p.X+c.w, p.Y+c.h))
			k.lines(p.X, p.Y+c.h+8, c.foot(), note)
		}
	}}
}
