package picture

// Which way up: Exif's orientation, and turning by it.

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"slices"
)

// tagOrientation is the tag of TIFF and Exif.
const tagOrientation = 274

// exif takes the orientation of an Exif block, which is a TIFF without a
// picture; what is broken says nothing.
func (p *Picture) exif(b []byte) {
	b = bytes.TrimPrefix(b, []byte("Exif\x00\x00"))
	if d, err := openTIFF(b); err == nil {
		p.turned(d.first(tagOrientation, 1))
	}
}

func (p *Picture) turned(o int) {
	if o >= 1 && o <= 8 {
		p.Orientation = o
	}
}

// jpegExif finds the Exif block among the segments before the pixels.
func jpegExif(b []byte) []byte {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		marker, n := b[at+1], int(binary.BigEndian.Uint16(b[at+2:]))
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		if marker == 0xda || n < 2 || at+2+n > len(b) {
			return nil
		}
		if body := b[at+4 : at+2+n]; marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body
		}
		at += 2 + n
	}
	return nil
}

// Upright gives the picture as its Exif orientation says it is to be seen; the
// result's own is 1.
func (p *Picture) Upright() *Picture {
	if p.Orientation == 1 {
		return p
	}
	q := *p
	q.Orientation = 1
	if p.Orientation > 4 {
		q.H, q.W = p.W, p.H
	}
	// from gives the place in the file of a pixel of the result.
	from := func(x, y int) (int, int) {
		switch p.Orientation {
		case 2:
			return p.W - 1 - x, y
		case 3:
			return p.W - 1 - x, p.H - 1 - y
		case 4:
			return x, p.H - 1 - y
		case 5:
			return y, x
		case 6:
			return y, p.H - 1 - x
		case 7:
			return p.W - 1 - y, p.H - 1 - x
		}
		return p.W - 1 - y, x // 8
	}
	if p.Image == nil {
		q.Numbers = make([]float32, len(p.Numbers))
		for y := range q.H {
			for x := range q.W {
				sx, sy := from(x, y)
				q.Numbers[y*q.W+x] = p.Numbers[sy*p.W+sx]
			}
		}
		return &q
	}
	q.Image = arrange(p.Image, q.H, q.W, from)
	return &q
}

// arrange gives an image of the same kind whose pixels come from other
// places.
func arrange(im image.Image, h, w int, from func(x, y int) (int, int)) image.Image {
	r := image.Rect(0, 0, w, h)
	lo := im.Bounds().Min
	// move copies n bytes a pixel.
	move := func(dst, src []uint8, n, dstStride, srcStride int) {
		for y := range h {
			for x := range w {
				sx, sy := from(x, y)
				copy(dst[y*dstStride+n*x:][:n], src[sy*srcStride+n*sx:][:n])
			}
		}
	}
	switch s := im.(type) {
	case *image.Gray:
		d := image.NewGray(r)
		move(d.Pix, s.Pix, 1, d.Stride, s.Stride)
		return d
	case *image.Gray16:
		d := image.NewGray16(r)
		move(d.Pix, s.Pix, 2, d.Stride, s.Stride)
		return d
	case *image.Paletted:
		d := image.NewPaletted(r, slices.Clone(s.Palette))
		move(d.Pix, s.Pix, 1, d.Stride, s.Stride)
		return d
	case *image.RGBA:
		d := image.NewRGBA(r)
		move(d.Pix, s.Pix, 4, d.Stride, s.Stride)
		return d
	case *image.NRGBA:
		d := image.NewNRGBA(r)
		move(d.Pix, s.Pix, 4, d.Stride, s.Stride)
		return d
	}
	flat := image.NewNRGBA64(im.Bounds().Sub(lo))
	draw.Draw(flat, flat.Rect, im, lo, draw.Src)
	d := image.NewNRGBA64(r)
	move(d.Pix, flat.Pix, 8, d.Stride, flat.Stride)
	return d
}
