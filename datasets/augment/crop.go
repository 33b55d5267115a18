package augment

// Windows: which part of a picture a sample shows (docs/4m.md, 1.3, 3.6).

import (
	"fmt"
	"math"
	"math/rand/v2"
	"unsafe"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
	"fourmlab/internal/fault"
	"fourmlab/internal/memory"
)

// Crop is a window of H by W pixels whose upper left corner lies Top and Left
// in a picture; what it shows is mirrored left to right where Flip is true. A
// window may reach beyond the picture, where there is black.
type Crop struct {
	Top, Left, H, W int
	Flip            bool
}

// Row gives the window as a row of a crop_settings file: top, left, height,
// width, and 1 for a flip.
func (c Crop) Row() []int {
	flip := 0
	if c.Flip {
		flip = 1
	}
	return []int{c.Top, c.Left, c.H, c.W, flip}
}

// FromRow reads a row of a crop_settings file. It is an error where a window
// is empty or begins outside of any picture.
func FromRow(v []int) (Crop, error) {
	if len(v) != 5 {
		return Crop{}, fmt.Errorf("a window of %d numbers, expected top, left, height, width, flip", len(v))
	}
	c := Crop{v[0], v[1], v[2], v[3], v[4] == 1}
	const most = 1 << 24
	if c.Top < 0 || c.Left < 0 || c.H < 1 || c.W < 1 || max(c.Top, c.Left, c.H, c.W) > most || v[4]&^1 != 0 {
		return Crop{}, fmt.Errorf("the window %v, expected top and left from 0, height and width from 1, flip 0 or 1", v)
	}
	return c, nil
}

// Within tells whether the window lies in a picture of h by w pixels.
func (c Crop) Within(h, w int) bool {
	return c.Top >= 0 && c.Left >= 0 && c.H > 0 && c.W > 0 && c.Top <= h-c.H && c.Left <= w-c.W
}

// Boxes brings boxes in fractions of a picture of h by w pixels to fractions
// of the window: cut at its edges, mirrored where it is. Those that do not
// show are left out, the others stay in their order (docs/4m.md, 1.4).
func (c Crop) Boxes(boxes []modality.Box, h, w int) []modality.Box {
	v := text.View{Top: c.Top, Left: c.Left, Height: c.H, Width: c.W, Rows: h, Cols: w, Flip: c.Flip}
	if c == (Crop{H: h, W: w}) {
		v = text.View{} // all of it, without the rounding of a window
	}
	out := []modality.Box{}
	for i := range boxes {
		out = append(out, text.BoxChoice{}.Choose(boxes[i:i+1], v, nil)...)
	}
	return out
}

// Centre gives the largest square in the middle of a picture.
func Centre(h, w int) Crop {
	picture("augment.Centre", h, w)
	n := min(h, w)
	return Crop{Top: (h - n) / 2, Left: (w - n) / 2, H: n, W: n}
}

// Pad gives the smallest square that holds the whole picture, which lies in
// its upper left corner.
func Pad(h, w int) Crop {
	picture("augment.Pad", h, w)
	n := max(h, w)
	return Crop{H: n, W: n}
}

// Ranges says how RandomCrop draws. The zero value stands for what 4M and
// torchvision use: a fifth of the area or more, sides of 3:4 to 4:3, half of
// the windows mirrored.
type Ranges struct {
	MinArea, MaxArea   float64 // of the picture's; 0 stands for 0.2 and 1
	MinRatio, MaxRatio float64 // width by height; 0 stands for 3/4 and 4/3
	Flips              float64 // probability; 0 stands for 0.5, negative for none
}

func (o Ranges) resolved() Ranges {
	def := func(p *float64, v float64) {
		if *p == 0 {
			*p = v
		}
	}
	def(&o.MinArea, 0.2)
	def(&o.MaxArea, 1)
	def(&o.MinRatio, 0.75)
	def(&o.MaxRatio, 1.3333)
	def(&o.Flips, 0.5)
	const op = "augment.RandomCrop"
	if !(o.MinArea > 0 && o.MinArea <= o.MaxArea && o.MaxArea <= 1) {
		fault.Panic(op, "areas from %g to %g, expected 0 to 1, the smaller first", o.MinArea, o.MaxArea)
	}
	if !(o.MinRatio > 0 && o.MinRatio <= o.MaxRatio && !math.IsInf(o.MaxRatio, 0)) {
		fault.Panic(op, "ratios from %g to %g, expected positive ones, the smaller first", o.MinRatio, o.MaxRatio)
	}
	if !(o.Flips <= 1) {
		fault.Panic(op, "flips with probability %g, expected at most 1", o.Flips)
	}
	return o
}

// RandomCrop draws a window as torchvision's RandomResizedCrop does: area and
// the logarithm of the ratio are uniform, and so is the place of the first of
// ten draws that fits; else it is the largest window in the middle whose ratio
// is allowed.
func RandomCrop(r *rand.Rand, h, w int, o Ranges) Crop {
	picture("augment.RandomCrop", h, w)
	o = o.resolved()
	c := o.window(r, h, w)
	c.Flip = r.Float64() < o.Flips
	return c
}

func (o Ranges) window(r *rand.Rand, h, w int) Crop {
	for range 10 {
		area := float64(h*w) * (o.MinArea + r.Float64()*(o.MaxArea-o.MinArea))
		lo, hi := math.Log(o.MinRatio), math.Log(o.MaxRatio)
		ratio := math.Exp(lo + r.Float64()*(hi-lo))
		cw, ch := round(math.Sqrt(area*ratio)), round(math.Sqrt(area/ratio))
		if cw > 0 && cw <= w && ch > 0 && ch <= h {
			return Crop{Top: r.IntN(h - ch + 1), Left: r.IntN(w - cw + 1), H: ch, W: cw}
		}
	}
	ch, cw := h, w
	switch ratio := float64(w) / float64(h); {
	case ratio < o.MinRatio:
		ch = max(1, min(h, round(float64(w)/o.MinRatio)))
	case ratio > o.MaxRatio:
		cw = max(1, min(w, round(float64(h)*o.MaxRatio)))
	}
	return Crop{Top: (h - ch) / 2, Left: (w - cw) / 2, H: ch, W: cw}
}

// Jitter draws a square window whose side is the picture's longer one divided
// by a uniform scale of lo to hi (4M uses 0.1 to 2). A window larger than the
// picture begins at its corner and shows black beside it.
func Jitter(r *rand.Rand, h, w int, lo, hi float64) Crop {
	const op = "augment.Jitter"
	picture(op, h, w)
	if !(lo > 0 && lo <= hi && !math.IsInf(hi, 0)) {
		fault.Panic(op, "scales from %g to %g, expected positive ones, the smaller first", lo, hi)
	}
	n := max(1, round(float64(max(h, w))/(lo+r.Float64()*(hi-lo))))
	at := func(room int) int { return round(max(0, r.Float64()*float64(room-n))) }
	return Crop{Top: at(h), Left: at(w), H: n, W: n, Flip: r.Float64() < 0.5}
}

// Rows makes the windows of a crop_settings file: the square in the middle,
// and n-1 random ones of minArea of the picture or more (0 stands for 0.8, as
// ml-4m's tokens have it).
func Rows(r *rand.Rand, h, w, n int, minArea float64) []Crop {
	if n < 1 {
		fault.Panic("augment.Rows", "%d windows, expected 1 or more", n)
	}
	if minArea == 0 {
		minArea = 0.8
	}
	memory.Need("augment.Rows", float64(n)*float64(unsafe.Sizeof(Crop{})), "a list of %d windows", n)
	out := []Crop{Centre(h, w)}
	for range n - 1 {
		out = append(out, RandomCrop(r, h, w, Ranges{MinArea: minArea}))
	}
	return out
}

// round is Python's: halves go to the even number.
func round(x float64) int { return int(math.RoundToEven(x)) }

func picture(op string, h, w int) {
	if h < 1 || w < 1 || h > 1<<28/w {
		fault.Panic(op, "a picture of %dx%d pixels, expected 1 or more a side and at most %d", h, w, 1<<28)
	}
	if h*w > 1<<24 {
		memory.Need(op, float64(h)*float64(w), "a picture of %dx%d pixels", h, w)
	}
}
