package viz

// Normals n as (n+1)/2: x right, y up, z to the viewer.

import (
	"image"
	"image/color"

	"fourmlab/fourm/modality"
)

var normalDisplay = display{
	channels: 3,
	image: func(_ modality.Modality, p *modality.Picture, _, _ float64) *image.RGBA {
		return byPixel(p, func(v []float32) color.RGBA {
			if v[0] == 0 && v[1] == 0 && v[2] == 0 {
				return unknown
			}
			return color.RGBA{byte8((v[0] + 1) / 2), byte8((v[1] + 1) / 2), byte8((v[2] + 1) / 2), 255}
		})
	},
}
