package viz

// Sequences: words as coloured chips that flow like text.

import (
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
)

// word is one chip.
type word struct {
	text   string
	sub    string // small, under the chip; may be empty
	tint   color.RGBA
	solid  bool // a special token: white on its tint
	hollow bool // a gap: no filling
	framed bool
	ink    color.RGBA // of a solid chip's text; white where it has none
}

// sentinel tells whether a token is no text but a mark: [S_1], [EOS], [PAD].
func sentinel(s string) bool {
	return len(s) > 2 && strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")
}

// wordsOf gives the chips of a sequence, ids under the words.
func wordsOf(t modality.Tokens) []word {
	tint := colorOf(t.Modality)
	var out []word
	for i, s := range t.Words {
		w := word{text: s, tint: tint, solid: sentinel(s)}
		if i < len(t.IDs) {
			w.sub = strconv.Itoa(t.IDs[i])
			if t.IDs[i] < 0 {
				w = word{text: "...", tint: tint, hollow: true}
			} else if !w.solid {
				w.tint = tokenColor(t.IDs[i])
			}
		}
		out = append(out, w)
	}
	if len(t.Words) == 0 && len(t.IDs) > 0 {
		for _, id := range t.IDs {
			out = append(out, word{text: fmt.Sprint(id), tint: tokenColor(max(id, 0)), hollow: id < 0})
		}
	}
	return out
}

// bare drops what is under the chips, for panels with little room, and gives
// all of them the modality's colour.
func bare(t modality.Tokens) []word {
	ws := wordsOf(t)
	for i := range ws {
		ws[i].sub, ws[i].tint = "", colorOf(t.Modality)
	}
	return ws
}

// chipsPanel lets the chips flow in lines of at most w pixels.
func chipsPanel(ws []word, w int) *cell {
	t := typeface{21, false, ink}
	type spot struct{ x, y, w int }
	var at []spot
	lineHeight, between := t.height()+12, 8
	for _, k := range ws {
		if k.sub != "" {
			lineHeight = t.height() + 34
		}
	}
	x, y, wide := 0, 0, 0
	texts := make([]string, len(ws))
	for i, k := range ws {
		// A piece of a word may be blank; a blank chip must still be seen.
		texts[i] = shorten(strings.ReplaceAll(k.text, "\n", "↵"), t, w-20)
		if strings.TrimSpace(texts[i]) == "" {
			texts[i] = "␣"
		}
		cw := max(t.width(texts[i])+18, small.width(k.sub)+4)
		if x > 0 && x+cw > w {
			x, y = 0, y+lineHeight
		}
		at = append(at, spot{x, y, cw})
		x += cw + between
		wide = max(wide, x-between)
	}
	h := y + lineHeight - 6
	if len(ws) == 0 {
		wide, h = w, t.height()+12
	}
	return &cell{w: wide, h: h, draw: func(c canvas, r image.Rectangle) {
		if len(ws) == 0 {
			c.text(r.Min.X, r.Min.Y+6, "none", note)
		}
		for i, k := range ws {
			q := image.Rect(at[i].x, at[i].y, at[i].x+at[i].w, at[i].y+t.height()+6).Add(r.Min)
			col := ink
			switch {
			case k.hollow:
				c.round(q, 7, rule)
				c.round(q.Inset(2), 6, white)
				col = gray
			case k.solid:
				c.round(q, 7, k.tint)
				if col = k.ink; col.A == 0 {
					col = white
				}
			default:
				c.round(q, 7, mix(k.tint, white, 0.28))
			}
			c.centred(q, texts[i], t.in(col))
			if k.framed {
				c.frame(q.Inset(-3), 3, red)
			}
			if k.sub != "" {
				c.centred(image.Rect(q.Min.X, q.Max.Y+2, q.Max.X, q.Max.Y+24), k.sub, small)
			}
		}
	}}
}
