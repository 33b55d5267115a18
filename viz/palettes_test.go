package viz

import (
	"image/color"
	"math"
	"testing"

	"fourmlab/fourm/modality"
)

// Classes have the colours that their set's own tools give them, whether 0 is
// one of them or not; other classes have ours.
func TestLabelColors(t *testing.T) {
	if len(cocoColors) != 80 || len(modality.Things) != 81 || len(adeColors) != 150 || len(modality.ADE20K) != 151 {
		t.Fatalf("%d and %d colours for %d and %d classes", len(cocoColors), len(adeColors), len(modality.Things), len(modality.ADE20K))
	}
	for _, c := range []struct {
		labels []string
		id     int
		want   color.RGBA
	}{
		{modality.Things, 0, nothing},
		{modality.Things, 1, color.RGBA{220, 20, 60, 255}},    // person
		{modality.Things, 17, color.RGBA{0, 226, 252, 255}},   // dog
		{modality.Things, 80, color.RGBA{191, 162, 208, 255}}, // toothbrush
		{modality.Things[1:], 0, color.RGBA{220, 20, 60, 255}},
		{modality.ADE20K, 1, color.RGBA{120, 120, 120, 255}}, // wall
		{modality.ADE20K[1:], 2, color.RGBA{6, 230, 230, 255}},
		{modality.ADE20K, 150, color.RGBA{92, 0, 255, 255}}, // flag
		{modality.SceneClasses, 0, classes[0]},
		{modality.SceneClasses, 5, classes[5]},
		{[]string{"", "object"}, 0, nothing},
		{[]string{"", "object"}, 1, classes[1]},
		{modality.Things, 99, classColor(99)},
		{nil, 3, classes[3]},
	} {
		if got := labelColor(c.labels, c.id); got != c.want {
			t.Errorf("class %d of %d: %v, expected %v", c.id, len(c.labels), got, c.want)
		}
	}
}

// oklab gives a colour in a space in which distances are as far as they look
// (Ottosson, 2020).
func oklab(c color.RGBA) [3]float64 {
	lin := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b := lin(c.R), lin(c.G), lin(c.B)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// Colours of modalities can be told apart, from one another and from the ink of
// what is drawn beside them.
func TestModalityColors(t *testing.T) {
	all := map[string]color.RGBA{"ink": ink}
	for n, c := range modalityColors {
		all[n] = c
	}
	for a, x := range all {
		for b, y := range all {
			if a >= b {
				continue
			}
			p, q := oklab(x), oklab(y)
			if d := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]); d < 0.1 {
				t.Errorf("%s and %s are %.3f apart, expected 0.1 or more", a, b, d)
			}
		}
	}
	for _, n := range []string{"rgb", "depth", "semseg", "caption"} {
		if colorOf(n) != modalityColors[n] || colorOf("tok_"+n) != modalityColors[n] && n != "caption" {
			t.Errorf("%s has another colour than its domain", n)
		}
	}
	if colorOf("tok_depth@224") != modalityColors["depth"] || colorOf("det") != modalityColors["box"] {
		t.Error("a published modality has another colour than the lab's")
	}
}
