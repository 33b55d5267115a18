package viz

import (
	"image/color"
	"math"
	"testing"

	"fourmlab/fourm/modality"
)

// Features of any size are told apart: nothing is cut off, a shift and a scale
// change nothing, and what is not a number is marked.
func TestFeatureColors(t *testing.T) {
	for _, channels := range []int{1, 3, 32} {
		p := modality.NewPicture(4, 6, channels)
		for i := range p.Pix {
			p.Pix[i] = float32(math.Sin(float64(3*i + i/7)))
		}
		q := p.Clone()
		for i := range q.Pix {
			q.Pix[i] = 1000 + 250*q.Pix[i]
		}
		a, b := featureColors(p), featureColors(q)
		seen := map[color.RGBA]bool{}
		for y := range 4 {
			for x := range 6 {
				u, v := a.RGBAAt(x, y), b.RGBAAt(x, y)
				for _, d := range []int{int(u.R) - int(v.R), int(u.G) - int(v.G), int(u.B) - int(v.B)} {
					if d < -2 || d > 2 {
						t.Fatalf("%d channels: %v and, on another scale, %v", channels, u, v)
					}
				}
				seen[u] = true
			}
		}
		if len(seen) < 20 {
			t.Errorf("%d channels: %d colours for 24 places", channels, len(seen))
		}
	}
	p := modality.NewPicture(1, 2, 4)
	p.Pix[5] = float32(math.NaN())
	im := featureColors(p)
	if a, b := im.RGBAAt(0, 0), im.RGBAAt(1, 0); a == unknown || b != unknown {
		t.Errorf("numbers are %v, what is none is %v", a, b)
	}
}

// The mixtures of many channels are three directions at right angles.
func TestMixtures(t *testing.T) {
	m := mixtures(40)
	for i := range m {
		for j := range m {
			d := 0.0
			for c := range m[i] {
				d += m[i][c] * m[j][c]
			}
			if want := map[bool]float64{true: 1}[i == j]; math.Abs(d-want) > 1e-9 {
				t.Errorf("directions %d and %d: %g, expected %g", i, j, d, want)
			}
		}
	}
}
