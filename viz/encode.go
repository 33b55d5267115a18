package viz

// PNG files that a notebook can carry.

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"sort"

	xdraw "golang.org/x/image/draw"
)

// maxBytes is what a notebook should carry for one figure. Photographs may
// take more at full density; they are then stored at a lower one.
const maxBytes = 300 << 10

// encode gives a PNG of at most maxBytes where that takes no less than half
// of the density. exact keeps the size, whatever it takes.
func encode(im image.Image, exact bool) []byte {
	var b bytes.Buffer
	var e png.Encoder // the best compression takes four times as long for four percent
	for scale := 1.0; ; {
		b.Reset()
		src := im
		if scale < 1 {
			r := image.Rect(0, 0, int(scale*float64(im.Bounds().Dx())), int(scale*float64(im.Bounds().Dy())))
			less := image.NewRGBA(r)
			xdraw.CatmullRom.Scale(less, r, im, im.Bounds(), draw.Src, nil)
			src = less
		}
		// Writing into memory cannot fail.
		_ = e.Encode(&b, src)
		if exact || b.Len() <= maxBytes || scale <= 0.5 {
			return b.Bytes()
		}
		// Bytes grow about as pixels do; large figures take a second to write.
		scale = max(0.5, min(scale-0.05, 0.96*scale*math.Sqrt(maxBytes/float64(b.Len()))))
	}
}

// paletted gives a chart with at most 256 colours, none far from what it was;
// the file is a third of the size.
func paletted(im image.Image) image.Image {
	r := im.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(im.At(x, y)).(color.RGBA) }
	if m, ok := im.(*image.RGBA); ok {
		at = m.RGBAAt
	}
	use := map[color.RGBA]int{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			use[at(x, y)]++
		}
	}
	var all []color.RGBA
	for c := range use {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if use[a] != use[b] {
			return use[a] > use[b]
		}
		return int(a.R)<<16|int(a.G)<<8|int(a.B) < int(b.R)<<16|int(b.G)<<8|int(b.B)
	})
	pal, index := reduced(all)
	out := image.NewPaletted(r, pal)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.SetColorIndex(x, y, index[at(x, y)])
		}
	}
	return out
}

// reduced chooses at most 256 of the colours, which come with the commonest
// first. Half of them are those; the others stand for what is near them, as near
// as there is room for, for the colours of thin lines occur in a few places
// only.
func reduced(all []color.RGBA) (pal color.Palette, index map[color.RGBA]uint8) {
	for far := 0; ; far += 3 {
		var kept []color.RGBA
		index = map[color.RGBA]uint8{}
		for n, c := range all {
			best, at := far+1, -1
			for i, k := range kept {
				if d := apartBy(c, k); n >= 128 && d < best {
					best, at = d, i
				}
			}
			if at < 0 {
				if len(kept) == 256 {
					break
				}
				at = len(kept)
				kept = append(kept, c)
			}
			index[c] = uint8(at)
		}
		if len(index) < len(all) {
			continue
		}
		for _, c := range kept {
			pal = append(pal, c)
		}
		return pal, index
	}
}

// apartBy is the largest difference of two colours' channels.
func apartBy(a, b color.RGBA) int {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(d(a.R, b.R), d(a.G, b.G), d(a.B, b.B), d(a.A, b.A))
}
