package modality

// Labels: the class or the object that a pixel belongs to, by its id.

import (
	"fmt"
	"image"
	"image/color"
)

var labelLook = LookSpec{
	Name: "label", Noun: "classes", Channels: 1, Scaling: ClassIDs,
	Known: func(id []float32) bool { return id[0] >= 0 },
	FromImage: func(im image.Image) (*Picture, error) {
		id, err := idsOf(im)
		if err != nil {
			return nil, err
		}
		return scan(im.Bounds(), 1, func(x, y int, v []float32) { v[0] = float32(id(x, y)) }), nil
	},
	ToImage: labelImage,
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

// labelImage gives ids as gray of 8 bits, of 16 where one needs them.
func labelImage(p *Picture) (image.Image, error) {
	r, most := image.Rect(0, 0, p.W, p.H), float32(0)
	for _, v := range p.Pix {
		if most = max(most, v); v < 0 || v > 65535 || v != float32(int(v)) {
			return nil, fmt.Errorf("class id %g, expected a whole number from 0 to 65535", v)
		}
	}
	if most > 255 {
		out := image.NewGray16(r)
		for i, v := range p.Pix {
			out.SetGray16(i%p.W, i/p.W, color.Gray16{Y: uint16(v)})
		}
		return out, nil
	}
	out := image.NewGray(r)
	for i, v := range p.Pix {
		out.Pix[i] = uint8(v)
	}
	return out, nil
}
