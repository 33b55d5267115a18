package modality

// What a sample is made of: pictures, boxes, palettes and text by modality.

import (
	"fmt"
	"image"
	"image/color"
	"maps"
	"sort"
	"strings"

	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
	"fourmlab/internal/show"
)

// Picture is a grid of numbers, (H, W, C) in row-major order. What they mean
// (colour, metres, class ids) is the modality's Look.
type Picture struct {
	H, W, C int
	Pix     []float32
}

// NewPicture gives a picture of zeros. One that the memory cannot hold is a
// panic with a *fault.Error.
func NewPicture(h, w, c int) *Picture {
	const op = "fourm.NewPicture"
	if h < 0 || w < 0 || c < 0 {
		fault.Panic(op, "a picture of %dx%dx%d numbers, expected 0 or more of each", h, w, c)
	}
	if n := numbersOf(h, w, c); n > 1<<24 {
		memory.Need(op, 4*n, "a picture of %dx%dx%d numbers", h, w, c)
	}
	return &Picture{H: h, W: w, C: c, Pix: make([]float32, h*w*c)}
}

// numbersOf counts the numbers of a shape, as a float: it cannot wrap around.
func numbersOf(h, w, c int) float64 { return float64(h) * float64(w) * float64(c) }

// At gives channel c of the pixel in row y and column x. In a cell a call costs
// about as much as some elements of Row's slice.
func (p *Picture) At(y, x, c int) float32 { return p.Pix[(y*p.W+x)*p.C+c] }

// Set sets channel c of the pixel in row y and column x.
func (p *Picture) Set(y, x, c int, v float32) { p.Pix[(y*p.W+x)*p.C+c] = v }

// Row gives row y, W pixels of C numbers each: those of the picture itself, so
// that a loop over them reads and writes as fast as one over any slice.
//
//	for y := range p.H {
//		for x, v := range p.Row(y) { ... } // of one channel
//	}
func (p *Picture) Row(y int) []float32 {
	n := p.W * p.C
	return p.Pix[y*n : (y+1)*n : (y+1)*n]
}

// Image gives an 8-bit view of a colour or gray picture in [0, 1].
func (p *Picture) Image() image.Image {
	out := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for y := range p.H {
		for x := range p.W {
			v := [3]uint8{}
			for c := range v {
				v[c] = uint8(min(max(p.At(y, x, min(c, p.C-1)), 0), 1)*255 + 0.5)
			}
			out.SetRGBA(x, y, color.RGBA{v[0], v[1], v[2], 255})
		}
	}
	return out
}

// FromImage gives a colour picture in [0, 1]; transparent pixels are
// composited on white.
func FromImage(im image.Image) *Picture {
	b := im.Bounds()
	p := NewPicture(b.Dy(), b.Dx(), 3)
	for y := range p.H {
		for x := range p.W {
			r, g, bl, a := im.At(b.Min.X+x, b.Min.Y+y).RGBA() // premultiplied
			for c, v := range [3]uint32{r, g, bl} {
				p.Set(y, x, c, float32(v+0xffff-a)/0xffff)
			}
		}
	}
	return p
}

// Clone gives a copy that shares nothing.
func (p *Picture) Clone() *Picture {
	q := *p
	q.Pix = append([]float32(nil), p.Pix...)
	return &q
}

func (p *Picture) String() string {
	lo, hi := float32(0), float32(0)
	for i, v := range p.Pix {
		if i == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return fmt.Sprintf("picture %dx%dx%d, values %.3g to %.3g", p.H, p.W, p.C, lo, hi)
}

// Box is an axis-parallel rectangle around an object, in fractions of the
// picture: x from the left, y from the top.
type Box struct {
	X0, Y0, X1, Y1 float64
	Class          string
	Score          float64 // 0 stands for certain
}

// Palette lists up to seven colours, the commonest first.
type Palette []color.RGBA

func (p Palette) String() string {
	var s []string
	for _, c := range p {
		s = append(s, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	return strings.Join(s, " ")
}

// Sample is one scene in some modalities. Values holds a *Picture, string, number,
// list of numbers, []Box or Palette by modality name, and may hold Toks in place of a value
// that has only been predicted. An image.Image stands for the *Picture that
// PictureOf makes of it.
type Sample struct {
	Key    string
	Values map[string]any
	Toks   map[string]Tokens
	Err    error // why values are missing that a model was to make, where the world failed
}

// canonical is the order of 4M's figures.
var canonical = []string{"rgb", "flat", "twemoji", "line", "strokes", "depth", "normal", "semseg", "things", "instance", "mask", "edge", "box", "caption", "tags", "group", "palette"}

// Names lists the modalities of the sample, in the order of 4M's figures.
func (s Sample) Names() []string {
	rank := map[string]int{}
	for i, n := range canonical {
		rank[n] = i + 1
	}
	var out []string
	for n := range s.Values {
		out = append(out, n)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := rank[out[i]], rank[out[j]]
		if a == 0 {
			a = 99
		}
		if b == 0 {
			b = 99
		}
		return a < b || a == b && out[i] < out[j]
	})
	return out
}

// Has tells whether the sample has a value for the modality.
func (s Sample) Has(name string) bool { _, ok := s.Values[name]; return ok }

func (s Sample) value(op, name string) any {
	v, ok := s.Values[name]
	if !ok {
		fault.Panic(op, "sample %s has no %q (it has %s)", s.Key, name, strings.Join(s.Names(), ", "))
	}
	return v
}

// Picture gives a modality on a grid; it panics with a one-line error where
// the sample has none.
func (s Sample) Picture(name string) *Picture {
	v := s.value("Sample.Picture", name)
	switch v.(type) {
	case *Picture, Picture, image.Image:
		m, ok := Find(name)
		if !ok {
			m = Modality{Name: name}
		}
		p, err := m.AsPicture(v)
		if err != nil {
			fault.Panic("Sample.Picture", "sample %s: %v", s.Key, err)
		}
		return p
	}
	fault.Panic("Sample.Picture", "%q is no picture; use Text", name)
	return nil
}

// Boxes gives the boxes of the sample.
func (s Sample) Boxes(name string) []Box {
	b, ok := s.value("Sample.Boxes", name).([]Box)
	if !ok {
		fault.Panic("Sample.Boxes", "%q holds no boxes", name)
	}
	return b
}

// Text gives a caption as it is, and boxes and palettes in words.
func (s Sample) Text(name string) string {
	switch v := s.value("Sample.Text", name).(type) {
	case string:
		return v
	case []Box:
		var w []string
		for _, b := range v {
			w = append(w, fmt.Sprintf("%s [%.2f %.2f %.2f %.2f]", b.Class, b.X0, b.Y0, b.X1, b.Y1))
		}
		return strings.Join(w, "; ")
	case []int:
		return strings.Join(Numerals(v), " ")
	case float64, float32:
		return fmt.Sprintf("%.4g", v)
	case []float64, []float32:
		return strings.Trim(fmt.Sprintf("%.4g", v), "[]")
	case image.Image:
		return fmt.Sprintf("image %dx%d", v.Bounds().Dy(), v.Bounds().Dx())
	default:
		return fmt.Sprint(v)
	}
}

// Tokens gives the modality's tokens: those it was predicted as, or those
// that the registered tokenizer makes of its value. It panics with a one-line
// error where there is neither.
func (s Sample) Tokens(name string) Tokens {
	m := Need("Sample.Tokens", name)
	if t, ok := s.Toks[m.Name]; ok {
		return t
	}
	return Tokenize("Sample.Tokens", m, s.value("Sample.Tokens", m.Name))
}

// With gives a copy of the sample in which the modality has another value.
func (s Sample) With(name string, value any) Sample {
	out := Sample{Key: s.Key, Values: map[string]any{}, Toks: map[string]Tokens{}}
	for k, v := range s.Values {
		out.Values[k] = v
	}
	for k, v := range s.Toks {
		if k != name {
			out.Toks[k] = v
		}
	}
	out.Values[name] = value
	return out
}

// Checked gives the sample with a *Picture for every image.Image among its
// values, a copy where there is one. A picture of too few or too many numbers, or
// with one that is not finite, is an error that names the sample's key.
func (s Sample) Checked() (Sample, error) {
	out, own := s, false
	for n, v := range s.Values {
		switch v.(type) {
		case *Picture, Picture, image.Image:
		default:
			continue
		}
		m, ok := Find(n)
		if !ok {
			m = Modality{Name: n}
		}
		p, err := m.AsPicture(v)
		if err != nil {
			return s, fmt.Errorf("key %q: %w", s.Key, err)
		}
		if i := p.notFinite(); i >= 0 {
			hint := ""
			if look := m.Look.Spec(); !look.KnownAt(make([]float32, p.C)) {
				hint = " (0 stands for unknown)"
			}
			return s, fmt.Errorf("key %q: %s: number %d of the picture is %g, expected a finite one%s", s.Key, n, i, p.Pix[i], hint)
		}
		if p == v {
			continue
		}
		if !own {
			out.Values, own = maps.Clone(s.Values), true
		}
		out.Values[n] = p
	}
	return out, nil
}

// Only gives a copy with the named modalities alone.
func (s Sample) Only(names ...string) Sample {
	out := Sample{Key: s.Key, Values: map[string]any{}, Toks: map[string]Tokens{}}
	for _, n := range names {
		out.Values[n] = s.value("Sample.Only", n)
		if t, ok := s.Toks[n]; ok {
			out.Toks[n] = t
		}
	}
	return out
}

func (s Sample) String() string {
	var w []string
	for _, n := range s.Names() {
		switch v := s.Values[n].(type) {
		case *Picture:
			w = append(w, fmt.Sprintf("%s %dx%d", n, v.H, v.W))
		case image.Image:
			w = append(w, fmt.Sprintf("%s %dx%d", n, v.Bounds().Dy(), v.Bounds().Dx()))
		default:
			w = append(w, fmt.Sprintf("%s %q", n, s.Text(n)))
		}
	}
	out := "sample " + s.Key + ": " + strings.Join(w, ", ")
	if s.Err != nil {
		out += fmt.Sprintf("  (stopped: %v)", s.Err)
	}
	return out
}

// SimpleRender shows the sample in a notebook: all modalities side by side.
func (s Sample) SimpleRender() map[string]any { return show.Bundle(s) }
