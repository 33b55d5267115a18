package display

// Pictures of package image and plots of gonum, as PNG. A picture may claim
// any bounds (those of image.White have no end), and a type of a cell's own is
// asked for every pixel: what is too large is cut or made smaller.

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"reflect"

	"gonum.org/v1/plot/vg"
	_ "gonum.org/v1/plot/vg/vgimg" // plots can be PNG
)

const (
	endless    = 1 << 20 // a side from which on a picture is taken to have no end
	piece      = 256     // pixels a side that are shown of it
	mostPixels = 16 << 20
	mostAsked  = 2 << 20 // of a picture whose type is not package image's
	mostSide   = 16 << 10
	fewPixels  = 1 << 20 // of one that is made smaller
)

// drawn makes a PNG of pictures and of gonum's plots.
func (a *asking) drawn(v any) {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && r.IsNil() {
		return
	}
	switch x := v.(type) {
	case image.Image:
		a.put(Data{"text/plain": fmt.Sprintf("%T", v)})
		im, words := bounded(x)
		a.put(Data{"text/plain": fmt.Sprintf("%T, %s", v, words)})
		if im != nil {
			a.encode(func(w io.Writer) error { return png.Encode(w, im) })
		}
	case interface {
		WriterTo(w, h vg.Length, format string) (io.WriterTo, error)
	}:
		a.put(Data{"text/plain": fmt.Sprintf("%T", v)})
		a.encode(func(w io.Writer) error {
			p, err := x.WriterTo(6*vg.Inch, 4*vg.Inch, "png")
			if err == nil {
				_, err = p.WriteTo(w)
			}
			return err
		})
	}
}

func (a *asking) encode(f func(w io.Writer) error) {
	var b bytes.Buffer
	if err := f(&b); err != nil {
		a.fail(err)
		return
	}
	out := Data{}
	if err := form(out, "image/png", b.Bytes()); err != nil {
		a.fail(err)
		return
	}
	a.put(out)
}

// bounded gives what is encoded of a picture, nil where nothing is, and its
// size in words with what was done to it.
func bounded(im image.Image) (image.Image, string) {
	b := im.Bounds()
	if b.Empty() {
		return nil, "empty"
	}
	// The difference of two ints fits in an unsigned one.
	w, h := uint64(b.Max.X)-uint64(b.Min.X), uint64(b.Max.Y)-uint64(b.Min.Y)
	words := fmt.Sprintf("%d × %d", w, h)
	if w > endless || h > endless {
		x0, x1 := around(b.Min.X, b.Max.X)
		y0, y1 := around(b.Min.Y, b.Max.Y)
		r := image.Rect(x0, y0, x1, y1)
		return sampledImage(im, r, 1), fmt.Sprintf("%s, of which %v is shown", words, r)
	}
	most := uint64(mostAsked)
	if t := reflect.TypeOf(im); t.Kind() == reflect.Pointer && t.Elem().PkgPath() == "image" {
		most = mostPixels
	}
	if w*h <= most && max(w, h) <= mostSide {
		return im, words
	}
	step := 2
	for w/uint64(step)*(h/uint64(step)) > fewPixels || max(w, h)/uint64(step) > mostSide {
		step++
	}
	return sampledImage(im, b, step), fmt.Sprintf("%s, of which 1 pixel in %d × %d is shown", words, step, step)
}

// around gives a piece of a range: at 0 if it is in it, else at its beginning.
func around(lo, hi int) (from, to int) {
	from = lo
	if lo < 0 && hi > 0 {
		from = 0
	}
	if to = from + piece; to > hi || to < from {
		to = hi
	}
	return from, to
}

// sampledImage copies every step-th pixel of a part of a picture.
func sampledImage(im image.Image, r image.Rectangle, step int) image.Image {
	w, h := (r.Dx()+step-1)/step, (r.Dy()+step-1)/step
	out := image.NewNRGBA64(image.Rect(0, 0, w, h))
	if shallow(im) {
		small := image.NewNRGBA(out.Rect)
		for y := range h {
			for x := range w {
				small.Set(x, y, im.At(r.Min.X+x*step, r.Min.Y+y*step))
			}
		}
		return small
	}
	for y := range h {
		for x := range w {
			out.SetNRGBA64(x, y, color.NRGBA64Model.Convert(im.At(r.Min.X+x*step, r.Min.Y+y*step)).(color.NRGBA64))
		}
	}
	return out
}

// shallow tells whether a picture's colours have at most 8 bits.
func shallow(im image.Image) bool {
	switch im.ColorModel() {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model, color.Alpha16Model:
		return false
	}
	return true
}
