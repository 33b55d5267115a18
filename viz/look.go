package viz

// From the numbers of a picture to colours, by what the numbers mean.

import (
	"image"
	"image/color"
	"math"

	"fourmlab/fourm/modality"
)

// unknown is the colour of pixels about which nothing is known.
var unknown = color.RGBA{0xdd, 0xdf, 0xe1, 255}

// check panics where p is not a picture that can be seen as m.
func check(op string, m modality.Modality, p *modality.Picture) {
	need(op, p != nil, "the picture of %q is nil", m.Name)
	c := 1
	if m.Look == modality.Normal {
		c = 3
	}
	need(op, p.H > 0 && p.W > 0 && p.C >= c && len(p.Pix) == p.H*p.W*p.C,
		"%s: %d numbers are no picture of %dx%d with %d channels or more", m.Name, len(p.Pix), p.H, p.W, c)
}

// span gives the range of what is known in depth pictures, in metres.
func span(ps ...*modality.Picture) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range ps {
		if p == nil {
			continue
		}
		for _, v := range p.Pix {
			if f := float64(v); f > 0 && !math.IsInf(f, 0) {
				lo, hi = min(lo, f), max(hi, f)
			}
		}
	}
	return lo, hi
}

// colours gives p as it is looked at, pixel for pixel. lo and hi are the range
// of depth that spans the colour map.
func colours(m modality.Modality, p *modality.Picture, lo, hi float64) *image.RGBA {
	if m.Look == modality.Feature {
		return featureColours(p)
	}
	out := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for y := range p.H {
		for x := range p.W {
			out.SetRGBA(x, y, pixel(m, p, y, x, lo, hi))
		}
	}
	return out
}

func pixel(m modality.Modality, p *modality.Picture, y, x int, lo, hi float64) color.RGBA {
	byte8 := func(v float32) uint8 {
		if v != v {
			return 0
		}
		return uint8(min(max(v, 0), 1)*255 + 0.5)
	}
	v := p.At(y, x, 0)
	if v != v {
		return unknown
	}
	switch m.Look {
	case modality.Depth:
		d := float64(v)
		if !(d > 0) || math.IsInf(d, 0) {
			return unknown
		}
		if hi <= lo {
			return turbo(0.5)
		}
		return turbo((d - lo) / (hi - lo))
	case modality.Normal:
		a, b := p.At(y, x, 1), p.At(y, x, 2)
		if v == 0 && a == 0 && b == 0 {
			return unknown
		}
		return color.RGBA{byte8((v + 1) / 2), byte8((a + 1) / 2), byte8((b + 1) / 2), 255}
	case modality.Label:
		id := int(math.Round(float64(v)))
		if m.Labels == nil {
			return instanceColor(id)
		}
		return labelColor(m.Labels, id)
	case modality.Gray:
		g := byte8(v)
		return color.RGBA{g, g, g, 255}
	}
	return color.RGBA{byte8(v), byte8(p.At(y, x, min(1, p.C-1))), byte8(p.At(y, x, min(2, p.C-1))), 255}
}

// guess gives a modality that p could be of, for pictures that come without
// one: unit vectors have negative numbers, metres exceed 1.
func guess(p *modality.Picture) modality.Modality {
	lo, hi := float32(0), float32(0)
	for _, v := range p.Pix {
		lo, hi = min(lo, v), max(hi, v)
	}
	look := modality.Gray
	switch {
	case p.C >= 3 && lo < -0.05:
		look = modality.Normal
	case p.C >= 3:
		look = modality.Color
	case hi > 1.01:
		look = modality.Depth
	}
	return modality.Modality{Name: "picture", Look: look}
}

// spot is where the name of a region is written.
type spot struct{ id, y, x, area int }

// spots finds, for each class, its largest connected region and the point of
// it that is farthest from the region's edge. The region's centre of mass may
// lie outside of it.
func spots(p *modality.Picture) []spot {
	n := p.H * p.W
	seen := make([]bool, n)
	best := map[int][]int{}
	for start := range n {
		if seen[start] {
			continue
		}
		id := int(math.Round(float64(p.Pix[start*p.C])))
		seen[start] = true
		region := []int{start}
		for i := 0; i < len(region); i++ {
			y, x := region[i]/p.W, region[i]%p.W
			for _, q := range [4][2]int{{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}} {
				if q[0] < 0 || q[1] < 0 || q[0] >= p.H || q[1] >= p.W {
					continue
				}
				k := q[0]*p.W + q[1]
				if !seen[k] && int(math.Round(float64(p.Pix[k*p.C]))) == id {
					seen[k] = true
					region = append(region, k)
				}
			}
		}
		if len(region) > len(best[id]) {
			best[id] = region
		}
	}
	var out []spot
	for id, region := range best {
		y, x := innermost(region, p.H, p.W)
		out = append(out, spot{id, y, x, len(region)})
	}
	return out
}

// innermost peels the region until its last layer and gives a pixel of that:
// the one nearest to the layer's mean. It peels two pixels from the sides for
// each one from above and below, because a name is wider than high.
func innermost(region []int, h, w int) (int, int) {
	in := make(map[int]bool, len(region))
	for _, k := range region {
		in[k] = true
	}
	layer := region
	for {
		var left []int
		for _, k := range layer {
			y, x := k/w, k%w
			if y > 0 && y < h-1 && x > 1 && x < w-2 && in[k-1] && in[k+1] && in[k-2] && in[k+2] && in[k-w] && in[k+w] {
				left = append(left, k)
			}
		}
		if len(left) == 0 {
			break
		}
		in = make(map[int]bool, len(left))
		for _, k := range left {
			in[k] = true
		}
		layer = left
	}
	my, mx := 0, 0
	for _, k := range layer {
		my, mx = my+k/w, mx+k%w
	}
	my, mx = my/len(layer), mx/len(layer)
	best, at := math.MaxInt, layer[0]
	for _, k := range layer {
		if d := (k/w-my)*(k/w-my) + (k%w-mx)*(k%w-mx); d < best {
			best, at = d, k
		}
	}
	return at / w, at % w
}
