package text

// Which boxes of a picture are written, and in what order (docs/4m.md, 1.4).

import (
	"slices"
	"sort"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// View is the part of a picture that a sample shows: a window of Height by
// Width pixels whose upper left corner lies Top and Left in a picture of Rows
// by Cols pixels, mirrored left to right where Flip is true. The zero value
// shows the whole picture.
type View struct {
	Top, Left, Height, Width int
	Rows, Cols               int
	Flip                     bool
}

// whole fills in the window of a picture that is shown whole.
func (v View) whole() View {
	if v.Height == 0 && v.Width == 0 && v.Rows == 0 && v.Cols == 0 {
		v.Height, v.Width, v.Rows, v.Cols = 1, 1, 1, 1
	}
	if v.Height <= 0 || v.Width <= 0 || v.Rows <= 0 || v.Cols <= 0 {
		fault.Panic("text.View", "a window of %dx%d in a picture of %dx%d, expected sizes above 0", v.Height, v.Width, v.Rows, v.Cols)
	}
	return v
}

// through gives what a point in fractions of the picture is in fractions of
// the window; it may lie outside.
func (v View) through(x, y float64) (float64, float64) {
	return (float64(x*float64(v.Cols)) - float64(v.Left)) / float64(v.Width), (float64(y*float64(v.Rows)) - float64(v.Top)) / float64(v.Height)
}

// BoxChoice says which boxes are kept and how they are ordered. The zero value
// keeps all that show, the nearest to the upper left corner first; the
// published models were trained with a MinScore of 0.6.
type BoxChoice struct {
	MinScore   float64 // less certain boxes are dropped
	MinVisible float64 // share of its area that a box must show in the window
	Most       int     // boxes at most, the most certain; 0 stands for all
	Order      string  // "dist_to_orig" (also ""), "area" and "score" (largest first), "random"
}

// Choose gives the boxes as they are in the window: cut at its edges, in its
// fractions, mirrored where the view is. Only a random order draws from r,
// which may be nil otherwise.
func (c BoxChoice) Choose(boxes []modality.Box, v View, r Chance) []modality.Box {
	less, known := orders[c.Order]
	if !known || c.Order == "random" && r == nil {
		fault.Panic("BoxChoice.Choose", "order %q, expected dist_to_orig, area, score, or random with a source of chance", c.Order)
	}
	v = v.whole()
	var out []modality.Box
	for _, b := range boxes {
		if certainty(b) < c.MinScore {
			continue
		}
		b.X0, b.Y0 = v.through(b.X0, b.Y0)
		b.X1, b.Y1 = v.through(b.X1, b.Y1)
		before := area(b)
		b.X0, b.Y0, b.X1, b.Y1 = inside(b.X0), inside(b.Y0), inside(b.X1), inside(b.Y1)
		if after := area(b); !(after > 0 && after/before >= c.MinVisible) || b.X1 < b.X0 {
			continue
		}
		if v.Flip {
			b.X0, b.X1 = 1-b.X1, 1-b.X0
		}
		out = append(out, b)
	}
	if c.Most > 0 && len(out) > c.Most {
		by(out, orders["score"])
		out = slices.Clip(out[:c.Most])
	}
	if c.Order == "random" {
		shuffle(r, len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		return out
	}
	by(out, less)
	return out
}

// orders are the ways to sort boxes; equals stay as they were.
var orders = map[string]func(a, b modality.Box) bool{
	"":             nearer,
	"dist_to_orig": nearer,
	"area":         func(a, b modality.Box) bool { return area(a) > area(b) },
	"score":        func(a, b modality.Box) bool { return certainty(a) > certainty(b) },
	"random":       nil,
}

func nearer(a, b modality.Box) bool { return corner(a) < corner(b) }

func by(b []modality.Box, less func(a, b modality.Box) bool) {
	sort.SliceStable(b, func(i, j int) bool { return less(b[i], b[j]) })
}

// corner is the squared distance to the upper left corner of the picture.
func corner(b modality.Box) float64 { return float64(b.X0*b.X0) + float64(b.Y0*b.Y0) }

func area(b modality.Box) float64 { return (b.X1 - b.X0) * (b.Y1 - b.Y0) }

// certainty is the score of a box; boxes that were drawn by hand have none.
func certainty(b modality.Box) float64 {
	if b.Score == 0 {
		return 1
	}
	return b.Score
}

func inside(x float64) float64 { return min(max(x, 0), 1) }
