package modality

// Normals: the direction that a surface faces.

import (
	"image"
	"image/color"
	"math"
)

var normalLook = LookSpec{
	Name: "normal", Noun: "normals", Channels: 3, Scaling: UnitVectors,
	Known:  func(n []float32) bool { return n[0] != 0 || n[1] != 0 || n[2] != 0 },
	Mirror: func(n []float32) { n[0] = -n[0] },
	FromImage: func(im image.Image) (*Picture, error) {
		return scan(im.Bounds(), 3, func(x, y int, v []float32) { toNormal(im.At(x, y), v) }), nil
	},
	ToImage: func(p *Picture) (image.Image, error) {
		return rgba(p, func(v float32) float32 { return (v + 1) / 2 }), nil
	},
	Legend: "x right, y up, z to viewer",
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
