package datasets

// Values to bytes: what decode.go reads back.

import (
	"bytes"
	"fmt"
	"image/png"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// encodePicture gives the file of a picture and its suffix: that of the look's own
// format, a PNG where the look has an image of it (16-bit gray millimetres for
// depth, (n+1)/2 for normals, gray ids for labels, 8 bits for colours and gray),
// else an array.
func encodePicture(name string, p *modality.Picture) (file []byte, ext string, err error) {
	at := lookOf(name, true)
	look := at.Spec()
	if look.Encode != nil {
		file, err = look.Encode(p)
		return file, look.Ext, err
	}
	im, err := modality.ImageOf(at, p)
	if err != nil {
		return nil, "", err
	}
	if im == nil {
		return npy.Grid(p.H, p.W, p.C, p.Pix), "npy", nil
	}
	var b bytes.Buffer
	err = png.Encode(&b, im)
	return b.Bytes(), "png", err
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
	case *modality.Picture:
		return rowsOf(v)
	case modality.Palette:
		list := []string{}
		for _, c := range v {
			list = append(list, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
		}
		return list
	}
	return v
}
