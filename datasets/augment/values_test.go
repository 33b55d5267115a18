package augment_test

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"fourmlab/datasets/augment"
)

// Standardised depth has the middle four fifths at mean 0 and variance 1,
// whatever outliers do.
func TestStandardise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float32, 1000)
	for i := range v {
		v[i] = 5 + float32(r.NormFloat64())
	}
	v[3], v[7] = 1e6, -1e6
	got := augment.Standardise(v)
	s := slices.Clone(got)
	slices.Sort(s)
	kept := s[100:900]
	sum, dev := 0.0, 0.0
	for _, x := range kept {
		sum += float64(x)
	}
	for _, x := range kept {
		dev += float64(x) * float64(x)
	}
	if math.Abs(sum/800) > 1e-4 || math.Abs(dev/799-1) > 1e-3 {
		t.Errorf("mean %g, variance %g", sum/800, dev/799)
	}
	for _, c := range []struct{ in, want []float32 }{{nil, []float32{}}, {[]float32{3}, []float32{0}}, {[]float32{3, 3, 3, 3}, []float32{0, 0, 0, 0}}} {
		if got := augment.Standardise(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%v became %v", c.in, got)
		}
	}
}

func TestLabelsAndMasks(t *testing.T) {
	if got := augment.ShiftLabels([]uint8{0, 132, 255, 254}); !slices.Equal(got, []int{1, 133, 0, 255}) {
		t.Errorf("labels %v", got)
	}
	m := augment.Bytes{H: 2, W: 4, C: 1, Pix: []uint8{255, 255, 255, 254, 255, 255, 255, 255}}
	if got := augment.Valid(m, 1); !slices.Equal(got, []bool{true, true, true, false, true, true, true, true}) {
		t.Errorf("mask %v", got)
	}
	if got := augment.Valid(m, 2); !slices.Equal(got, []bool{true, true, false, false, true, true, false, false}) {
		t.Errorf("mask by blocks %v", got)
	}
	if got := augment.Depth([]uint16{0, 65535, 32768}); !slices.Equal(got, []float32{0, 1, float32(32768.0 / 65535)}) {
		t.Errorf("depth %v", got)
	}
}

// Pictures come in with their colours, transparent ones on white, whatever
// their bounds.
func TestFromImage(t *testing.T) {
	im := image.NewNRGBA(image.Rect(5, 7, 7, 8))
	im.SetNRGBA(5, 7, color.NRGBA{10, 20, 30, 255})
	im.SetNRGBA(6, 7, color.NRGBA{10, 20, 30, 0})
	if got := augment.FromImage(im); got.H != 1 || got.W != 2 || !slices.Equal(got.Pix, []uint8{10, 20, 30, 255, 255, 255}) {
		t.Errorf("%+v", got)
	}
	rgba := image.NewRGBA(image.Rect(0, 0, 3, 2))
	for i := range rgba.Pix {
		rgba.Pix[i] = uint8(i) | 0xff*uint8(b2i(i%4 == 3))
	}
	got := augment.FromImage(rgba.SubImage(image.Rect(1, 1, 3, 2)))
	if !slices.Equal(got.Pix, []uint8{16, 17, 18, 20, 21, 22}) {
		t.Errorf("part of a picture: %+v", got)
	}
	pal := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Black, color.White})
	pal.Pix[1] = 1
	if got, ok := augment.FromLabels(pal); !ok || !slices.Equal(got.Pix, []uint8{0, 1}) {
		t.Errorf("labels %+v, %v", got, ok)
	}
	if _, ok := augment.FromLabels(rgba); ok {
		t.Error("labels of a colour picture")
	}
	if got := (augment.Bytes{H: 1, W: 1, C: 3, Pix: []uint8{255, 0, 0}}).Gray(); got.Pix[0] != 76 || got.C != 1 {
		t.Errorf("gray %+v", got)
	}
	if got := (augment.Bytes{H: 1, W: 1, C: 1, Pix: []uint8{51}}).Picture(); got.Pix[0] != 0.2 {
		t.Errorf("as numbers %v", got)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
