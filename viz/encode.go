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

// paletted gives a chart with its 256 commonest colours, which are all but the
// rarest shades along the edges of lines and letters; the file is a third of
// the size.
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
	var pal color.Palette
	for _, c := range all[:min(256, len(all))] {
		pal = append(pal, c)
	}
	index := map[color.RGBA]uint8{}
	for _, c := range all {
		index[c] = uint8(pal.Index(c))
	}
	out := image.NewPaletted(r, pal)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.SetColorIndex(x, y, index[at(x, y)])
		}
	}
	return out
}
