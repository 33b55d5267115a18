package viz

// What of the input a prediction rests on.

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
)

func init() { shows(func(r fourm.Relevance) []byte { return Relevance(r).PNG() }) }

// Relevance draws by how much each part of a condition makes the target more likely:
// orange parts speak for it, blue ones against it, white ones say nothing of it.
func Relevance(r fourm.Relevance) *Figure {
	const op = "viz.Relevance"
	if len(r.Nats) == 0 {
		return missing(op, "no part of the input to hide")
	}
	need(op, r.Rows*r.Cols == len(r.Nats), "%d numbers for %dx%d parts", len(r.Nats), r.Rows, r.Cols)
	from, to := modality.Need(op, r.From), modality.Need(op, r.Target)
	most := 1e-9
	for _, x := range r.Nats {
		most = max(most, math.Abs(x))
	}
	scale := func(x float64) color.RGBA { return speaks(2*x - 1) }
	const w = 320
	var cells []*cell
	if r.Words != nil {
		need(op, len(r.Words) == len(r.Nats), "%d words for %d numbers", len(r.Words), len(r.Nats))
		var ws []word
		for i, x := range r.Nats {
			col := speaks(x / most)
			ws = append(ws, word{text: r.Words[i], tint: col, solid: true, ink: over(col), sub: fmt.Sprintf("%+.2f", x)})
		}
		c := chipsPanel(ws, 560)
		c.title, c.note = from.Name, "below: nats a token that the target loses without the word"
		cells = append(cells, c)
	} else {
		if r.Sample.Has(from.Name) {
			c := framed(valueOf(op, r.Sample, from.Name, -w))
			c.title = from.Name
			cells = append(cells, c)
		}
		heated := tinted(from, r.Sample.Values[from.Name], r.Rows, r.Cols, w, func(i int) color.RGBA { return speaks(r.Nats[i] / most) })
		heated.title = "what " + to.Name + " rests on"
		cells = append(cells, under(heated, scale, -most, most, " nats"))
	}
	if r.Sample.Has(to.Name) {
		c := valueOf(op, r.Sample, to.Name, -w)
		c.title = to.Name
		cells = append(cells, c)
	}
	said := "the likeliest"
	if r.Truth {
		said = "the true"
	}
	return sheet(op, gap, row{cells: cells}).Titled(fmt.Sprintf("What %s %s%s rests on in %s", said, to.Name, of(r.Sample), from.Name))
}

// speaks colours numbers from -1, blue, over white to 1, orange.
func speaks(x float64) color.RGBA {
	x = min(max(x, -1), 1)
	if x < 0 {
		return mix(color.RGBA{33, 102, 172, 255}, white, -x)
	}
	return mix(color.RGBA{217, 95, 2, 255}, white, x)
}

// tinted draws a picture in grey, its parts tinted; without a picture the tints alone.
func tinted(m modality.Modality, v any, rows, cols, w int, at func(part int) color.RGBA) *cell {
	im := image.NewRGBA(image.Rect(0, 0, cols, rows))
	h := max(1, w*rows/max(cols, 1))
	gray := func(x, y int) float64 { return 1 }
	if p := picture(m, v); p != nil && len(p.Pix) > 0 {
		seen := colorsOf(m, p, 0, 0)
		im = image.NewRGBA(image.Rect(0, 0, p.W, p.H))
		h = max(1, w*p.H/p.W)
		gray = func(x, y int) float64 {
			r, g, b, _ := seen.At(x, y).RGBA()
			return 0.5 + 0.5*(0.299*float64(r)+0.587*float64(g)+0.114*float64(b))/65535
		}
	}
	size := im.Bounds().Size()
	for i := range size.X * size.Y {
		x, y := i%size.X, i/size.X
		c, l := at(y*rows/size.Y*cols+x*cols/size.X), gray(x, y)
		im.SetRGBA(x, y, color.RGBA{uint8(float64(c.R)*l + 0.5), uint8(float64(c.G)*l + 0.5), uint8(float64(c.B)*l + 0.5), 255})
	}
	return &cell{w: w, h: h, draw: func(c canvas, r image.Rectangle) {
		c.picture(r, im, true)
		c.frame(r, 1, rule)
	}}
}
