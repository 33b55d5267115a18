package text

// Boxes and palettes as words, and back (inventory 1.4).

import (
	"fmt"
	"image/color"
	"math"
	"sort"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
)

// boxesText gives "v0=x0 v1=y0 v2=x1 v3=y1 class" for each box, the nearest
// to the upper left corner first; values are round(c (bins-1)).
func boxesText(boxes []modality.Box, bins int) string {
	b := append([]modality.Box(nil), boxes...)
	sort.SliceStable(b, func(i, j int) bool {
		return b[i].X0*b[i].X0+b[i].Y0*b[i].Y0 < b[j].X0*b[j].X0+b[j].Y0*b[j].Y0
	})
	var w []string
	for _, x := range b {
		for i, c := range []float64{x.X0, x.Y0, x.X1, x.Y1} {
			c = math.Min(math.Max(c, 0), 1)
			w = append(w, fmt.Sprintf("v%d=%d", i, int(math.RoundToEven(c*float64(bins-1)))))
		}
		w = append(w, x.Class)
	}
	return strings.Join(w, " ")
}

// parseBoxes reads what boxesText writes and leaves out what is broken: a box
// begins at "v0=", needs four coordinates in order, and takes the words behind
// them as its class.
func parseBoxes(s string, bins int) []modality.Box {
	var out []modality.Box
	fields := strings.Fields(s)
	for i := 0; i < len(fields); i++ {
		if i+4 > len(fields) {
			break
		}
		var c [4]float64
		ok := true
		for k := range c {
			n, err := strconv.Atoi(strings.TrimPrefix(fields[i+k], fmt.Sprintf("v%d=", k)))
			if err != nil {
				ok = false
				break
			}
			c[k] = float64(n) / float64(bins-1)
		}
		if !ok {
			continue
		}
		b := modality.Box{X0: c[0], Y0: c[1], X1: c[2], Y1: c[3]}
		i += 4
		for i < len(fields) && !strings.Contains(fields[i], "=") {
			b.Class = strings.TrimSpace(b.Class + " " + fields[i])
			i++
		}
		i--
		if b.X1 > b.X0 && b.Y1 > b.Y0 {
			out = append(out, b)
		}
	}
	return out
}

// paletteText gives "v1=n v0=r v0=g v0=b ...", channels in bins.
func paletteText(p modality.Palette, bins int) string {
	w := []string{fmt.Sprintf("v1=%d", len(p))}
	for _, c := range p {
		for _, x := range []uint8{c.R, c.G, c.B} {
			w = append(w, fmt.Sprintf("v0=%d", int(math.Round(float64(x)/255*float64(bins-1)))))
		}
	}
	return strings.Join(w, " ")
}

// parsePalette reads what paletteText writes; colours that are not whole are
// left out.
func parsePalette(s string, bins int) modality.Palette {
	var v []uint8
	for _, f := range strings.Fields(s) {
		if n, err := strconv.Atoi(strings.TrimPrefix(f, "v0=")); err == nil && n < bins {
			v = append(v, uint8(math.Round(float64(n)/float64(bins-1)*255)))
		}
	}
	p := modality.Palette{}
	for ; len(v) >= 3; v = v[3:] {
		p = append(p, color.RGBA{v[0], v[1], v[2], 255})
	}
	return p
}
