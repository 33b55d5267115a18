package datasets

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// Pixels are covered where their middle is inside, also of shapes that are
// hollow, cross themselves, or leave the picture.
func TestFill(t *testing.T) {
	for name, c := range map[string]struct {
		polygon []float64
		want    []string
	}{
		"square":    {[]float64{1, 1, 4, 1, 4, 3, 1, 3}, []string{".....", ".###.", ".###.", "....."}},
		"backwards": {[]float64{1, 3, 4, 3, 4, 1, 1, 1}, []string{".....", ".###.", ".###.", "....."}},
		"halves":    {[]float64{0.6, 0.6, 2.6, 0.6, 2.6, 1.6, 0.6, 1.6}, []string{".....", ".##..", ".....", "....."}},
		"hollow":    {[]float64{0, 0, 5, 0, 5, 4, 4, 4, 4, 1, 1, 1, 1, 4, 0, 4}, []string{"#####", "#...#", "#...#", "#...#"}},
		"beyond":    {[]float64{-3, -3, 9, -3, 9, 2, -3, 2}, []string{"#####", "#####", ".....", "....."}},
		"bow tie":   {[]float64{0, 0, 5, 4, 5, 0, 0, 4}, []string{"#...#", "##.##", "##.##", "#...#"}},
		"a line":    {[]float64{0, 0, 4, 4}, []string{".....", ".....", ".....", "....."}},
		"nothing":   {nil, []string{".....", ".....", ".....", "....."}},
	} {
		got := []byte(strings.Repeat(".", 20))
		fill(c.polygon, shape{4, 5}, func(at int) { got[at] = '#' })
		if want := strings.Join(c.want, ""); string(got) != want {
			t.Errorf("%s: %s, expected %s", name, got, want)
		}
	}
}

func TestAreasRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`{"objects":[{"category":"person","polygons":[[1,2,3]]}]}`:    "3 numbers",
		`{"objects":[{"category":"unicorn","polygons":[[1,2,3,4]]}]}`: `class "unicorn"`,
		`{"objects":[{"polygons":[[1,2,3,4]]}]}`:                      `class ""`,
		`{"objects":[{"category":"person","polygons":"x"}]}`:          "objects",
	} {
		if _, _, err := areas([]byte(line), shape{4, 4}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", line, err, want)
		}
	}
	if _, _, err := areas([]byte(`{}`), shape{}); err == nil {
		t.Error("no shape, no error")
	}
}

// The boxes that COCO gives beside its polygons are those of what is filled.
func TestPolygonsFitBoxes(t *testing.T) {
	tr := stored(t, "coco33").src.(*tree)
	n := 0
	for i := range tr.len() {
		line, err := tr.meta.read(i)
		if err != nil {
			t.Fatal(err)
		}
		var row struct {
			Width, Height int
			Objects       []struct {
				Category string
				BBox     []float64
				Polygons [][]float64
			}
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		for _, o := range row.Objects {
			if len(o.Polygons) == 0 {
				continue // a crowd
			}
			n++
			x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
			for _, p := range o.Polygons {
				fill(p, shape{row.Height, row.Width}, func(at int) {
					x, y := float64(at%row.Width), float64(at/row.Width)
					x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
				})
			}
			b := o.BBox
			for k, d := range []float64{x0 - b[0], y0 - b[1], x1 - b[0] - b[2], y1 - b[1] - b[3]} {
				if math.Abs(d) > 2 {
					t.Errorf("%s, %s: side %d of its box is %.1f pixels off", tr.key(i), o.Category, k, d)
				}
			}
		}
	}
	t.Logf("%d objects of %d photographs", n, tr.len())
}

// Classes and objects agree pixel by pixel, and with the boxes' classes.
func TestThings(t *testing.T) {
	s := stored(t, "coco33")
	covered := 0
	for i := range s.Len() {
		x := s.MustSample(i)
		things, instance := x.Picture("things"), x.Picture("instance")
		if things.H != 64 || things.W != 64 || instance.H != 64 || instance.W != 64 {
			t.Fatalf("%s: %v and %v", x.Key, things, instance)
		}
		class := map[float32]float32{}
		for k, o := range instance.Pix {
			c := things.Pix[k]
			if (o == 0) != (c == 0) || class[o] != 0 && class[o] != c {
				t.Fatalf("%s: pixel %d is of object %g and class %g", x.Key, k, o, c)
			}
			if class[o] = c; c == 0 {
				continue
			}
			covered++
			name := modality.Things[int(c)]
			if !slices.ContainsFunc(x.Boxes("box"), func(b modality.Box) bool { return b.Class == name }) {
				t.Fatalf("%s: pixels of a %s, which no box is of", x.Key, name)
			}
		}
	}
	if share := float64(covered) / float64(s.Len()*64*64); share < 0.1 || share > 0.7 {
		t.Errorf("objects cover %.2f of the pixels", share)
	}
	t.Logf("%d samples", s.Len())
}

// The strokes lie where the picture of the same character has its ink, and
// every character has them.
func TestStrokes(t *testing.T) {
	s := stored(t, "omniglot5")
	n, hit, all := 0, 0, 0
	for i := 0; i < s.Len(); i += 8 {
		x := s.MustSample(i)
		line, pen := x.Picture("line"), x.Picture("strokes")
		n++
		for y := 1; y < 63; y++ {
			for c := 1; c < 63; c++ {
				if pen.At(y, c, 1) > 0.7 {
					continue
				}
				all++
				dark := false
				for k := range 9 {
					dark = dark || line.At(y+k/3-1, c+k%3-1, 0) < 0.6
				}
				if dark {
					hit++
				}
			}
		}
	}
	if all < 50*n || float64(hit) < 0.97*float64(all) {
		t.Errorf("%d of %d pixels of strokes lie on ink", hit, all)
	}
	t.Logf("%d samples, %.1f %% of the strokes on ink", n, 100*float64(hit)/float64(all))
	for line, want := range map[string]string{`{"strokes": [[[1]]]}`: "1 numbers", `{"strokes": 3}`: "strokes"} {
		if _, err := drawStrokes([]byte(line), 8); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
