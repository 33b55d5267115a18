package scenes

// The dominant colours of a picture: k-means over its colours, started
// without chance so that equal pictures have equal palettes.

import (
	"image/color"
	"math"
	"sort"

	"fourmlab/fourm/modality"
)

// palette gives up to seven colours of rgb (bytes, 3 a pixel), the commonest
// first. Colours that cover less than 1 % are left out.
func palette(rgb []uint8) modality.Palette {
	type bin struct{ r, g, b, n float64 }
	// Nearly equal colours are counted together: 5 bits a channel.
	var slot [1 << 15]int16
	var bins []bin
	for i := 0; i+2 < len(rgb); i += 3 {
		k := int(rgb[i]>>3)<<10 | int(rgb[i+1]>>3)<<5 | int(rgb[i+2]>>3)
		if slot[k] == 0 {
			bins = append(bins, bin{})
			slot[k] = int16(len(bins))
		}
		b := &bins[slot[k]-1]
		b.r, b.g, b.b, b.n = b.r+float64(rgb[i]), b.g+float64(rgb[i+1]), b.b+float64(rgb[i+2]), b.n+1
	}
	for i := range bins {
		b := &bins[i]
		b.r, b.g, b.b = b.r/b.n, b.g/b.n, b.b/b.n
	}
	away := func(a, b bin) float64 {
		return (a.r-b.r)*(a.r-b.r) + (a.g-b.g)*(a.g-b.g) + (a.b-b.b)*(a.b-b.b)
	}
	// Start with the commonest colour, then always the one that the chosen
	// ones describe worst.
	var means []bin
	for len(means) < 7 {
		best, at := 0.0, -1
		for i, b := range bins {
			far := 1.0
			if len(means) > 0 {
				far = math.Inf(1)
				for _, m := range means {
					far = math.Min(far, away(b, m))
				}
				if far < 30*30 {
					continue
				}
			}
			if score := far * b.n; score > best {
				best, at = score, i
			}
		}
		if at < 0 {
			break
		}
		means = append(means, bins[at])
	}
	for range 6 {
		sums := make([]bin, len(means))
		for _, b := range bins {
			best, at := math.Inf(1), 0
			for k, m := range means {
				if d := away(b, m); d < best {
					best, at = d, k
				}
			}
			s := &sums[at]
			s.r, s.g, s.b, s.n = s.r+b.r*b.n, s.g+b.g*b.n, s.b+b.b*b.n, s.n+b.n
		}
		for k, s := range sums {
			if s.n > 0 {
				means[k] = bin{s.r / s.n, s.g / s.n, s.b / s.n, s.n}
			}
		}
	}
	sort.SliceStable(means, func(a, b int) bool { return means[a].n > means[b].n })
	out := modality.Palette{}
	for _, m := range means {
		if len(out) == 0 || m.n*3 >= 0.01*float64(len(rgb)) {
			out = append(out, color.RGBA{uint8(m.r + 0.5), uint8(m.g + 0.5), uint8(m.b + 0.5), 255})
		}
	}
	return out
}
