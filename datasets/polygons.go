package datasets

// Polygons of objects, as COCO has them, become pictures: the class of every
// pixel, and the object that it is of.

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"

	"fourmlab/fourm/modality"
)

// outlined are the modalities that polygons give.
var outlined = []string{"things", "instance"}

// outline is an object: its class and the polygons that it is made of, in
// pixels of the stored picture (x, y, x, y, ...).
type outline struct {
	Category string
	Polygons [][]float64
	area     float64
}

// areas draws the outlines of a line of meta.jsonl on a picture of the given
// shape. Small objects lie on large ones; a pixel is covered where its middle
// is.
func areas(line []byte, s shape) (things, instance *modality.Picture, err error) {
	var row struct{ Objects []outline }
	if err := json.Unmarshal(line, &row); err != nil {
		return nil, nil, fmt.Errorf("objects: %w", err)
	}
	if s.h == 0 {
		return nil, nil, fmt.Errorf("polygons in pixels, but no picture whose size they refer to")
	}
	things, instance = modality.NewPicture(s.h, s.w, 1), modality.NewPicture(s.h, s.w, 1)
	for i := range row.Objects {
		o := &row.Objects[i]
		for _, p := range o.Polygons {
			if len(p)%2 != 0 {
				return nil, nil, fmt.Errorf("a polygon of %d numbers, expected pairs of x and y", len(p))
			}
			o.area += math.Abs(surface(p))
		}
	}
	sort.SliceStable(row.Objects, func(i, j int) bool { return row.Objects[i].area > row.Objects[j].area })
	for i, o := range row.Objects {
		class := slices.Index(modality.Things, o.Category)
		if class < 1 {
			return nil, nil, fmt.Errorf("object of class %q, expected one of COCO's 80", o.Category)
		}
		for _, p := range o.Polygons {
			fill(p, s, func(at int) {
				things.Pix[at], instance.Pix[at] = float32(class), float32(i+1)
			})
		}
	}
	return things, instance, nil
}

// surface is the signed area of a polygon.
func surface(p []float64) float64 {
	sum := 0.0
	for i := 0; i < len(p); i += 2 {
		j := (i + 2) % len(p)
		sum += p[i]*p[j+1] - p[j]*p[i+1]
	}
	return sum / 2
}

// fill calls set for the pixels inside a polygon: those to whose left an odd
// number of edges cross the middle of their row.
func fill(p []float64, s shape, set func(at int)) {
	var cross []float64
	for y := range s.h {
		mid := float64(y) + 0.5
		cross = cross[:0]
		for i := 0; i < len(p); i += 2 {
			j := (i + 2) % len(p)
			x0, y0, x1, y1 := p[i], p[i+1], p[j], p[j+1]
			if (y0 <= mid) != (y1 <= mid) {
				cross = append(cross, x0+(mid-y0)/(y1-y0)*(x1-x0))
			}
		}
		slices.Sort(cross)
		for k := 0; k+1 < len(cross); k += 2 {
			from, to := math.Ceil(cross[k]-0.5), math.Ceil(cross[k+1]-0.5)
			for x := max(int(from), 0); x < min(int(to), s.w); x++ {
				set(y*s.w + x)
			}
		}
	}
}

// outlines adds what polygons give to a sample, seen through its window.
func (t *tree) outlines(i int, s modality.Sample, stored shape, w window) error {
	line, err := t.meta.read(i)
	if err != nil {
		return err
	}
	things, instance, err := areas(line, stored)
	if err != nil {
		return err
	}
	for name, p := range map[string]*modality.Picture{"things": things, "instance": instance} {
		v, err := t.view(name, stored, w)
		if err != nil {
			return err
		}
		s.Values[name] = v.values(p, modality.Label)
	}
	return nil
}
