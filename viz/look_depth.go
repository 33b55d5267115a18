package viz

// Depth, and other numbers on a scale: one colour map from the least to the
// largest number of a figure, whose ends stand below.

import (
	"image"
	"image/color"

	"fourmlab/fourm/modality"
)

var depthDisplay = onRamp(turbo)

// onRamp is the display of numbers of one channel on a colour map.
func onRamp(ramp colormap) display {
	return display{
		ramp: ramp,
		image: func(m modality.Modality, p *modality.Picture, lo, hi float64) *image.RGBA {
			look := m.Look.Spec()
			return byPixel(p, func(v []float32) color.RGBA {
				switch {
				case !look.KnownAt(v):
					return unknown
				case hi <= lo:
					return ramp(0.5)
				}
				return ramp((float64(v[0]) - lo) / (hi - lo))
			})
		},
	}
}
