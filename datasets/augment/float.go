package augment

// The same for pictures of float32: what has no 8 bits, or shall not lose any.

import "fourmlab/fourm/modality"

// Resize brings a picture to h by w pixels; p stays as it is. Sums are those of
// Pillow for its pictures of 32 bits.
func Resize(p *modality.Picture, h, w int, f Filter) *modality.Picture {
	const op = "augment.Resize"
	sizes(op, p.H, p.W, h, w, f)
	if h == p.H && w == p.W {
		return p.Clone()
	}
	if f == Nearest {
		out := modality.NewPicture(h, w, p.C)
		xs := steps(p.W, w)
		for y, s := range steps(p.H, h) {
			for x, t := range xs {
				copy(out.Pix[(y*w+x)*p.C:][:p.C], p.Pix[(s*p.W+t)*p.C:])
			}
		}
		return out
	}
	if w != p.W {
		out := modality.NewPicture(p.H, w, p.C)
		for x, t := range f.spread(p.W, w) {
			for y := range p.H {
				for c := range p.C {
					sum := 0.0
					for k, v := range t.weight {
						sum += float64(p.Pix[(y*p.W+t.first+k)*p.C+c]) * v
					}
					out.Pix[(y*w+x)*p.C+c] = float32(sum)
				}
			}
		}
		p = out
	}
	if h != p.H {
		out := modality.NewPicture(h, p.W, p.C)
		n := p.W * p.C
		for y, t := range f.spread(p.H, h) {
			for i := range n {
				sum := 0.0
				for k, v := range t.weight {
					sum += float64(p.Pix[(t.first+k)*n+i]) * v
				}
				out.Pix[y*n+i] = float32(sum)
			}
		}
		p = out
	}
	return p
}

// Cut gives the window of a picture, zeros where it reaches beyond.
func Cut(p *modality.Picture, c Crop) *modality.Picture {
	picture("augment.Cut", c.H, c.W)
	out := modality.NewPicture(c.H, c.W, p.C)
	from, to := max(c.Left, 0), min(c.Left+c.W, p.W)
	for y := range c.H {
		if s := c.Top + y; s >= 0 && s < p.H && from < to {
			copy(out.Pix[(y*c.W+from-c.Left)*p.C:], p.Pix[(s*p.W+from)*p.C:(s*p.W+to)*p.C])
		}
	}
	return out
}

// Mirror gives a picture mirrored left to right, or a copy where flip is
// false. What turns in a pixel with it the look says: of normals the first number
// changes its sign.
func Mirror(p *modality.Picture, look modality.Look, flip bool) *modality.Picture {
	out := p.Clone()
	if !flip {
		return out
	}
	turn := look.Spec().Mirror
	for y := range p.H {
		for x := range p.W {
			q := out.Pix[(y*p.W+x)*p.C:][:p.C]
			copy(q, p.Pix[(y*p.W+p.W-1-x)*p.C:])
			if turn != nil {
				turn(q)
			}
		}
	}
	return out
}
