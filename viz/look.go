package viz

// From the numbers of a picture to colours, by what the numbers mean: the
// built-in looks have a file each (look_depth.go ...), those that people
// register bring what they need.

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fourmlab/fourm/modality"
)

// display is how the pictures of a look are drawn.
type display struct {
	channels int // that a picture has at least; 0 stands for 1
	// image gives a picture as it is looked at. lo and hi are the range that
	// the ramp spans.
	image func(m modality.Modality, p *modality.Picture, lo, hi float64) *image.RGBA
	// ramp is the colour map of numbers on a scale, nil for all others: what is
	// compared in a figure shares a range, and a bar below says its ends.
	ramp colormap
	// over draws over the picture; small tells that there is no room for names.
	over func(c canvas, r image.Rectangle, m modality.Modality, p *modality.Picture, small bool)
	// squares tells that pixels are never smoothed, and need no frame.
	squares bool
}

var displays = map[modality.Look]display{
	modality.Color:   colorDisplay,
	modality.Gray:    grayDisplay,
	modality.Depth:   depthDisplay,
	modality.Normal:  normalDisplay,
	modality.Label:   labelDisplay,
	modality.Feature: featureDisplay,
}

// displayOf gives how a look is drawn.
func displayOf(l modality.Look) display {
	if d, ok := displays[l]; ok {
		return d
	}
	look := l.Spec()
	d := colorDisplay
	switch {
	case look.Words:
		return d
	case look.Ramp != nil:
		d = onRamp(look.Ramp)
	case look.Draw != nil:
	case look.Scaling == modality.ClassIDs:
		d = labelDisplay
	case look.Channels <= 1:
		d = onRamp(viridis)
	case look.Scaling == modality.UnitVectors && look.Channels == 3:
		d = normalDisplay
	case look.Channels != 3 || look.Low != 0 || look.High != 1:
		d = featureDisplay
	}
	d.channels = max(look.Channels, 1)
	if look.Draw != nil {
		d.image = func(_ modality.Modality, p *modality.Picture, lo, hi float64) *image.RGBA {
			return asRGBA(look.Draw(p, lo, hi), p)
		}
	}
	return d
}

// asRGBA gives an image that somebody drew of a picture: what lies on the picture
// of one without bounds, and the colour of what is unknown where there is none.
func asRGBA(im image.Image, p *modality.Picture) *image.RGBA {
	if im == nil || im.Bounds().Empty() {
		im = image.NewUniform(unknown)
	}
	b := im.Bounds()
	if b.Dx() > 1<<13 || b.Dy() > 1<<13 {
		b = image.Rect(0, 0, p.W, p.H)
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, im, b.Min, draw.Src)
	return out
}

// unknown is the colour of pixels about which nothing is known.
var unknown = color.RGBA{0xdd, 0xdf, 0xe1, 255}

// check panics where p is not a picture that can be seen as m.
func check(op string, m modality.Modality, p *modality.Picture) {
	need(op, p != nil, "the picture of %q is nil", m.Name)
	c := max(displayOf(m.Look).channels, 1)
	need(op, p.H > 0 && p.W > 0 && p.C >= c && len(p.Pix) == p.H*p.W*p.C,
		"%s: %d numbers are no picture of %dx%d with %d channels or more", m.Name, len(p.Pix), p.H, p.W, c)
}

// span gives the range of what is known in pictures of numbers on a scale.
func span(m modality.Modality, ps ...*modality.Picture) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	look := m.Look.Spec()
	for _, p := range ps {
		if p == nil {
			continue
		}
		for i := 0; p.C > 0 && i+p.C <= len(p.Pix); i += p.C {
			if look.KnownAt(p.Pix[i : i+p.C]) {
				f := float64(p.Pix[i])
				lo, hi = min(lo, f), max(hi, f)
			}
		}
	}
	return lo, hi
}

// colorsOf gives p as it is looked at. lo and hi are the range that spans the
// colour map of numbers on a scale.
func colorsOf(m modality.Modality, p *modality.Picture, lo, hi float64) *image.RGBA {
	return displayOf(m.Look).image(m, p, lo, hi)
}

// byPixel colours a picture pixel by pixel; one whose first number is none is
// unknown.
func byPixel(p *modality.Picture, at func(pixel []float32) color.RGBA) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i := range p.H * p.W {
		v, c := p.Pix[i*p.C:(i+1)*p.C], unknown
		if v[0] == v[0] {
			c = at(v)
		}
		out.SetRGBA(i%p.W, i/p.W, c)
	}
	return out
}

// guess gives a modality that p could be of, for pictures that come without
// one: unit vectors have negative numbers, metres exceed 1.
func guess(p *modality.Picture) modality.Modality {
	lo, hi := float32(0), float32(0)
	for _, v := range p.Pix {
		lo, hi = min(lo, v), max(hi, v)
	}
	look := modality.Gray
	switch {
	case p.C >= 3 && lo < -0.05:
		look = modality.Normal
	case p.C >= 3:
		look = modality.Color
	case hi > 1.01:
		look = modality.Depth
	}
	return modality.Modality{Name: "picture", Look: look}
}
