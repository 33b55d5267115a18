package augment_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/datasets/augment"
	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// panics gives the message of the *fault.Error that f panics with.
func panics(t *testing.T, f func()) (msg string) {
	t.Helper()
	defer func() {
		e, ok := recover().(*fault.Error)
		if !ok {
			t.Fatal("no *fault.Error")
		}
		msg = e.Error()
	}()
	f()
	t.Fatal("no panic")
	return ""
}

func TestFixedWindows(t *testing.T) {
	for _, c := range []struct{ got, want augment.Crop }{
		{augment.Centre(480, 640), augment.Crop{Left: 80, H: 480, W: 480}},
		{augment.Centre(7, 4), augment.Crop{Top: 1, H: 4, W: 4}},
		{augment.Pad(480, 640), augment.Crop{H: 640, W: 640}},
	} {
		if c.got != c.want {
			t.Errorf("%+v, expected %+v", c.got, c.want)
		}
	}
}

// Random windows are those of torchvision: in the picture, of the areas and
// ratios that were asked for, spread evenly; and the same for a seed.
func TestRandomWindows(t *testing.T) {
	const n = 20_000
	r := rand.New(rand.NewPCG(1, 2))
	again := rand.New(rand.NewPCG(1, 2))
	flips, area, logRatio, top := 0, 0.0, 0.0, 0
	for range n {
		c := augment.RandomCrop(r, 400, 500, augment.Ranges{})
		if !c.Within(400, 500) {
			t.Fatalf("%+v is not in the picture", c)
		}
		a, q := float64(c.H*c.W)/200_000, float64(c.W)/float64(c.H)
		if a < 0.19 || a > 1 || q < 0.74 || q > 1.35 {
			t.Fatalf("%+v has the area %g and the ratio %g", c, a, q)
		}
		if c.Flip {
			flips++
		}
		if c.H < 400 && c.Top == 0 {
			top++
		}
		area, logRatio = area+a/n, logRatio+math.Log(q)/n
		if c != augment.RandomCrop(again, 400, 500, augment.Ranges{}) {
			t.Fatal("the same seed gives another window")
		}
	}
	if flips < n*48/100 || flips > n*52/100 {
		t.Errorf("%d of %d are mirrored", flips, n)
	}
	// uniform areas have the mean 0.6, less for the large ones that do not fit
	if area < 0.5 || area > 0.6 || math.Abs(logRatio) > 0.05 || top > n/20 {
		t.Errorf("mean area %g, mean log ratio %g, %d at the top", area, logRatio, top)
	}
	if c := augment.RandomCrop(r, 100, 10, augment.Ranges{Flips: -1}); c != (augment.Crop{Top: 43, H: 13, W: 10}) && !c.Within(100, 10) || c.Flip {
		t.Errorf("of a narrow picture: %+v", c)
	}
	// nothing of half the area fits: the largest of the ratio, in the middle
	if c := augment.RandomCrop(r, 100, 10, augment.Ranges{MinArea: 0.5, Flips: -1}); c != (augment.Crop{Top: 43, H: 13, W: 10}) {
		t.Errorf("of a narrow picture: %+v", c)
	}
	if c := augment.RandomCrop(r, 10, 100, augment.Ranges{MinArea: 0.5, Flips: -1}); c != (augment.Crop{Left: 43, H: 10, W: 13}) {
		t.Errorf("of a flat picture: %+v", c)
	}
}

func TestJitterAndRows(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	beyond := 0
	for range 5000 {
		c := augment.Jitter(r, 30, 40, 0.1, 2)
		if c.H != c.W || c.H < 20 || c.H > 400 || c.Top < 0 || c.Left < 0 || c.H <= 30 && !c.Within(30, 40) {
			t.Fatalf("%+v", c)
		}
		if c.H > 40 {
			beyond++
			if c.Top != 0 || c.Left != 0 {
				t.Fatalf("a large window begins inside: %+v", c)
			}
		}
	}
	if beyond < 1000 {
		t.Errorf("%d are larger than the picture", beyond)
	}
	rows := augment.Rows(r, 30, 40, 4, 0)
	if len(rows) != 4 || rows[0] != augment.Centre(30, 40) {
		t.Errorf("%+v", rows)
	}
	for _, c := range rows[1:] {
		if float64(c.H*c.W) < 0.75*1200 && c.H != 30 {
			t.Errorf("%+v is small", c)
		}
		back, err := augment.FromRow(c.Row())
		if err != nil || back != c {
			t.Errorf("%+v came back as %+v (%v)", c, back, err)
		}
	}
}

func TestBadWindows(t *testing.T) {
	for _, v := range [][]int{nil, {0, 0, 1, 1}, {-1, 0, 1, 1, 0}, {0, 0, 0, 1, 0}, {0, 0, 1, -5, 0}, {0, 0, 1, 1, 2}, {0, 0, 1 << 30, 1, 0}} {
		if c, err := augment.FromRow(v); err == nil {
			t.Errorf("%v is the window %+v", v, c)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for want, f := range map[string]func(){
		"augment.Centre: a picture of 0x3":     func() { augment.Centre(0, 3) },
		"areas from 0.5 to 0.1":                func() { augment.RandomCrop(r, 3, 3, augment.Ranges{MinArea: 0.5, MaxArea: 0.1}) },
		"ratios from 0.75 to NaN":              func() { augment.RandomCrop(r, 3, 3, augment.Ranges{MaxRatio: math.NaN()}) },
		"scales from 0 to 2":                   func() { augment.Jitter(r, 3, 3, 0, 2) },
		"0 windows":                            func() { augment.Rows(r, 3, 3, 0, 0) },
		"Bytes.Resize: a picture of 0x2":       func() { augment.NewBytes(1, 1, 1).Resize(0, 2, augment.Nearest) },
		"filter 3":                             func() { augment.NewBytes(1, 1, 1).Resize(2, 2, 3) },
		"1 numbers for a picture of 2x2x1":     func() { augment.Bytes{H: 2, W: 2, C: 1, Pix: []uint8{1}}.Resize(1, 1, augment.Nearest) },
		"Bytes.Cut: a picture of -1x1":         func() { augment.NewBytes(1, 1, 1).Cut(augment.Crop{H: -1, W: 1}) },
		"4 channels":                           func() { augment.NewBytes(1, 1, 4).Tensor(augment.ImageNet) },
		"blocks of 2 pixels in a mask of 3x4":  func() { augment.Valid(augment.NewBytes(3, 4, 1), 2) },
		"a picture of 1073741824x1073741824 p": func() { augment.NewBytes(1, 1, 1).Resize(1<<30, 1<<30, augment.Nearest) },
	} {
		if got := panics(t, f); !strings.Contains(got, want) {
			t.Errorf("%q, expected %q in it", got, want)
		}
	}
}

// Boxes follow the pixels: a box around a bright square is around it still
// when the picture was cut, resized and mirrored.
func TestBoxesFollowPixels(t *testing.T) {
	const h, w, y0, x0, y1, x1 = 40, 60, 10, 22, 18, 34
	b := augment.NewBytes(h, w, 1)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			b.Pix[y*w+x] = 255
		}
	}
	box := modality.Box{X0: x0 / float64(w), Y0: y0 / float64(h), X1: x1 / float64(w), Y1: y1 / float64(h), Class: "square", Score: 0.7}
	gone := modality.Box{X0: 0.9, Y0: 0.9, X1: 1, Y1: 1, Class: "corner"}
	for _, c := range []augment.Crop{augment.Centre(h, w), {Top: 4, Left: 20, H: 20, W: 24}, {Top: 12, Left: 26, H: 20, W: 20}, {Top: 8, Left: 10, H: 16, W: 26, Flip: true}, {Top: 4, Left: 20, H: 20, W: 24, Flip: true}} {
		got := c.Boxes([]modality.Box{gone, box}, h, w)
		if len(got) != 1 || got[0].Class != "square" || got[0].Score != 0.7 {
			t.Fatalf("%+v: %v", c, got)
		}
		out := b.Cut(c).Resize(200, 200, augment.Nearest).Mirror(c.Flip)
		lx, ly, hx, hy := 200, 200, 0, 0
		for i, v := range out.Pix {
			if v > 127 {
				lx, ly, hx, hy = min(lx, i%200), min(ly, i/200), max(hx, i%200+1), max(hy, i/200+1)
			}
		}
		for k, d := range []float64{got[0].X0*200 - float64(lx), got[0].Y0*200 - float64(ly), got[0].X1*200 - float64(hx), got[0].Y1*200 - float64(hy)} {
			if math.Abs(d) > 1 {
				t.Errorf("%+v: side %d of the box is %g pixels off: %v", c, k, d, got[0])
			}
		}
	}
	if got := augment.Centre(h, w).Boxes(nil, h, w); got == nil || len(got) != 0 {
		t.Errorf("no boxes became %v", got)
	}
}

func TestCutAndMirror(t *testing.T) {
	b := augment.Bytes{H: 2, W: 3, C: 1, Pix: []uint8{1, 2, 3, 4, 5, 6}}
	c := augment.Crop{Top: 1, Left: 1, H: 2, W: 3}
	if got := b.Cut(c); !slices.Equal(got.Pix, []uint8{5, 6, 0, 0, 0, 0}) {
		t.Errorf("cut beyond the edge: %v", got)
	}
	if got := augment.Cut(float(b), c); !slices.Equal(got.Pix, []float32{5, 6, 0, 0, 0, 0}) {
		t.Errorf("cut beyond the edge: %v", got)
	}
	if got := b.Cut(augment.Crop{Top: -1, Left: -1, H: 2, W: 2}); !slices.Equal(got.Pix, []uint8{0, 0, 0, 1}) {
		t.Errorf("cut before the edge: %v", got)
	}
	if got := b.Cut(augment.Crop{Top: 5, Left: 9, H: 1, W: 1}); !slices.Equal(got.Pix, []uint8{0}) {
		t.Errorf("cut outside: %v", got)
	}
	if got := b.Mirror(true); !slices.Equal(got.Pix, []uint8{3, 2, 1, 6, 5, 4}) || !reflect.DeepEqual(b.Mirror(false), b) {
		t.Errorf("mirrored: %v", got)
	}
	n := augment.Bytes{H: 1, W: 2, C: 3, Pix: []uint8{255, 10, 20, 100, 30, 40}}
	if got := n.MirrorNormals(true); !slices.Equal(got.Pix, []uint8{155, 30, 40, 0, 10, 20}) || n.Pix[0] != 255 {
		t.Errorf("normals mirrored: %v", got)
	}
	p := &modality.Picture{H: 1, W: 2, C: 3, Pix: []float32{1, 2, 3, -4, 5, 6}}
	if got := augment.Mirror(p, modality.Normal, true); !slices.Equal(got.Pix, []float32{4, 5, 6, -1, 2, 3}) {
		t.Errorf("normals mirrored: %v", got)
	}
	if got := augment.Mirror(p, modality.Color, true); !slices.Equal(got.Pix, []float32{-4, 5, 6, 1, 2, 3}) || p.Pix[0] != 1 {
		t.Errorf("mirrored: %v", got)
	}
}
