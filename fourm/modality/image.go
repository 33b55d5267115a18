package modality

// Images of Go's own kind as values: an image.Image may stand wherever a
// *Picture may.

import (
	"fmt"
	"image"

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
	s := look.Spec()
	switch {
	case s.Words:
		return nil, fmt.Errorf("an image, expected another kind of value")
	case s.FromImage != nil:
		return s.FromImage(im)
	}
	return s.fromSteps(im)
}

// ImageOf gives the image that a picture is written as, by its meaning; nil
// where it has none, and is written as an array.
func ImageOf(look Look, p *Picture) (image.Image, error) {
	s := look.Spec()
	switch {
	case s.Words:
		return nil, fmt.Errorf("a picture, expected text")
	case s.Channels > 0 && p.C != s.Channels:
		return nil, fmt.Errorf("%d channels, expected %d", p.C, s.Channels)
	case s.ToImage != nil:
		return s.ToImage(p)
	case s.Steps > 0 && p.C == 1:
		return s.toSteps(p)
	}
	return nil, nil
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
