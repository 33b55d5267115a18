package datasets

// Boxes and palettes as they are written in meta.jsonl and in ml-4m's json
// files.

import (
	"encoding/json"
	"fmt"
	"image/color"
	"strconv"

	"fourmlab/fourm/modality"
)

// pixelBoxes are boxes whose corners are still in pixels of the stored
// picture.
type pixelBoxes []modality.Box

// fractions divides by the picture's shape. A box without a class gets class.
func (p pixelBoxes) fractions(s shape, class string) ([]modality.Box, error) {
	if s.h == 0 {
		return nil, fmt.Errorf("boxes in pixels, but no picture whose size they refer to")
	}
	out := []modality.Box{}
	for _, b := range p {
		b.X0, b.X1 = b.X0/float64(s.w), b.X1/float64(s.w)
		b.Y0, b.Y1 = b.Y0/float64(s.h), b.Y1/float64(s.h)
		if b.Class == "" {
			b.Class = class
		}
		out = append(out, b)
	}
	return out, checkBoxes(out)
}

func checkBoxes(boxes []modality.Box) error {
	for _, b := range boxes {
		if !(b.X0 <= b.X1 && b.Y0 <= b.Y1 && b.X0 >= -1e-3 && b.Y0 >= -1e-3 && b.X1 <= 1.001 && b.Y1 <= 1.001) {
			return fmt.Errorf("box from (%.4g, %.4g) to (%.4g, %.4g) as fractions, expected 0 to 1 and the first corner above and left of the second", b.X0, b.Y0, b.X1, b.Y1)
		}
	}
	return nil
}

// parseBoxes reads one of
//
//	[x0, y0, x1, y1]                                             pixels, no class
//	[{"category": "cat", "bbox": [x, y, width, height]}, ...]    pixels, as COCO
//	{"instances": [{"boxes": [x0, y0, x1, y1], "class_name": "cat", "score": 0.9}, ...]}   fractions, as 4M's det
func parseBoxes(raw json.RawMessage) (any, error) {
	var corners []float64
	if json.Unmarshal(raw, &corners) == nil && len(corners) == 4 {
		return pixelBoxes{{X0: corners[0], Y0: corners[1], X1: corners[2], Y1: corners[3], Score: 1}}, nil
	}
	var coco []struct {
		Category string
		BBox     []float64
	}
	if json.Unmarshal(raw, &coco) == nil && (len(coco) == 0 || coco[0].BBox != nil) {
		out := pixelBoxes{}
		for _, o := range coco {
			if len(o.BBox) != 4 {
				return nil, fmt.Errorf("bbox of %d numbers, expected 4", len(o.BBox))
			}
			x, y := o.BBox[0], o.BBox[1]
			out = append(out, modality.Box{X0: x, Y0: y, X1: x + o.BBox[2], Y1: y + o.BBox[3], Class: o.Category, Score: 1})
		}
		return out, nil
	}
	var det struct {
		Instances *[]struct {
			Boxes     []float64
			ClassName string `json:"class_name"`
			Score     float64
		}
	}
	if json.Unmarshal(raw, &det) != nil || det.Instances == nil {
		return nil, fmt.Errorf("box is %s, expected [x0, y0, x1, y1], a list of {category, bbox} or {instances}", clip(raw))
	}
	out := []modality.Box{}
	for _, o := range *det.Instances {
		if len(o.Boxes) != 4 {
			return nil, fmt.Errorf("boxes of %d numbers, expected 4", len(o.Boxes))
		}
		out = append(out, modality.Box{X0: o.Boxes[0], Y0: o.Boxes[1], X1: o.Boxes[2], Y1: o.Boxes[3], Class: o.ClassName, Score: o.Score})
	}
	return out, checkBoxes(out)
}

// parsePalette reads ["#rrggbb", ...] or 4M's [{"1": [[r, g, b]], ...}], of
// which it takes the longest.
func parsePalette(raw json.RawMessage) (any, error) {
	out := modality.Palette{}
	var hex []string
	if json.Unmarshal(raw, &hex) == nil {
		for _, h := range hex {
			v, err := strconv.ParseUint(h[min(1, len(h)):], 16, 24)
			if err != nil || len(h) != 7 || h[0] != '#' {
				return nil, fmt.Errorf("colour %q, expected #rrggbb", h)
			}
			out = append(out, color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
		}
		return out, nil
	}
	var by []map[string][][]int
	if json.Unmarshal(raw, &by) != nil || len(by) == 0 {
		return nil, fmt.Errorf("palette is %s, expected [\"#rrggbb\", ...] or [{\"1\": [[r, g, b]], ...}]", clip(raw))
	}
	for n := 7; n >= 1; n-- {
		rows, ok := by[0][strconv.Itoa(n)]
		if !ok {
			continue
		}
		for _, c := range rows {
			if len(c) != 3 || (c[0]|c[1]|c[2])&^255 != 0 {
				return nil, fmt.Errorf("colour %v, expected three numbers from 0 to 255", c)
			}
			out = append(out, color.RGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
		}
		break
	}
	return out, nil
}
