package viz

// Text: one family in a few sizes, measured and broken into lines.

import (
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"gonum.org/v1/plot/font"
)

// typeface is a size, a weight and a colour of the one family. Sizes are in
// pixels, two to a point.
type typeface struct {
	size  int
	bold  bool
	color color.Color
}

var (
	heading = typeface{28, true, ink}
	title   = typeface{23, false, ink}
	strong  = typeface{23, true, ink}
	body    = typeface{22, false, ink}
	note    = typeface{19, false, gray}
	small   = typeface{17, false, gray}
)

// in gives the typeface in another colour.
func (t typeface) in(c color.Color) typeface { t.color = c; return t }

// faces caches what is costly to make; a face is not safe for two callers.
var faces = struct {
	sync.Mutex
	by map[typeface]xfont.Face
}{by: map[typeface]xfont.Face{}}

// face gives the cached face; the caller holds the lock.
func (t typeface) face() xfont.Face {
	key := typeface{size: t.size, bold: t.bold}
	f, ok := faces.by[key]
	if !ok {
		fnt := font.Font{Typeface: "Liberation", Variant: "Sans"}
		if t.bold {
			fnt.Weight = xfont.WeightBold
		}
		g := font.DefaultCache.Lookup(fnt, font.Length(t.size))
		f = g.FontFace(72)
		faces.by[key] = f
	}
	return f
}

func (t typeface) width(s string) int {
	faces.Lock()
	defer faces.Unlock()
	return xfont.MeasureString(t.face(), s).Ceil()
}

func (t typeface) metrics() xfont.Metrics {
	faces.Lock()
	defer faces.Unlock()
	return t.face().Metrics()
}

func (t typeface) ascent() int  { return t.metrics().Ascent.Ceil() }
func (t typeface) descent() int { return t.metrics().Descent.Ceil() }

// height is the distance from line to line.
func (t typeface) height() int { return t.size*5/4 + 1 }

func (t typeface) draw(dst draw.Image, at fixed.Point26_6, s string) {
	faces.Lock()
	defer faces.Unlock()
	d := xfont.Drawer{Dst: dst, Src: image.NewUniform(t.color), Face: t.face(), Dot: at}
	d.DrawString(s)
}

// wrap breaks s into lines of at most w pixels; what does not fit into n lines
// ends in an ellipsis. n = 0 is no limit.
func wrap(s string, t typeface, w, n int) []string {
	var out []string
	for _, para := range strings.Split(strings.TrimSpace(s), "\n") {
		line := ""
		for _, word := range strings.Fields(para) {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if t.width(next) <= w {
				line = next
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			// A word that is too long by itself is broken where it must be.
			for t.width(word) > w && len([]rune(word)) > 1 {
				head := fit(word, t, w)
				if k := strings.LastIndexAny(head, "_-@/>.,:"); k > len(head)/2 {
					head = head[:k+1]
				}
				out, word = append(out, head), word[len(head):]
			}
			line = word
		}
		out = append(out, line)
	}
	if n > 0 && len(out) > n {
		out = out[:n]
		out[n-1] = shorten(out[n-1]+" ...", t, w)
	}
	return out
}

// fit gives the longest beginning of s that is at most w wide, one rune at
// least.
func fit(s string, t typeface, w int) string {
	end := 0
	for i := range s {
		if i > 0 && t.width(s[:i]) > w {
			break
		}
		if i > 0 {
			end = i
		}
	}
	if end == 0 || t.width(s) <= w {
		return s
	}
	return s[:end]
}

// shorten cuts s to w pixels, an ellipsis at its end where something is lost.
func shorten(s string, t typeface, w int) string {
	if t.width(s) <= w {
		return s
	}
	return strings.TrimRight(fit(strings.TrimSuffix(s, " ..."), t, w-t.width("...")), " ") + "..."
}
