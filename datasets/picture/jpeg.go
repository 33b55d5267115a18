package picture

// JPEG: its chroma is interpolated as libjpeg does it ("fancy upsampling",
// jdsample.c: weights of 3/4 and 1/4 to the nearer and the farther sample), so
// that pixels are those of Pillow, OpenCV and torchvision. image/jpeg gives the
// planes, and would repeat each sample.

import (
	"bytes"
	"image"
	"image/jpeg"
)

func (p *Picture) jpeg(b []byte, _ bool) error {
	p.Lossy = true
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		err = room(c)
	}
	if err != nil {
		return err
	}
	im, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	if y, ok := im.(*image.YCbCr); ok {
		im = fromYCbCr(y)
	}
	p.Image = im
	if e := jpegExif(b); e != nil {
		p.exif(e)
	}
	return nil
}

// plane is a plane of chroma at full size.
type plane struct {
	w   int
	pix []uint8
}

// fromYCbCr converts with interpolated chroma, by libjpeg's numbers of 16 bits
// behind the point (jdcolor.c).
func fromYCbCr(im *image.YCbCr) *image.RGBA {
	r := im.Rect
	w, h := r.Dx(), r.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	cb, cr := upsample(im, im.Cb), upsample(im, im.Cr)
	const half = 1 << 15
	for y := range h {
		row := im.Y[im.YOffset(r.Min.X, r.Min.Y+y):]
		dst := out.Pix[y*out.Stride:]
		for x := range w {
			l := int32(row[x])
			b, r := int32(cb.pix[y*w+x])-128, int32(cr.pix[y*w+x])-128
			dst[4*x] = clamp(l + (91881*r+half)>>16)
			dst[4*x+1] = clamp(l + (-22554*b-46802*r+half)>>16)
			dst[4*x+2] = clamp(l + (116130*b+half)>>16)
			dst[4*x+3] = 255
		}
	}
	return out
}

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// upsample gives a plane of chroma as many samples as the picture has pixels.
func upsample(im *image.YCbCr, src []uint8) plane {
	r := im.Rect
	w, h := r.Dx(), r.Dy()
	fx, fy := 1, 1 // pixels a sample
	switch im.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		fx = 2
	case image.YCbCrSubsampleRatio420:
		fx, fy = 2, 2
	case image.YCbCrSubsampleRatio440:
		fy = 2
	case image.YCbCrSubsampleRatio411:
		fx = 4
	case image.YCbCrSubsampleRatio410:
		fx, fy = 4, 2
	}
	cw, ch := (w+fx-1)/fx, (h+fy-1)/fy
	at := im.COffset(r.Min.X, r.Min.Y)
	row := func(y int) []uint8 { return src[at+y*im.CStride:][:cw] }
	out := plane{w, make([]uint8, w*h)}
	near := func(y int) (int, int) { // the row a pixel's row lies in, and the one it lies next to
		c := y / 2
		if y%2 == 0 {
			return c, max(c-1, 0)
		}
		return c, min(c+1, ch-1)
	}
	sums := make([]int32, cw)
	for y := range h {
		dst := out.pix[y*w:][:w]
		switch {
		case fx == 2 && cw > 2 && fy == 1:
			for x, v := range row(y) {
				sums[x] = int32(v)
			}
			spread(dst, sums, 1, 2, 2)
		case fx == 2 && cw > 2 && fy == 2:
			c, other := near(y)
			b := row(other)
			for x, v := range row(c) {
				sums[x] = 3*int32(v) + int32(b[x])
			}
			spread(dst, sums, 8, 7, 4)
		case fx == 1 && fy == 2:
			c, other := near(y)
			b := row(other)
			bias := 1 + int32(y%2)
			for x, v := range row(c) {
				dst[x] = uint8((3*int32(v) + int32(b[x]) + bias) >> 2)
			}
		default:
			s := row(y / fy)
			for x := range dst {
				dst[x] = s[x/fx]
			}
		}
	}
	return out
}

// spread doubles a row: a pixel is 3/4 of its own sample and 1/4 of the next
// one, with a rounding for either side; the sums carry bits behind the point.
func spread(dst []uint8, s []int32, left, right int32, shift uint) {
	last := len(s) - 1
	for x := range dst {
		c := x / 2
		own := s[c]
		switch {
		case x%2 == 0 && c > 0:
			dst[x] = uint8((3*own + s[c-1] + left) >> shift)
		case x%2 == 1 && c < last:
			dst[x] = uint8((3*own + s[c+1] + right) >> shift)
		case shift == 2:
			dst[x] = uint8(own)
		case x == 0:
			dst[x] = uint8((4*own + 8) >> 4)
		default:
			dst[x] = uint8((4*own + 7) >> 4)
		}
	}
}
