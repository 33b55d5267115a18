package text_test

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/fourm/text"
)

func ExampleStyle() {
	boxes := []modality.Box{{X0: 0.1, Y0: 0.05, X1: 0.5, Y1: 1, Class: "wine glass"}}
	s := text.Style{}.Boxes(boxes)
	fmt.Println(s)
	fmt.Println(len(text.Style{}.ReadBoxes(s + " v0=3 v1=")))
	// Output:
	// v0=100 v1=50 v2=500 v3=999 wine glass
	// 1
}

// What a model wrote wrongly is read as far as it makes sense.
func TestBrokenBoxes(t *testing.T) {
	for s, want := range map[string][]modality.Box{
		"v0=1 v1=2 v1=3 red v0=0 v1=0 v2=63 v3=63 ball v0=9 v1=9 v2=3 v3=12 box v0=1":   {{X1: 1, Y1: 1, Class: "ball"}},
		"v0=0 v1=0 v2=63 v3=63 red ball v3=4 cube":                                      {{X1: 1, Y1: 1, Class: "red ball"}},
		"v0=0 v1=0 v2=63 v3=64 ball v0=0 v1=0 v2=63 v3=99999999999999999999 cube":       nil,
		"v0=-1 v1=0 v2=63 v3=63 ball v0= v1=0 v2=1 v3=1 v0=1.5 v1=0 v2=3 v3=3 V0=0 v0=": nil,
		"ball": nil,
		"v0=0 v1=0 v2=63 v3=63 v0=0 v1=0 v2=0 v3=63 line": {{X1: 1, Y1: 1}, {Y1: 1, Class: "line"}},
	} {
		if got := (text.Style{Bins: 64}).ReadBoxes(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %v, expected %v", s, got, want)
		}
	}
}

// A box is cut at the window, dropped where little of it shows, mirrored and
// put in order (docs/4m.md, 1.4).
func TestChooseBoxes(t *testing.T) {
	boxes := []modality.Box{
		{X0: 0.1, Y0: 0.1, X1: 0.3, Y1: 0.3, Class: "small", Score: 0.7},
		{X0: 0.4, Y0: 0.2, X1: 1, Y1: 0.8, Class: "large", Score: 0.9},
		{X0: 0.0, Y0: 0.0, X1: 0.1, Y1: 0.1, Class: "unsure", Score: 0.5},
		{X0: 0.3, Y0: 0.3, X1: 0.3, Y1: 0.9, Class: "line"},
		{X0: 0.9, Y0: 0.9, X1: 0.8, Y1: 0.8, Class: "inside out"},
		{X0: math.NaN(), Y0: 0, X1: 1, Y1: 1, Class: "no number"},
	}
	names := func(b []modality.Box) string {
		var w []string
		for _, x := range b {
			w = append(w, x.Class)
		}
		return strings.Join(w, " ")
	}
	left := text.View{Height: 100, Width: 50, Rows: 100, Cols: 100}
	for _, c := range []struct {
		choice text.BoxChoice
		view   text.View
		want   string
	}{
		{text.BoxChoice{}, text.View{}, "unsure small large"},
		{text.BoxChoice{MinScore: 0.6}, text.View{}, "small large"},
		{text.BoxChoice{Order: "area"}, text.View{}, "large small unsure"},
		{text.BoxChoice{Order: "score"}, text.View{}, "large small unsure"},
		{text.BoxChoice{Most: 2, Order: "dist_to_orig"}, text.View{}, "small large"},
		{text.BoxChoice{MinVisible: 0.2}, left, "unsure small"},
		{text.BoxChoice{MinVisible: 0.1}, left, "unsure small large"},
	} {
		if got := names(c.choice.Choose(boxes, c.view, nil)); got != c.want {
			t.Errorf("%+v of %+v gives %s, expected %s", c.choice, c.view, got, c.want)
		}
	}
	left.Flip = true
	got := text.BoxChoice{MinScore: 0.8}.Choose(boxes, left, nil)
	if len(got) != 1 || got[0].Class != "large" || got[0].X0 != 0 || math.Abs(got[0].X1-0.2) > 1e-12 || got[0].Y0 != 0.2 || got[0].Y1 != 0.8 {
		t.Errorf("mirrored %+v, expected the large box from 0 to 0.2", got)
	}
	if boxes[0].X0 != 0.1 {
		t.Error("the boxes that were given have changed")
	}
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		seen[names(text.BoxChoice{Order: "random"}.Choose(boxes, text.View{}, r))] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d of 6 orders were drawn", len(seen))
	}
	for _, bad := range []func(){
		func() { text.BoxChoice{Order: "size"}.Choose(nil, text.View{}, nil) },
		func() { text.BoxChoice{Order: "random"}.Choose(nil, text.View{}, nil) },
		func() { text.BoxChoice{}.Choose(nil, text.View{Height: 4}, nil) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(error); !ok {
					t.Error("no panic")
				}
			}()
			bad()
		}()
	}
}

// Numbers half way go to the even side, as Python rounds.
func TestHalfEven(t *testing.T) {
	if got := (text.Style{Bins: 11}).Boxes([]modality.Box{{X0: 0.05, Y0: 0.15, X1: 0.25, Y1: 2, Class: "x"}}); got != "v0=0 v1=2 v2=2 v3=10 x" {
		t.Errorf("got %s", got)
	}
}

func TestPalettes(t *testing.T) {
	all := modality.Palette{}
	for i := range 256 {
		all = append(all, color.RGBA{uint8(i), uint8(255 - i), 7, 255})
	}
	for _, bins := range []int{0, 256, 300} {
		s := text.Style{Bins: bins}
		if got := s.ReadPalette(s.Palette(all)); !reflect.DeepEqual(got, all) {
			t.Errorf("%d bins: colours were lost", bins)
		}
	}
	if got := (text.Style{}).Palette(all[3:4]); got != "v1=1 v0=3 v0=252 v0=7" {
		t.Errorf("got %s", got)
	}
	for s, want := range map[string]modality.Palette{
		"v1=2 v0=1 v0=2 v0=3 v0=4 v0=5":                {{1, 2, 3, 255}},
		"v0=1 none v0=2 v2=9 v0=x v0=300 v0=1 v0=1 v1": {{1, 2, 255, 255}},
		"": {},
	} {
		if got := (text.Style{}).ReadPalette(s); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %v, expected %v", s, got, want)
		}
	}
}

// With the bins of a lab every colour comes back as the nearest shade, and
// comes back unchanged the second time.
func TestFewShades(t *testing.T) {
	s := text.Style{Bins: 64}
	for i := range 256 {
		p := modality.Palette{{R: uint8(i), A: 255}}
		once := s.ReadPalette(s.Palette(p))
		if d := int(once[0].R) - i; d < -2 || d > 2 {
			t.Errorf("%d became %d", i, once[0].R)
		}
		if twice := s.ReadPalette(s.Palette(once)); !reflect.DeepEqual(once, twice) {
			t.Errorf("%v became %v", once, twice)
		}
	}
}
