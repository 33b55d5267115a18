package model

// Masked samples in 4M's own form, with what a mask does not have of them: the
// numbers of their pixels.

import (
	"slices"

	"fourmlab/fourm/mask"
	"fourmlab/fourm/modality"
)

// RowOf gives a part of a masked sample in 4M's own form, with its pixels.
func RowOf(d modality.Domain, s modality.Sample, p mask.Part) (mask.Row, error) {
	return rowIn(mask.Row{}, d, s, p)
}

// rowIn is RowOf in the memory of another row. A token that nobody knows (-1)
// is no input.
func rowIn(r mask.Row, d modality.Domain, s modality.Sample, p mask.Part) (mask.Row, error) {
	r, err := p.RowIn(r, d)
	if err != nil {
		return r, err
	}
	if d.Pixels {
		r.Given = r.Given[:0]
		if slices.Contains(r.Input, true) {
			pic, err := d.Fit(s.Values[d.Modality])
			if err != nil {
				return r, err
			}
			r.Given = normalised(r.Given, d, pic)
		}
	} else if d.Grid() {
		for at, id := range r.IDs {
			r.Input[at] = r.Input[at] && id >= 0
		}
	}
	return r, r.Fits(d)
}

// normalised appends the patches of a picture to x, without the mean and the
// deviation that its look has: ImageNet's of colours (docs/4m.md, 1.3).
func normalised(x []float32, d modality.Domain, p *modality.Picture) []float32 {
	x = modality.AppendPatches(slices.Grow(x, d.Max*d.Dim), p, d.Patch)
	look := d.Look.Spec()
	c := len(look.Mean)
	if c == 0 || c != p.C {
		return x
	}
	for i := range x {
		x[i] = (x[i] - look.Mean[i%c]) / look.Dev[i%c]
	}
	return x
}
