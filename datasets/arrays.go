package datasets

// Arrays as values: tables of tokens and windows, and numbers on a grid.

import (
	"fmt"
	"math"

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

// channelsOf says how many numbers a pixel of a look has; 0: any.
func channelsOf(look modality.Look) int {
	switch look {
	case modality.Color, modality.Normal:
		return 3
	case modality.Feature:
		return 0
	}
	return 1
}

// gridOf gives an array (H, W) or (H, W, C) as a picture. Depth and labels may
// have a dimension of 1 before or behind, normals and colours their channels
// first. Whole numbers are millimetres of depth, ids of labels, and 0 to 255 of
// colours and gray.
func gridOf(a npy.Array, look modality.Look) (*modality.Picture, error) {
	c := channelsOf(look)
	wrong := func() error {
		want := "(H, W)"
		if c == 3 {
			want = "(H, W, 3)"
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
	case c == 3:
		if len(shape) == 4 && shape[0] == 1 {
			shape = shape[1:]
		}
		if len(shape) != 3 || shape[2] != 3 && shape[0] != 3 {
			return nil, wrong()
		}
		if first = shape[2] != 3; first {
			shape = []int{shape[1], shape[2], 3}
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
			for k := range 3 {
				pix[3*i+k] = p.Pix[k*n+i]
			}
		}
		p.Pix = pix
	}
	return p, scaled(p, look, a.Whole(), a.Type)
}

// scaled brings numbers from a file into the units of their look.
func scaled(p *modality.Picture, look modality.Look, whole bool, kind string) error {
	by := float32(1)
	switch look {
	case modality.Label:
		if !whole {
			return fmt.Errorf("class ids of %s, expected whole numbers", kind)
		}
		for _, v := range p.Pix {
			if v < 0 || v > 65535 {
				return fmt.Errorf("class id %g, expected 0 to 65535", v)
			}
		}
	case modality.Depth:
		if whole {
			by = 1000
		}
	case modality.Normal:
		if whole {
			return fmt.Errorf("normals of %s, expected real numbers from -1 to 1", kind)
		}
	case modality.Color, modality.Gray:
		if whole {
			by = 255
		}
	}
	for i, v := range p.Pix {
		v /= by
		if (look == modality.Color || look == modality.Gray) && !(v >= 0 && v <= 1) {
			return fmt.Errorf("the number %g, expected 0 to 1, or whole ones to 255", p.Pix[i])
		}
		p.Pix[i] = v
	}
	return nil
}

// settle makes what is no number into what stands for unknown: depth that is
// not finite or below 0 becomes 0, a normal that is not finite (0, 0, 0). It
// gives how many pixels it changed. Of features it is an error.
func settle(p *modality.Picture, look modality.Look) (changed int, err error) {
	bad := func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }
	switch look {
	case modality.Depth:
		for i, v := range p.Pix {
			if bad(v) || v < 0 {
				p.Pix[i] = 0
				changed++
			}
		}
	case modality.Normal:
		for i := 0; i+2 < len(p.Pix); i += 3 {
			if q := p.Pix[i : i+3]; bad(q[0]) || bad(q[1]) || bad(q[2]) {
				clear(q)
				changed++
			}
		}
	default:
		for i, v := range p.Pix {
			if bad(v) {
				return 0, fmt.Errorf("number %d is %g, expected a finite one", i, v)
			}
		}
	}
	return changed, nil
}
