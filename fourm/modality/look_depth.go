package modality

// Depth, and other numbers that files hold in steps of a unit.

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

var depthLook = LookSpec{
	Name: "depth", Channels: 1, Unit: "m", Scaling: LogScale, Steps: 1000,
	Known: func(pixel []float32) bool { return pixel[0] > 0 },
	FromImage: func(im image.Image) (*Picture, error) {
		if g, ok := im.(*image.Gray16); ok {
			return fromGray16(g, 1000), nil
		}
		return nil, fmt.Errorf("depth as %s, expected a 16-bit gray png in millimetres", kindOf(im))
	},
}

func fromGray16(im *image.Gray16, steps float64) *Picture {
	return scan(im.Bounds(), 1, func(x, y int, v []float32) { v[0] = float32(im.Gray16At(x, y).Y) / float32(steps) })
}

// fromSteps reads 16-bit gray as so many steps a unit.
func (s LookSpec) fromSteps(im image.Image) (*Picture, error) {
	if s.Steps == 0 || s.Channels > 1 {
		return nil, fmt.Errorf("%s as %s, expected an array (.npy)", s.Name, kindOf(im))
	}
	if g, ok := im.(*image.Gray16); ok {
		return fromGray16(g, s.Steps), nil
	}
	return nil, fmt.Errorf("%s as %s, expected a 16-bit gray png of %g steps a %s", s.Name, kindOf(im), s.Steps, s.unit())
}

// toSteps is the inverse of fromSteps.
func (s LookSpec) toSteps(p *Picture) (image.Image, error) {
	out := image.NewGray16(image.Rect(0, 0, p.W, p.H))
	for i, v := range p.Pix {
		n := math.Round(float64(v) * s.Steps)
		if !(n >= 0 && n <= 65535) {
			return nil, fmt.Errorf("%s of %g %s, expected 0 to %g", s.Name, v, s.unit(), 65535/s.Steps)
		}
		out.SetGray16(i%p.W, i/p.W, color.Gray16{Y: uint16(n)})
	}
	return out, nil
}

// unit gives the unit in a sentence.
func (s LookSpec) unit() string {
	if s.Unit == "" {
		return "unit"
	}
	return s.Unit
}
