package datasets

// Arrays as values: tables of tokens and windows, and numbers on a grid.

import (
	"fmt"

	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// tableOf gives a two-dimensional array of whole numbers.
func tableOf(b []byte) (rows, cols int, v []int, err error) {
	a, err := npy.Parse(b)
	if err != nil {
		return 0, 0, nil, err
	}
	if len(a.Shape) != 2 || !a.Whole() {
		return 0, 0, nil, fmt.Errorf("an array of shape %v of %s, expected rows and columns of whole numbers", a.Shape, a.Type)
	}
	v, err = a.Ints()
	return a.Shape[0], a.Shape[1], v, err
}

// gridOf gives an array (H, W) or (H, W, C) as a picture. Where a pixel has one
// number there may be a dimension of 1 before or behind, else the channels may
// come first. Whole numbers are in the look's steps: millimetres of depth, ids of
// labels, 0 to 255 of colours and gray.
func gridOf(a npy.Array, look modality.LookSpec) (*modality.Picture, error) {
	c := look.Channels
	wrong := func() error {
		want := "(H, W)"
		if c > 1 {
			want = fmt.Sprintf("(H, W, %d)", c)
		}
		if c == 0 {
			want = "(H, W) or (H, W, C)"
		}
		return fmt.Errorf("an array of shape %v of %s, expected %s", a.Shape, a.Type, want)
	}
	shape := a.Shape
	first := false // channels come first
	switch {
	case a.Len() == 0 || len(shape) < 2 || len(shape) > 4:
		return nil, wrong()
	case c == 1:
		if n := len(shape); n > 2 && shape[n-1] == 1 && (n == 4 || shape[0] != 1) {
			shape = shape[:n-1]
		}
		for len(shape) > 2 && shape[0] == 1 {
			shape = shape[1:]
		}
		if len(shape) != 2 {
			return nil, wrong()
		}
	case c > 1:
		if len(shape) == 4 && shape[0] == 1 {
			shape = shape[1:]
		}
		if len(shape) != 3 || shape[2] != c && shape[0] != c {
			return nil, wrong()
		}
		if first = shape[2] != c; first {
			shape = []int{shape[1], shape[2], c}
		}
	case len(shape) == 4:
		return nil, wrong()
	}
	p := &modality.Picture{H: shape[0], W: shape[1], C: 1, Pix: a.Floats()}
	if len(shape) == 3 {
		p.C = shape[2]
	}
	if first {
		n := p.H * p.W
		pix := make([]float32, len(p.Pix))
		for i := range n {
			for k := range c {
				pix[c*i+k] = p.Pix[k*n+i]
			}
		}
		p.Pix = pix
	}
	return p, scaled(p, look, a.Whole(), a.Type)
}

// scaled brings numbers from a file into the units of their look.
func scaled(p *modality.Picture, look modality.LookSpec, whole bool, kind string) error {
	by := float32(1)
	switch {
	case look.Scaling == modality.ClassIDs:
		if !whole {
			return fmt.Errorf("class ids of %s, expected whole numbers", kind)
		}
		for _, v := range p.Pix {
			if v < 0 || v > 65535 {
				return fmt.Errorf("class id %g, expected 0 to 65535", v)
			}
		}
	case look.Scaling == modality.UnitVectors && whole:
		return fmt.Errorf("%s of %s, expected real numbers from -1 to 1", look.Called(), kind)
	case whole && look.Steps > 0:
		by = float32(look.Steps)
	}
	for i, v := range p.Pix {
		p.Pix[i] = v / by
	}
	return inRange(p, look, by)
}

// inRange refuses known numbers outside of the range of their look. Whole ones
// were divided by a number.
func inRange(p *modality.Picture, look modality.LookSpec, by float32) error {
	if look.Low == look.High {
		return nil
	}
	for i := 0; p.C > 0 && i+p.C <= len(p.Pix); i += p.C {
		pixel := p.Pix[i : i+p.C]
		if look.Known != nil && !look.KnownAt(pixel) {
			continue
		}
		for _, v := range pixel {
			if float64(v) >= look.Low && float64(v) <= look.High {
				continue
			}
			whole := ""
			if look.Steps > 0 && look.Low >= 0 {
				whole = fmt.Sprintf(", or whole ones to %g", look.High*look.Steps)
			}
			return fmt.Errorf("the number %g, expected %g to %g%s", v*by, look.Low, look.High, whole)
		}
	}
	return nil
}

// markUnknown makes what is no number into what stands for unknown, where the look has
// something that does: a pixel of zeros. It gives how many pixels it changed. Else
// that is an error.
func markUnknown(p *modality.Picture, look modality.LookSpec) (changed int, err error) {
	for i := 0; p.C > 0 && i+p.C <= len(p.Pix); i += p.C {
		pixel := p.Pix[i : i+p.C]
		if look.Known != nil && look.Scaling != modality.ClassIDs && !look.KnownAt(pixel) {
			if !zeros(pixel) {
				clear(pixel)
				changed++
			}
			continue
		}
		for k, v := range pixel {
			if v-v != 0 {
				return 0, fmt.Errorf("number %d is %g, expected a finite one", i+k, v)
			}
		}
	}
	return changed, nil
}

func zeros(pixel []float32) bool {
	for _, v := range pixel {
		if v != 0 {
			return false
		}
	}
	return true
}
