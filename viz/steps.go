package viz

// Decoding step by step: which tokens were fixed when, what they decode to so
// far, and how sure the model was.

import (
	"fmt"
	"image"

	"fourmlab/fourm"
	"fourmlab/fourm/modality"
	"fourmlab/internal/human"
)

// Steps draws how the stages of a result came about, with up to eight of
// their steps as columns. An image has its tokens (new ones outlined), the
// picture that they decode to so far, and the probability of each token when
// it was chosen; a sequence its growing text.
func Steps(out fourm.Result) *Figure {
	const op = "viz.Steps"
	stages := map[int][]fourm.Step{}
	last := -1
	for _, s := range out.Trace {
		stages[s.Stage] = append(stages[s.Stage], s)
		last = max(last, s.Stage)
	}
	if last < 0 {
		return missing(op, "the result kept no trace of its steps")
	}
	most := 0
	for _, s := range stages {
		most = max(most, min(len(s), 8))
	}
	w := min(240, (1600-2*margin-170)/max(most, 4)-16)
	var rows []row
	for i := range last + 1 {
		steps := some(stages[i], 8)
		if len(steps) == 0 {
			continue
		}
		m := modality.Need(op, steps[0].Target)
		var block []row
		if m.Kind != modality.Image {
			block = textSteps(m, i, steps, max(most, 4)*(w+16)-16)
		} else {
			block = imageSteps(op, m, i, steps, w)
		}
		if len(rows) > 0 {
			block[0].space = gap
		}
		rows = append(rows, block...)
	}
	return sheet(op, 16, rows...).Titled("Decoding" + of(out.Sample) + ", step by step")
}

// some picks n of the steps, evenly, the first and the last among them.
func some(steps []fourm.Step, n int) []fourm.Step {
	if len(steps) <= n {
		return steps
	}
	var out []fourm.Step
	for i := range n {
		out = append(out, steps[i*(len(steps)-1)/(n-1)])
	}
	return out
}

func imageSteps(op string, m modality.Modality, stage int, steps []fourm.Step, w int) []row {
	tokens := row{name: fmt.Sprintf("%d: %s", stage+1, m.Name), sub: "tokens", tint: colorOf(m.Name)}
	values := row{sub: "decoded so far"}
	sure := row{sub: "confidence"}
	// One range for all steps, so that colours can be compared.
	o := panelOptions{op: op, w: w, plain: true}
	if p, ok := steps[len(steps)-1].Value.(*modality.Picture); ok {
		o.share(m, p)
	}
	hasValue, hasSure := false, false
	for i, s := range steps {
		checkTokens(op, s.Tokens)
		c := tokenPanel(s.Tokens, w, s.New)
		c.title = fmt.Sprintf("step %d of %d", s.Index+1, s.Of)
		fixed := 0
		for _, id := range s.Tokens.IDs {
			if id >= 0 {
				fixed++
			}
		}
		c.note = fmt.Sprintf("%d fixed, %d new", fixed, trues(s.New))
		tokens.cells = append(tokens.cells, c)
		var v *cell
		if s.Value != nil {
			v, hasValue = open(panel(m, s.Value, o), s.Tokens), true
		}
		values.cells = append(values.cells, v)
		q := confidence(s, w)
		if q != nil {
			hasSure = true
		}
		if q != nil && i == len(steps)-1 {
			q = withScale(q)
		}
		sure.cells = append(sure.cells, q)
	}
	out := []row{tokens}
	if hasValue {
		out = append(out, values)
	}
	if hasSure {
		out = append(out, sure)
	}
	return out
}

// open hatches the patches of a picture whose tokens are not decided: what
// they decode to means nothing.
func open(p *cell, t modality.Tokens) *cell {
	under := p.draw
	p.draw = func(c canvas, r image.Rectangle) {
		under(c, r)
		for i, id := range t.IDs {
			if id < 0 {
				q := cellOf(r, t.Rows, t.Cols, i/t.Cols, i%t.Cols)
				c.rect(q, white)
				c.hatch(q, rule)
			}
		}
		c.frame(r, 1, rule)
	}
	return p
}

// confidence draws the probability of each token when it was fixed.
func confidence(s fourm.Step, w int) *cell {
	t := s.Tokens
	if len(s.Confidence) != len(t.IDs) || t.Rows*t.Cols == 0 {
		return nil
	}
	return &cell{w: w, h: w * t.Rows / t.Cols, draw: func(c canvas, r image.Rectangle) {
		for i, p := range s.Confidence {
			if q := cellOf(r, t.Rows, t.Cols, i/t.Cols, i%t.Cols); t.IDs[i] >= 0 {
				c.rect(q, viridis(float64(p)))
			} else {
				c.hatch(q, rule)
			}
		}
		c.grid(r, t.Rows, t.Cols, 1, white)
		c.frame(r, 1, rule)
	}}
}

// withScale puts the scale of probabilities under a panel.
func withScale(p *cell) *cell {
	h, under := p.h, p.draw
	return &cell{w: p.w, h: h + 34, draw: func(c canvas, r image.Rectangle) {
		r.Max.Y = r.Min.Y + h
		under(c, r)
		colorBar(c, image.Rect(r.Min.X, r.Max.Y+12, r.Max.X, r.Max.Y+34), viridis, 0, 1, "")
	}}
}

// textSteps writes the sequence as it grew, one line a step, new words solid.
func textSteps(m modality.Modality, stage int, steps []fourm.Step, w int) []row {
	const side = 110
	type line struct {
		name string
		c    *cell
	}
	var lines []line
	h, wide := 0, 0
	for _, s := range steps {
		ws := bare(s.Tokens)
		for i := range ws {
			ws[i].solid = i < len(s.New) && s.New[i]
		}
		l := line{fmt.Sprintf("step %d", s.Index+1), chipsPanel(ws, w-side)}
		lines, wide = append(lines, l), max(wide, side+l.c.w)
		h += l.c.h + 10
	}
	c := &cell{span: wide, h: h - 10, draw: func(c canvas, r image.Rectangle) {
		y := r.Min.Y
		for _, l := range lines {
			c.text(r.Min.X, y+5, l.name, note)
			l.c.draw(c, image.Rect(r.Min.X+side, y, r.Min.X+side+l.c.w, y+l.c.h))
			y += l.c.h + 10
		}
	}}
	return []row{{name: fmt.Sprintf("%d: %s", stage+1, m.Name), sub: human.Count(steps[len(steps)-1].Of, "token"), tint: colorOf(m.Name), cells: []*cell{c}}}
}
