package picture

// WebP: lossy ones are of video's range (16 to 235) and their chroma is
// interpolated (RFC 6386, section 9.2, and libwebp's upsampling), which
// x/image/webp leaves to its reader.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"

	"golang.org/x/image/webp"
)

func (p *Picture) webp(b []byte, _ bool) error {
	still := true
	riff(b, func(name string, body []byte) {
		switch name {
		case "VP8 ":
			p.Lossy = true
		case "EXIF":
			p.exif(body)
		case "ANIM":
			still = false
		}
	})
	if !still {
		return errors.New("an animation, expected a still picture")
	}
	c, err := webp.DecodeConfig(bytes.NewReader(b))
	if err == nil {
		err = room(c)
	}
	if err != nil {
		return err
	}
	im, err := webp.Decode(bytes.NewReader(b))
	if err != nil {
		return err
	}
	switch y := im.(type) {
	case *image.YCbCr:
		im = video(y, nil, 0)
	case *image.NYCbCrA:
		im = video(&y.YCbCr, y.A, y.AStride)
	}
	p.Image = im
	return nil
}

// riff calls f with the chunks of a file.
func riff(b []byte, f func(name string, body []byte)) {
	for at := 12; at+8 <= len(b); {
		n := int64(binary.LittleEndian.Uint32(b[at+4:]))
		if n > int64(len(b)-at-8) {
			return
		}
		f(string(b[at:at+4]), b[at+8:at+8+int(n)])
		at += 8 + int(n+n&1)
	}
}

// video converts a lossy frame; alpha may be nil.
func video(im *image.YCbCr, alpha []uint8, stride int) *image.NRGBA {
	r := im.Rect
	w, h := r.Dx(), r.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	cb, cr := between(im, im.Cb), between(im, im.Cr)
	high := func(v uint8, by int32) int32 { return int32(v) * by >> 8 }
	clip := func(v int32) uint8 { return clamp(v >> 6) }
	for y := range h {
		row := im.Y[im.YOffset(r.Min.X, r.Min.Y+y):]
		dst := out.Pix[y*out.Stride:]
		for x := range w {
			l, u, v := high(row[x], 19077), cb.pix[y*w+x], cr.pix[y*w+x]
			dst[4*x] = clip(l + high(v, 26149) - 14234)
			dst[4*x+1] = clip(l - high(u, 6419) - high(v, 13320) + 8708)
			dst[4*x+2] = clip(l + high(u, 33050) - 17685)
			dst[4*x+3] = 255
			if alpha != nil {
				dst[4*x+3] = alpha[y*stride+x]
			}
		}
	}
	return out
}

// between gives a plane of 4:2:0 at full size: of the four samples around a
// pixel the nearest counts 9 of 16, its neighbours 3 each, the farthest 1; the
// sums are rounded in libwebp's two steps.
func between(im *image.YCbCr, src []uint8) plane {
	r := im.Rect
	w, h := r.Dx(), r.Dy()
	cw, ch := (w+1)/2, (h+1)/2
	at := im.COffset(r.Min.X, r.Min.Y)
	out := plane{w, make([]uint8, w*h)}
	for y := range h {
		c := y / 2
		other := min(c+1, ch-1)
		if y%2 == 0 {
			other = max(c-1, 0)
		}
		near, far := src[at+c*im.CStride:][:cw], src[at+other*im.CStride:][:cw]
		for x := range w {
			k := x / 2
			j := k + 1
			if x%2 == 0 {
				j = k - 1
			}
			a, b := int32(near[k]), int32(far[k])
			if j < 0 || j >= cw {
				out.pix[y*w+x] = uint8((3*a + b + 2) >> 2)
				continue
			}
			n, f := int32(near[j]), int32(far[j])
			diag := (a + n + b + f + 8 + 2*(n+b)) >> 3
			out.pix[y*w+x] = uint8((diag + a) >> 1)
		}
	}
	return out
}
