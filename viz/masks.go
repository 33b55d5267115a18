package viz

// What a mask hides: for every domain the tokens that are input, those that
// are targets, and the rest.

import (
	"fmt"
	"image"
	"math"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

func init() { shows(func(mk fourm.Masked) []byte { return Masks(mk).PNG() }) }

// Masks draws one row a domain: the patches (or words) that the model is
// given, those that it has to predict, and those that nobody uses. Words that
// stand for a hidden span are marked, as [S_1].
func Masks(mk fourm.Masked) *Figure {
	const op = "viz.Masks"
	if len(mk.Parts) == 0 {
		return missing(op, "nothing is masked: no parts")
	}
	w := 288
	if n := len(mk.Parts); n > 6 {
		w = max(128, 288*6/n/32*32)
	}
	var rows []row
	for i, p := range mk.Parts {
		m := modality.Need(op, p.Domain)
		r := row{name: p.Domain, tint: colorOf(m.Name)}
		switch m.Kind {
		case modality.Sequence, modality.Symbols:
			r.sub = human.Count(len(p.Tokens.IDs), "token")
			r.cells = wordCells(p, w)
		case modality.Vectors:
			r.sub = human.Count(len(p.Input), "vector")
			r.cells = vectorCells(p, w)
		default:
			checkPart(op, p)
			r.sub = human.Count(len(p.Input), "token")
			if p.Pixels {
				r.sub = fmt.Sprintf("%d patches of pixels", len(p.Input))
			}
			rest := make([]bool, len(p.Input))
			for k := range rest {
				rest[k] = !p.Input[k] && !(k < len(p.Target) && p.Target[k])
			}
			for k, set := range [][]bool{p.Input, p.Target, rest} {
				if k == 1 && p.Pixels {
					r.cells = append(r.cells, empty(w, "pixels are input only"))
					continue
				}
				c := patches(op, mk.Sample, m, p, set, w)
				c.note = fmt.Sprintf("%d of %d", trues(set), len(p.Input))
				r.cells = append(r.cells, c)
			}
		}
		if i == 0 {
			for k, s := range []string{"input", "target", "unused"} {
				r.cells[k].title = s
			}
		}
		rows = append(rows, r)
	}
	return sheet(op, gap, rows...).Titled("Masking" + of(mk.Sample) + ": what is shown and what is asked for")
}

// checkPart panics where an image part's sets do not fill its grid.
func checkPart(op string, p fourm.Part) {
	rows, cols := gridOf(p)
	need(op, len(p.Input) > 0 && rows*cols == len(p.Input), "%s: %d marks for a grid of %dx%d", p.Domain, len(p.Input), rows, cols)
	need(op, p.Pixels || len(p.Target) == len(p.Input), "%s: %d input and %d target marks", p.Domain, len(p.Input), len(p.Target))
}

// gridOf gives the rows and columns of an image part; pixels may come without
// tokens that say so.
func gridOf(p fourm.Part) (int, int) {
	if p.Tokens.Rows > 0 {
		return p.Tokens.Rows, p.Tokens.Cols
	}
	n := int(math.Round(math.Sqrt(float64(len(p.Input)))))
	return n, n
}

// patches shows the marked patches of the modality's picture, or the tokens
// themselves where the sample has no picture; the others are white.
func patches(op string, s fourm.Sample, m modality.Modality, p fourm.Part, set []bool, w int) *cell {
	rows, cols := gridOf(p)
	var c *cell
	if pic := picture(m, s.Values[m.Name]); pic != nil {
		c = picturePanel(m, pic, panelOptions{op: op, w: w, plain: true})
	} else {
		t := p.Tokens
		t.IDs = append([]int(nil), t.IDs...)
		need(op, len(t.IDs) == len(p.Input), "%s: neither a picture nor tokens to draw", p.Domain)
		c = tokenPanel(t, w, nil)
	}
	under := c.draw
	c.draw = func(k canvas, r image.Rectangle) {
		under(k, r)
		for i := range rows * cols {
			q := cellOf(r, rows, cols, i/cols, i%cols)
			if i >= len(set) || !set[i] {
				k.rect(q, white)
				k.frame(q, 1, faint)
			}
		}
		k.frame(r, 1, rule)
	}
	return c
}

// wordCells gives what a sequence reads as on either side, and its unused
// words.
func wordCells(p fourm.Part, w int) []*cell {
	rest := modality.Tokens{Modality: p.Modality}
	for i, id := range p.Tokens.IDs {
		in := i < len(p.Input) && p.Input[i] || i < len(p.Target) && p.Target[i]
		if !in {
			rest.IDs = append(rest.IDs, id)
			if i < len(p.Tokens.Words) {
				rest.Words = append(rest.Words, p.Tokens.Words[i])
			}
		}
	}
	var out []*cell
	for _, t := range []modality.Tokens{p.In, p.Out, rest} {
		t.Modality = p.Modality
		c := chipsPanel(bare(t), w)
		c.w = w
		c.note = human.Count(len(t.IDs), "token")
		out = append(out, c)
	}
	return out
}

// vectorCells marks which vectors are seen; nothing predicts them.
func vectorCells(p fourm.Part, w int) []*cell {
	in, rest := modality.Tokens{Modality: p.Modality}, modality.Tokens{Modality: p.Modality}
	for i, seen := range p.Input {
		t := &rest
		if seen {
			t = &in
		}
		t.IDs, t.Words = append(t.IDs, i), append(t.Words, fmt.Sprint(i))
	}
	out := []*cell{chipsPanel(bare(in), w), empty(w, "vectors are input only"), chipsPanel(bare(rest), w)}
	for i, t := range []modality.Tokens{in, {}, rest} {
		out[i].w = w
		if i != 1 {
			out[i].note = human.Count(len(t.IDs), "vector")
		}
	}
	return out
}

// empty is a panel that says why there is nothing in it.
func empty(w int, why string) *cell {
	return &cell{w: w, h: w, draw: func(c canvas, r image.Rectangle) {
		c.frame(r, 1, faint)
		c.centred(r, shorten(why, note, w-20), note)
	}}
}

// of gives " of sample KEY" where the sample has a key.
func of(s fourm.Sample) string {
	if s.Key == "" {
		return ""
	}
	return " of sample " + s.Key
}

func trues(b []bool) int {
	n := 0
	for _, v := range b {
		if v {
			n++
		}
	}
	return n
}
