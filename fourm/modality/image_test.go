package modality

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
)

type list []Sample

func (l list) Len() int                     { return len(l) }
func (l list) Sample(i int) (Sample, error) { return l[i], nil }

// The case F18: a picture of too few numbers is a sentence with the sample's
// key, wherever samples are read.
func TestCaseF18(t *testing.T) {
	short := &Picture{H: 64, W: 64, C: 3, Pix: make([]float32, 64)}
	whole := Sample{Key: "a", Values: map[string]any{"rgb": NewPicture(64, 64, 3), "caption": "x"}}
	_, err := Collect(list{whole, {Key: "b", Values: map[string]any{"rgb": short}}}, 0, 2)
	if err == nil || err.Error() != `sample 1: key "b": rgb: picture of 64x64x3 with 64 numbers, expected 12288` {
		t.Errorf("%v", err)
	}
	if _, err := Lookup("rgb").Fit(short); err == nil || !strings.Contains(err.Error(), "64 numbers, expected 12288") {
		t.Errorf("%v", err)
	}
	bad := NewPicture(2, 2, 1)
	bad.Pix[3] = float32(math.Inf(-1))
	_, err = Collect(list{{Key: "c", Values: map[string]any{"depth": bad}}}, 0, 1)
	if err == nil || !strings.Contains(err.Error(), `key "c": depth: number 3 of the picture is -Inf`) {
		t.Errorf("%v", err)
	}
	var none *Picture
	if _, err := Lookup("rgb").Fit(none); err == nil {
		t.Error("a picture that is nil fits")
	}
}

// An image.Image is a value wherever a picture is.
func TestImagesAreValues(t *testing.T) {
	r := image.Rect(3, 5, 67, 69)
	rgb, mm, ids := image.NewNRGBA(r), image.NewGray16(r), image.NewPaletted(r, color.Palette{color.Black, color.White, color.Black})
	for i := range rgb.Pix {
		rgb.Pix[i] = 255
	}
	rgb.SetNRGBA(4, 5, color.NRGBA{255, 0, 0, 255})
	mm.SetGray16(4, 5, color.Gray16{Y: 2500})
	ids.SetColorIndex(4, 5, 2)
	s := Sample{Key: "k", Values: map[string]any{"rgb": rgb, "depth": mm, "things": ids, "edge": rgb, "caption": "x"}}
	all, err := Collect(list{s}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float32{"rgb": 1, "depth": 2.5, "things": 2, "edge": 0.299} {
		p, ok := all[0].Values[name].(*Picture)
		if !ok || p.At(0, 1, 0) != want || s.Picture(name).At(0, 1, 0) != want || p.H != 64 {
			t.Errorf("%s: %v", name, p)
		}
		if _, err := Lookup(name).Fit(s.Values[name]); err != nil {
			t.Error(err)
		}
	}
	if _, own := s.Values["rgb"].(*image.NRGBA); !own {
		t.Error("the caller's sample was changed")
	}
	if _, err := (Sample{Key: "k", Values: map[string]any{"depth": rgb}}).Checked(); err == nil || !strings.Contains(err.Error(), `key "k": depth: depth as a colour picture`) {
		t.Errorf("%v", err)
	}
	if got := s.String(); !strings.Contains(got, "rgb 64x64") {
		t.Error(got)
	}
	if _, err := PictureOf(Color, image.White); err == nil {
		t.Error("a picture without bounds was read")
	}
}
