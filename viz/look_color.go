package viz

// Colours and gray, as they are.

import (
	"image"
	"image/color"

	"fourmlab/fourm/modality"
)

var colorDisplay = display{
	image: func(_ modality.Modality, p *modality.Picture, _, _ float64) *image.RGBA {
		return byPixel(p, func(v []float32) color.RGBA {
			last := len(v) - 1
			return color.RGBA{byte8(v[0]), byte8(v[min(1, last)]), byte8(v[min(2, last)]), 255}
		})
	},
}

var grayDisplay = display{
	image: func(_ modality.Modality, p *modality.Picture, _, _ float64) *image.RGBA {
		return byPixel(p, func(v []float32) color.RGBA {
			g := byte8(v[0])
			return color.RGBA{g, g, g, 255}
		})
	},
}

// byte8 gives a number from 0 to 1 as a byte, 0 for what is none.
func byte8(v float32) uint8 {
	if v != v {
		return 0
	}
	return uint8(min(max(v, 0), 1)*255 + 0.5)
}
