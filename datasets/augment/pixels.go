package augment

// Pictures of 8 bits: cutting, mirroring, and where they come from and go to.

import (
	"image"
	"image/color"
	"image/draw"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Bytes is a picture of 8 bits, (H, W, C) in row-major order.
type Bytes struct {
	H, W, C int
	Pix     []uint8
}

// NewBytes gives a black picture. One that the memory cannot hold is a panic
// with a *fault.Error.
func NewBytes(h, w, c int) Bytes {
	const op = "augment.NewBytes"
	if h < 0 || w < 0 || c < 0 {
		fault.Panic(op, "a picture of %dx%dx%d numbers, expected 0 or more of each", h, w, c)
	}
	if n := float64(h) * float64(w) * float64(c); n > 1<<26 {
		memory.Need(op, n, "a picture of %dx%dx%d numbers", h, w, c)
	}
	return Bytes{h, w, c, make([]uint8, h*w*c)}
}

// FromImage gives a picture's colours (C = 3); what is transparent is white.
func FromImage(im image.Image) Bytes {
	r := im.Bounds()
	out := NewBytes(r.Dy(), r.Dx(), 3)
	put := func(flat *image.RGBA, from, to int) {
		for y := from; y < to; y++ {
			row := flat.Pix[flat.PixOffset(r.Min.X, r.Min.Y+y):]
			for x := range out.W {
				copy(out.Pix[3*(y*out.W+x):][:3], row[4*x:])
			}
		}
	}
	if flat, ok := im.(*image.RGBA); ok && flat.Opaque() {
		put(flat, 0, out.H)
		return out
	}
	// some rows at a time, so that there is no second picture in memory
	const rows = 32
	strip := image.NewRGBA(image.Rect(r.Min.X, r.Min.Y, r.Max.X, min(r.Min.Y+rows, r.Max.Y)))
	for y := 0; y < out.H; y += rows {
		strip.Rect.Min.Y = r.Min.Y + y
		strip.Rect.Max.Y = min(strip.Rect.Min.Y+rows, r.Max.Y)
		draw.Draw(strip, strip.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, im, strip.Rect.Min, draw.Over)
		put(strip, y, strip.Rect.Max.Y-r.Min.Y)
	}
	return out
}

// FromLabels gives the class ids of a palette or 8-bit gray picture (C = 1);
// false where the picture has neither.
func FromLabels(im image.Image) (Bytes, bool) {
	r := im.Bounds()
	out := NewBytes(r.Dy(), r.Dx(), 1)
	for y := range out.H {
		row := out.Pix[y*out.W:][:out.W]
		switch im := im.(type) {
		case *image.Gray:
			copy(row, im.Pix[im.PixOffset(r.Min.X, r.Min.Y+y):])
		case *image.Paletted:
			copy(row, im.Pix[im.PixOffset(r.Min.X, r.Min.Y+y):])
		default:
			return Bytes{}, false
		}
	}
	return out, true
}

// check panics where the length of Pix is another than the shape says.
func (b Bytes) check(op string) {
	if b.H < 0 || b.W < 0 || b.C < 1 || float64(len(b.Pix)) != float64(b.H)*float64(b.W)*float64(b.C) {
		fault.Panic(op, "%d numbers for a picture of %dx%dx%d", len(b.Pix), b.H, b.W, b.C)
	}
}

// Cut gives the window of the picture, black where it reaches beyond; its Flip
// is left to Mirror, which comes after resizing.
func (b Bytes) Cut(c Crop) Bytes {
	b.check("Bytes.Cut")
	picture("Bytes.Cut", c.H, c.W)
	out := NewBytes(c.H, c.W, b.C)
	from, to := max(c.Left, 0), min(c.Left+c.W, b.W)
	for y := range c.H {
		if s := c.Top + y; s >= 0 && s < b.H && from < to {
			copy(out.Pix[(y*c.W+from-c.Left)*b.C:], b.Pix[(s*b.W+from)*b.C:(s*b.W+to)*b.C])
		}
	}
	return out
}

// Mirror gives the picture mirrored left to right, or as it is where flip is
// false.
func (b Bytes) Mirror(flip bool) Bytes {
	b.check("Bytes.Mirror")
	if !flip {
		return b
	}
	out := NewBytes(b.H, b.W, b.C)
	for y := range b.H {
		for x := range b.W {
			copy(out.Pix[(y*b.W+x)*b.C:][:b.C], b.Pix[(y*b.W+b.W-1-x)*b.C:])
		}
	}
	return out
}

// MirrorNormals is Mirror for surface normals: what pointed to the right then
// points to the left, so channel 0 is inverted.
func (b Bytes) MirrorNormals(flip bool) Bytes {
	out := b.Mirror(flip)
	if flip {
		for i := 0; i < len(out.Pix); i += out.C {
			out.Pix[i] = 255 - out.Pix[i]
		}
	}
	return out
}

// Gray gives one channel of brightness by the weights of ITU-R 601 for three.
func (b Bytes) Gray() Bytes {
	b.check("Bytes.Gray")
	if b.C < 3 {
		return b
	}
	out := NewBytes(b.H, b.W, 1)
	for i := range out.Pix {
		p := b.Pix[i*b.C:]
		out.Pix[i] = color.GrayModel.Convert(color.RGBA{p[0], p[1], p[2], 255}).(color.Gray).Y
	}
	return out
}

// Picture gives the picture with numbers from 0 to 1.
func (b Bytes) Picture() *modality.Picture {
	b.check("Bytes.Picture")
	p := modality.NewPicture(b.H, b.W, b.C)
	for i, v := range b.Pix {
		p.Pix[i] = float32(v) / 255
	}
	return p
}
