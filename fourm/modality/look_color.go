package modality

// Colours and gray: what a camera sees.

import (
	"image"
	"image/color"
)

// Mean and Dev are ImageNet's (docs/4m.md, 1.3).
var colorLook = LookSpec{
	Name: "color", Noun: "picture", Channels: 3, High: 1, Blank: 1, Smooth: true, Steps: 255,
	Mean: []float32{0.485, 0.456, 0.406}, Dev: []float32{0.229, 0.224, 0.225},
	FromImage: func(im image.Image) (*Picture, error) { return FromImage(im), nil },
	ToImage: func(p *Picture) (image.Image, error) {
		return rgba(p, func(v float32) float32 { return v }), nil
	},
}

var grayLook = LookSpec{
	Name: "gray", Noun: "picture", Channels: 1, High: 1, Blank: 1, Smooth: true, Steps: 255,
	FromImage: func(im image.Image) (*Picture, error) {
		return scan(im.Bounds(), 1, func(x, y int, v []float32) {
			r, g, b, a := im.At(x, y).RGBA() // premultiplied; what is transparent is white
			v[0] = (0.299*float32(r)+0.587*float32(g)+0.114*float32(b))/0xffff + float32(0xffff-a)/0xffff
		}), nil
	},
	ToImage: func(p *Picture) (image.Image, error) {
		out := image.NewGray(image.Rect(0, 0, p.W, p.H))
		for i, v := range p.Pix {
			out.Pix[i] = byteOf(v)
		}
		return out, nil
	},
}

// rgba gives the image of a picture of three channels, each number mapped to
// [0, 1].
func rgba(p *Picture, to func(v float32) float32) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i := range p.H * p.W {
		q := p.Pix[3*i : 3*i+3]
		out.SetRGBA(i%p.W, i/p.W, color.RGBA{byteOf(to(q[0])), byteOf(to(q[1])), byteOf(to(q[2])), 255})
	}
	return out
}

func byteOf(v float32) uint8 { return uint8(min(max(v, 0), 1)*255 + 0.5) }
