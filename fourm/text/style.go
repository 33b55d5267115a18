package text

// How values of structured modalities are written as words (docs/4m.md, 1.4):
// numbers are coordinate tokens v0=... to v3=..., all else is plain words.

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"fourmlab/fourm/modality"
)

// Style writes boxes, palettes, metadata, poses and instances as strings, and
// reads them back. Reading takes any string: what is broken in it is left
// out, the rest is kept. The zero value is the published models' way:
//
//	s := text.Style{}.Boxes(boxes) // "v0=104 v1=0 v2=531 v3=576 wine glass"
//	text.Style{}.ReadBoxes(s)
type Style struct {
	Bins   int  // values of a coordinate token; 0 stands for 1,000
	Compat bool // true: as the official code, where that loses something or takes what is wrong
}

func (s Style) bins() int {
	if s.Bins == 0 {
		return 1000
	}
	return s.Bins
}

// Chance draws a number from 0 to n-1; a *rand.Rand is one.
type Chance interface {
	IntN(n int) int
}

// shuffle puts n things in random order, from the last to the first.
func shuffle(r Chance, n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, r.IntN(i+1))
	}
}

// bin gives the coordinate nearest to c in [0, 1], an even one where two are
// as near; what lies outside counts as the edge.
func (s Style) bin(c float64) int {
	if !(c > 0) { // not for NaN
		return 0
	}
	return int(math.RoundToEven(min(c, 1) * float64(s.bins()-1)))
}

// token reads "v0=12" as axis 0 and value 12. It is false where the field is
// no token of the vocabulary.
func (s Style) token(field string) (axis, value int, ok bool) {
	if len(field) < 4 || field[0] != 'v' || field[1] < '0' || field[1] > '3' || field[2] != '=' {
		return 0, 0, false
	}
	for _, c := range field[3:] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
	}
	n, err := strconv.Atoi(field[3:])
	return int(field[1] - '0'), n, err == nil && n < s.bins()
}

// corners reads v0= v1= v2= v3= from the first four fields.
func (s Style) corners(fields []string) (c [4]int, ok bool) {
	if len(fields) < 4 {
		return c, false
	}
	for i := range c {
		axis, n, ok := s.token(fields[i])
		if !ok || axis != i {
			return c, false
		}
		c[i] = n
	}
	return c, true
}

// Boxes gives "v0=x0 v1=y0 v2=x1 v3=y1 class" for each box in turn.
func (s Style) Boxes(boxes []modality.Box) string {
	var w []string
	for _, b := range boxes {
		for i, c := range []float64{b.X0, b.Y0, b.X1, b.Y1} {
			w = append(w, coordinate(i, s.bin(c)))
		}
		w = append(w, b.Class)
	}
	return strings.Join(w, " ")
}

// ReadBoxes reads what Boxes writes. A box begins at "v0=", needs its four
// coordinates in order, and takes the words behind them as its class; one
// that is inside out is broken.
func (s Style) ReadBoxes(text string) []modality.Box {
	var out []modality.Box
	top := float64(s.bins() - 1)
	fields := strings.Fields(text)
	for i := 0; i < len(fields); {
		c, ok := s.corners(fields[i:])
		if !ok {
			i++
			continue
		}
		b := modality.Box{X0: float64(c[0]) / top, Y0: float64(c[1]) / top, X1: float64(c[2]) / top, Y1: float64(c[3]) / top}
		i += 4
		from := i
		for i < len(fields) && !strings.Contains(fields[i], "=") {
			i++
		}
		b.Class = strings.Join(fields[from:i], " ")
		if b.X1 >= b.X0 && b.Y1 >= b.Y0 {
			out = append(out, b)
		}
	}
	return out
}

// shades says what a channel of 0 to 255 is written as: itself, or the nearest
// of fewer bins.
func (s Style) shades() float64 { return float64(min(s.bins()-1, 255)) }

// Palette gives "v1=n v0=r v0=g v0=b ...".
func (s Style) Palette(p modality.Palette) string {
	w := []string{coordinate(1, min(len(p), s.bins()-1))}
	for _, c := range p {
		for _, x := range []uint8{c.R, c.G, c.B} {
			w = append(w, coordinate(0, int(math.Round(float64(x)/255*s.shades()))))
		}
	}
	return strings.Join(w, " ")
}

// ReadPalette reads what Palette writes: every three numbers behind "v0=" are
// a colour, whatever count stands before them.
func (s Style) ReadPalette(text string) modality.Palette {
	var v []uint8
	for _, f := range strings.Fields(text) {
		if axis, n, ok := s.token(f); ok && axis == 0 {
			v = append(v, uint8(math.Round(min(float64(n)/s.shades(), 1)*255)))
		}
	}
	p := modality.Palette{}
	for ; len(v) >= 3; v = v[3:] {
		p = append(p, color.RGBA{R: v[0], G: v[1], B: v[2], A: 255})
	}
	return p
}

// need tells whether coordinates have room for n values.
func (s Style) need(n int, what string) error {
	if s.bins() < n {
		return fmt.Errorf("text: coordinates of %d bins, expected %d or more for %s", s.bins(), n, what)
	}
	return nil
}
