package viz

// Labels: classes in fixed colours, with borders between them and their names
// written on them; objects without names each in a colour of its own.

import (
	"image"
	"image/color"
	"math"
	"sort"

	"fourmlab/fourm/modality"
)

var labelDisplay = display{
	squares: true,
	image: func(m modality.Modality, p *modality.Picture, _, _ float64) *image.RGBA {
		return byPixel(p, func(v []float32) color.RGBA {
			id := int(math.Round(float64(v[0])))
			if m.Labels == nil {
				return instanceColor(id)
			}
			return labelColor(m.Labels, id)
		})
	},
	over: func(c canvas, r image.Rectangle, m modality.Modality, p *modality.Picture, small bool) {
		borders(c, r, p)
		if !small && m.Labels != nil && r.Dx() >= 64 {
			names(c, r, m, p)
		}
	},
}

// borders draws white lines where the class changes.
func borders(c canvas, r image.Rectangle, p *modality.Picture) {
	if r.Dx() < 2*p.W {
		return
	}
	for y := range p.H {
		for x := range p.W {
			q := cellOf(r, p.H, p.W, y, x)
			if x > 0 && apart(p.At(y, x, 0), p.At(y, x-1, 0)) {
				c.rect(image.Rect(q.Min.X-1, q.Min.Y-1, q.Min.X+1, q.Max.Y+1).Intersect(r), white)
			}
			if y > 0 && apart(p.At(y, x, 0), p.At(y-1, x, 0)) {
				c.rect(image.Rect(q.Min.X-1, q.Min.Y-1, q.Max.X+1, q.Min.Y+1).Intersect(r), white)
			}
		}
	}
}

// apart tells whether labels differ; what is no number is like its like.
func apart(a, b float32) bool { return a != b && (a == a || b == b) }

// names writes the class of every region that has room for it, the largest
// first; a name that would cover another one is left out.
func names(c canvas, r image.Rectangle, m modality.Modality, p *modality.Picture) {
	all := spots(p)
	sort.Slice(all, func(i, j int) bool {
		return all[i].area > all[j].area || all[i].area == all[j].area && all[i].id < all[j].id
	})
	var taken []image.Rectangle
	for _, s := range all {
		if s.area*100 < p.H*p.W || s.id < 0 || s.id >= len(m.Labels) || m.Labels[s.id] == "" {
			continue
		}
		t := typeface{17, false, white}
		text := shorten(m.Labels[s.id], t, r.Dx()-20)
		w, h := t.width(text)+16, t.ascent()+t.descent()+4
		q := cellOf(r, p.H, p.W, s.y, s.x)
		x := min(max((q.Min.X+q.Max.X-w)/2, r.Min.X+4), r.Max.X-w-4)
		y := min(max((q.Min.Y+q.Max.Y-h)/2, r.Min.Y+4), r.Max.Y-h-4)
		at, free := image.Rect(x, y, x+w, y+h), true
		for _, o := range taken {
			free = free && !at.Overlaps(o)
		}
		if !free {
			continue
		}
		taken = append(taken, at)
		c.round(at, 7, color.NRGBA{10, 12, 16, 205})
		c.centred(at, text, t)
	}
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
