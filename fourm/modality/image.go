package modality

// Images of Go's own kind as values: an image.Image may stand wherever a
// *Picture may.

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"fourmlab/internal/memory"
)

// PictureOf reads the pixels of an image by their meaning: colours and gray
// from 0 to 1, 16 bits of gray as millimetres of depth, (n+1)/2 as normals, gray
// or palette numbers as class ids. The error says what an image of another kind
// is, and what was expected.
func PictureOf(look Look, im image.Image) (*Picture, error) {
	r := im.Bounds()
	if err := memory.Picture(r.Dx(), r.Dy(), 4*3); err != nil {
		return nil, fmt.Errorf("a %w", err)
	}
	switch look {
	case Color:
		return FromImage(im), nil
	case Gray:
		return scan(r, 1, func(x, y int, v []float32) {
			r, g, b, a := im.At(x, y).RGBA() // premultiplied; what is transparent is white
			v[0] = (0.299*float32(r)+0.587*float32(g)+0.114*float32(b))/0xffff + float32(0xffff-a)/0xffff
		}), nil
	case Depth:
		g, ok := im.(*image.Gray16)
		if !ok {
			return nil, fmt.Errorf("depth as %s, expected a 16-bit gray png in millimetres", kindOf(im))
		}
		return scan(r, 1, func(x, y int, v []float32) { v[0] = float32(g.Gray16At(x, y).Y) / 1000 }), nil
	case Normal:
		return scan(r, 3, func(x, y int, v []float32) { toNormal(im.At(x, y), v) }), nil
	case Label:
		id, err := idsOf(im)
		if err != nil {
			return nil, err
		}
		return scan(r, 1, func(x, y int, v []float32) { v[0] = float32(id(x, y)) }), nil
	}
	return nil, fmt.Errorf("an image, expected another kind of value")
}

func idsOf(im image.Image) (func(x, y int) int, error) {
	switch l := im.(type) {
	case *image.Paletted:
		return func(x, y int) int { return int(l.ColorIndexAt(x, y)) }, nil
	case *image.Gray:
		return func(x, y int) int { return int(l.GrayAt(x, y).Y) }, nil
	case *image.Gray16:
		return func(x, y int) int { return int(l.Gray16At(x, y).Y) }, nil
	}
	return nil, fmt.Errorf("class ids as %s, expected a gray or palette png", kindOf(im))
}

func scan(r image.Rectangle, c int, at func(x, y int, v []float32)) *Picture {
	p := NewPicture(r.Dy(), r.Dx(), c)
	for y := range p.H {
		for x := range p.W {
			at(r.Min.X+x, r.Min.Y+y, p.Pix[(y*p.W+x)*c:][:c])
		}
	}
	return p
}

// toNormal reads (n+1)/2. A pixel has no normal where it is transparent, where
// the vector is far from length one (mid-gray, black), and where it is a dark
// gray: that points away from the viewer and is how unknown is written, too.
func toNormal(c color.Color, v []float32) {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	var f [3]float64
	sum := 0.0
	for k, b := range [3]uint8{n.R, n.G, n.B} {
		f[k] = float64(b)/255*2 - 1
		sum += f[k] * f[k]
	}
	if sum = math.Sqrt(sum); n.A == 0 || sum < 0.5 || sum > 1.4 || n.R == n.G && n.G == n.B && n.B < 128 {
		return
	}
	for k := range v {
		v[k] = float32(f[k] / sum)
	}
}

func kindOf(im image.Image) string {
	switch im.(type) {
	case *image.Gray:
		return "an 8-bit gray picture"
	case *image.Gray16:
		return "a 16-bit gray picture"
	case *image.Paletted:
		return "a palette picture"
	}
	return "a colour picture"
}

// AsPicture gives the picture that a value of the modality is: a *Picture, or
// an image.Image read by PictureOf. A picture whose numbers are not as many as
// its shape says is an error, as is what is no picture.
func (m Modality) AsPicture(value any) (*Picture, error) {
	var p *Picture
	switch v := value.(type) {
	case *Picture:
		p = v
	case Picture:
		p = &v
	case image.Image:
		q, err := PictureOf(m.Look, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		return q, nil
	}
	if p == nil {
		return nil, fmt.Errorf("%s: a %T is no picture", m.Name, value)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	return p, nil
}

// notFinite finds the first number that is not finite; -1: all are.
func (p *Picture) notFinite() int {
	for i, v := range p.Pix {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

// check tells whether a picture has as many numbers as its shape says.
func (p *Picture) check() error {
	if p.H < 0 || p.W < 0 || p.C < 0 || float64(len(p.Pix)) != numbersOf(p.H, p.W, p.C) {
		return fmt.Errorf("picture of %dx%dx%d with %d numbers, expected %.20g", p.H, p.W, p.C, len(p.Pix), numbersOf(p.H, p.W, p.C))
	}
	return nil
}
