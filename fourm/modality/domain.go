package modality

// Domains: what the Transformer sees of a modality.

import (
	"fmt"

	"fourmlab/internal/fault"
)

// Domain is one set of tokens of the Transformer. An image modality has a
// token domain and, where Pixels is set in its description, a pixel domain.
type Domain struct {
	Name     string // "rgb" (pixels), "tok_rgb", "caption"
	Modality string
	Kind     Kind
	Pixels   bool // raw pixels: an input only
	Max      int  // tokens at most: the grid, or MaxTokens
	Side     int  // rows and columns of the grid (Image)
	Vocab    int  // size of the vocabulary (not for pixels)
	Width    int  // numbers a patch (pixels)
	Patch    int
}

// PixelDomain gives the pixel domain of an image modality.
func (m Modality) PixelDomain() Domain {
	return Domain{Name: m.Name, Modality: m.Name, Kind: Image, Pixels: true, Max: m.Grid() * m.Grid(), Side: m.Grid(), Patch: m.Patch, Width: m.Patch * m.Patch * m.Channels}
}

// TokenDomain gives the token domain; its vocabulary is the tokenizer's.
func (m Modality) TokenDomain(vocab int) Domain {
	d := Domain{Name: m.Domain(), Modality: m.Name, Kind: m.Kind, Max: m.MaxTokens, Vocab: vocab, Patch: m.Patch}
	if m.Kind == Image {
		d.Side, d.Max = m.Grid(), m.Grid()*m.Grid()
	}
	return d
}

// ResolveDomain gives the domain that a name stands for: "rgb" is the pixel
// domain where the modality has one and pixels is true, else the token
// domain; "tok_rgb" always is the token domain.
func ResolveDomain(op, name string, pixels bool) Domain {
	m := Need(op, name)
	if m.Pixels && pixels && name == m.Name {
		return m.PixelDomain()
	}
	t := NeedTokenizer(op, m.Name)
	return m.TokenDomain(t.Vocab())
}

// Patches cuts a picture (H, W, C) into rows of patch x patch x C numbers, one
// a patch in row-major order, each flattened as (ph, pw, c) (inventory 4.3).
func Patches(p *Picture, patch int) []float32 {
	rows, cols := p.H/patch, p.W/patch
	out := make([]float32, 0, rows*cols*patch*patch*p.C)
	for r := range rows {
		for c := range cols {
			for y := range patch {
				at := ((r*patch+y)*p.W + c*patch) * p.C
				out = append(out, p.Pix[at:at+patch*p.C]...)
			}
		}
	}
	return out
}

// Unpatch is the inverse of Patches.
func Unpatch(x []float32, h, w, c, patch int) *Picture {
	p := NewPicture(h, w, c)
	for i := 0; i < h/patch*(w/patch); i++ {
		r, col := i/(w/patch), i%(w/patch)
		for y := range patch {
			at := ((r*patch+y)*w + col*patch) * c
			copy(p.Pix[at:at+patch*c], x[(i*patch+y)*patch*c:])
		}
	}
	return p
}

// Fit tells whether a value is a picture of the modality's size.
func (m Modality) Fit(value any) (*Picture, error) {
	p, ok := value.(*Picture)
	if !ok {
		return nil, fmt.Errorf("%s: a %T is no picture", m.Name, value)
	}
	if p.H != m.Size || p.W != m.Size || p.C != m.Channels {
		return nil, fmt.Errorf("%s: picture of %dx%dx%d, expected %dx%dx%d", m.Name, p.H, p.W, p.C, m.Size, m.Size, m.Channels)
	}
	return p, nil
}

// MustFit is Fit on behalf of the call op, which panics.
func (m Modality) MustFit(op string, value any) *Picture {
	p, err := m.Fit(value)
	if err != nil {
		fault.Panic(op, "%v", err)
	}
	return p
}
