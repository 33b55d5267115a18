package datasets

// Values to bytes: what decode.go reads back.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"fourmlab/fourm/modality"
)

// encodePicture gives the PNG of a picture: 16-bit gray millimetres for depth,
// (n+1)/2 for normals, gray ids for labels, 8 bits for colours and gray.
func encodePicture(name string, p *modality.Picture) ([]byte, error) {
	look := lookOf(name, true)
	r := image.Rect(0, 0, p.W, p.H)
	if want := map[modality.Look]int{modality.Color: 3, modality.Normal: 3}[look]; p.C != max(want, 1) {
		return nil, fmt.Errorf("%d channels, expected %d", p.C, max(want, 1))
	}
	byteOf := func(v float32) uint8 { return uint8(min(max(v, 0), 1)*255 + 0.5) }
	var im image.Image
	switch look {
	case modality.Depth:
		g := image.NewGray16(r)
		for i, v := range p.Pix {
			mm := math.Round(float64(v) * 1000)
			if !(mm >= 0 && mm <= 65535) {
				return nil, fmt.Errorf("depth of %g m, expected 0 to 65.535", v)
			}
			g.SetGray16(i%p.W, i/p.W, color.Gray16{Y: uint16(mm)})
		}
		im = g
	case modality.Label:
		most := float32(0)
		for _, v := range p.Pix {
			if most = max(most, v); v < 0 || v > 65535 || v != float32(int(v)) {
				return nil, fmt.Errorf("class id %g, expected a whole number from 0 to 65535", v)
			}
		}
		if most > 255 {
			g := image.NewGray16(r)
			for i, v := range p.Pix {
				g.SetGray16(i%p.W, i/p.W, color.Gray16{Y: uint16(v)})
			}
			im = g
			break
		}
		g := image.NewGray(r)
		for i, v := range p.Pix {
			g.Pix[i] = uint8(v)
		}
		im = g
	case modality.Gray:
		g := image.NewGray(r)
		for i, v := range p.Pix {
			g.Pix[i] = byteOf(v)
		}
		im = g
	case modality.Color, modality.Normal:
		g := image.NewRGBA(r)
		for i := range p.H * p.W {
			q, b := p.Pix[3*i:3*i+3], g.Pix[4*i:4*i+4]
			for c, v := range q {
				if look == modality.Normal {
					v = (v + 1) / 2
				}
				b[c] = byteOf(v)
			}
			b[3] = 255
		}
		im = g
	default:
		return nil, fmt.Errorf("a picture, expected text")
	}
	var b bytes.Buffer
	err := png.Encode(&b, im)
	return b.Bytes(), err
}

// jsonOf gives what meta.jsonl holds of a value that is no picture.
func jsonOf(v any) any {
	switch v := v.(type) {
	case []modality.Box:
		list := []any{}
		for _, b := range v {
			list = append(list, map[string]any{"boxes": [4]float64{b.X0, b.Y0, b.X1, b.Y1}, "class_name": b.Class, "score": b.Score})
		}
		return map[string]any{"instances": list}
	case modality.Palette:
		list := []string{}
		for _, c := range v {
			list = append(list, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
		}
		return list
	}
	return v
}
