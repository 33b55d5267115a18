package datasets

// Crop and resize: a picture of any shape to a square of a given size.

import (
	"image"

	"fourmlab/fourm/modality"

	"golang.org/x/image/draw"
)

// centre gives the largest centred square of a rectangle.
func centre(r image.Rectangle) image.Rectangle {
	n := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-n)/2, (r.Dy()-n)/2))
	return image.Rectangle{at, at.Add(image.Pt(n, n))}
}

// onWhite gives the picture composited on white: as it is for size 0, else
// the centre square resized by Catmull-Rom, widened where it shrinks so that
// nothing aliases.
func onWhite(im image.Image, size int) *image.RGBA {
	b := im.Bounds()
	if size == 0 || b.Dx() == size && b.Dy() == size {
		out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(out, out.Bounds(), im, b.Min, draw.Over)
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, out.Bounds(), im, centre(b), draw.Over, nil)
	return out
}

// nearest gives the centre square of a picture whose values must not be mixed
// (labels, depth, normals) at size x size.
func nearest(p *modality.Picture, size int) *modality.Picture {
	if size == 0 || p.H == size && p.W == size {
		return p
	}
	r := centre(image.Rect(0, 0, p.W, p.H))
	out := modality.NewPicture(size, size, p.C)
	for y := range size {
		for x := range size {
			sy, sx := r.Min.Y+(2*y+1)*r.Dy()/(2*size), r.Min.X+(2*x+1)*r.Dx()/(2*size)
			copy(out.Pix[(y*size+x)*p.C:][:p.C], p.Pix[(sy*p.W+sx)*p.C:])
		}
	}
	return out
}

// cropBoxes brings boxes in fractions of a w x h picture to fractions of its
// centre square; a box outside of it goes.
func cropBoxes(in []modality.Box, w, h int) []modality.Box {
	r := centre(image.Rect(0, 0, w, h))
	n := float64(r.Dx())
	out := []modality.Box{}
	for _, b := range in {
		in01 := func(v float64) float64 { return min(max(v, 0), 1) }
		b.X0, b.X1 = in01((b.X0*float64(w)-float64(r.Min.X))/n), in01((b.X1*float64(w)-float64(r.Min.X))/n)
		b.Y0, b.Y1 = in01((b.Y0*float64(h)-float64(r.Min.Y))/n), in01((b.Y1*float64(h)-float64(r.Min.Y))/n)
		if b.X1 > b.X0 && b.Y1 > b.Y0 {
			out = append(out, b)
		}
	}
	return out
}
