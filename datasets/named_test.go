package datasets

// The named sets, where their files are at hand: emoji64 to the pixel, the
// others by what their documents promise.

import (
	"archive/tar"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/fourm/modality"
)

// stored opens a named set or skips the test.
func stored(t testing.TB, name string) *Set {
	t.Helper()
	root, err := dataRoot()
	if err != nil || !isDir(filepath.Join(root, name)) {
		t.Skipf("%s is not here (FOURM_DATA): 0 cases ran", name)
	}
	start := time.Now()
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s opened in %v", name, time.Since(start))
	return s
}

func TestEmoji(t *testing.T) {
	s := stored(t, "emoji64")
	if s.Len() != 1530 {
		t.Errorf("%d samples, expected 1530", s.Len())
	}
	if got := strings.Join(s.Modalities(), " "); got != "rgb flat twemoji line box caption tags group palette" {
		t.Errorf("modalities %s", got)
	}
	t.Logf("split sizes: train %d, val %d, test %d", s.Split("train").Len(), s.Split("val").Len(), s.Split("test").Len())
	if s.Split("train").Len()+s.Split("val").Len()+s.Split("test").Len() != 1530 {
		t.Error("the splits do not add up")
	}
	// The tar is read another way: from front to back, pixel by pixel.
	root, _ := dataRoot()
	f, err := os.Open(filepath.Join(root, "emoji64", "rgb", "shard-00000.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	groups, ran := map[string]int{}, 0
	r := tar.NewReader(f)
	for i := range s.Len() {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != x.Key+".png" {
			t.Fatalf("sample %d is %s, the tar has %s", i, x.Key, h.Name)
		}
		groups[x.Text("group")]++
		if testing.Short() && i%10 > 0 {
			continue
		}
		ran++
		im, err := png.Decode(io.Reader(r))
		if err != nil {
			t.Fatal(err)
		}
		checkEmoji(t, x, im)
		if t.Failed() {
			t.Fatalf("in %s", x.Key)
		}
	}
	for g, n := range map[string]int{"people": 320, "objects": 256, "travel": 218, "symbols": 207, "smileys": 161, "animals": 150, "food": 126, "activities": 84, "flags": 8} {
		if groups[g] != n {
			t.Errorf("group %s has %d, expected %d", g, groups[g], n)
		}
	}
	t.Logf("%d cases ran", ran)
}

// checkEmoji compares a sample with its stored picture.
func checkEmoji(t *testing.T, x modality.Sample, im image.Image) {
	p := x.Picture("rgb")
	if p.H != 64 || p.W != 64 || p.C != 3 {
		t.Fatalf("rgb is %v", p)
	}
	box := image.Rectangle{}
	at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(im.At(x, y)).(color.NRGBA) }
	if n, ok := im.(*image.NRGBA); ok {
		at = n.NRGBAAt // many times faster
	}
	for y := range 64 {
		for c := range 64 {
			n := at(c, y)
			a := float64(n.A) / 255
			if n.A > 10 {
				box = box.Union(image.Rect(c, y, c+1, y+1))
			}
			for k, v := range [3]uint8{n.R, n.G, n.B} {
				want := float64(v)/255*a + 1 - a // on white
				if got := float64(p.At(y, c, k)); math.Abs(got-want) > 1.01/255 {
					t.Fatalf("pixel (%d, %d, %d) is %.4f, expected %.4f on white", y, c, k, got, want)
				}
			}
		}
	}
	b := x.Boxes("box")
	if len(b) != 1 || b[0].Class != x.Text("group") {
		t.Fatalf("boxes %v of group %s", b, x.Text("group"))
	}
	for _, d := range []float64{b[0].X0*64 - float64(box.Min.X), b[0].Y0*64 - float64(box.Min.Y), b[0].X1*64 - float64(box.Max.X), b[0].Y1*64 - float64(box.Max.Y)} {
		if math.Abs(d) > 2.01 {
			t.Errorf("box %v, the silhouette is %v", b[0], box)
		}
	}
	if l := x.Picture("line"); l.C != 1 || l.H != 64 {
		t.Errorf("line is %v", l)
	}
	for _, m := range []string{"flat", "twemoji"} {
		if q := x.Picture(m); q.C != 3 || q.H != 64 || q.W != 64 {
			t.Errorf("%s is %v", m, q)
		}
	}
	if n := len(x.Values["palette"].(modality.Palette)); n < 1 || n > 6 || x.Text("caption") == "" {
		t.Errorf("palette of %d colours, caption %q", n, x.Text("caption"))
	}
}

func TestCOCO(t *testing.T) {
	s := stored(t, "coco33")
	boxes := 0
	for i := range s.Len() {
		x := s.MustSample(i)
		if p := x.Picture("rgb"); p.H != 64 || p.W != 64 || p.C != 3 {
			t.Errorf("%s: rgb is %v", x.Key, p)
		}
		for _, b := range x.Boxes("box") {
			boxes++
			if b.Class == "" || b.X0 < 0 || b.Y1 > 1 || b.X0 >= b.X1 || b.Y0 >= b.Y1 {
				t.Errorf("%s: box %v", x.Key, b)
			}
		}
		if !strings.Contains(x.Text("caption"), " ") {
			t.Errorf("%s: caption %q", x.Key, x.Text("caption"))
		}
	}
	if s.Len() != 33 || boxes < 120 || boxes > 184 || s.Split("train").Len() != 13 || s.Split("val").Len() != 20 {
		t.Errorf("%d photographs, %d boxes, splits %d and %d", s.Len(), boxes, s.Split("train").Len(), s.Split("val").Len())
	}
	t.Logf("%d cases ran", s.Len())
}

func TestClearGrasp(t *testing.T) {
	s := stored(t, "cleargrasp")
	if s.Len() != 7 {
		t.Errorf("%d frames, expected 7", s.Len())
	}
	for i := range s.Len() {
		x := s.MustSample(i)
		d, n := x.Picture("depth"), x.Picture("normal")
		inside := 0
		for _, v := range x.Picture("mask").Pix {
			if v != 0 && v != 1 {
				t.Fatalf("%s: %g in the mask", x.Key, v)
			}
			inside += int(v)
		}
		if inside < 20 || inside > 64*64/2 {
			t.Errorf("%s: %d pixels of transparent objects", x.Key, inside)
		}
		known, up := 0, 0.0
		for k := range 64 * 64 {
			if v := d.Pix[k]; v < 0 || v > 10 {
				t.Fatalf("%s: depth of %g m", x.Key, v)
			}
			a, b, c := float64(n.Pix[3*k]), float64(n.Pix[3*k+1]), float64(n.Pix[3*k+2])
			l := math.Sqrt(a*a + b*b + c*c)
			if l == 0 {
				continue
			}
			if math.Abs(l-1) > 1e-5 {
				t.Fatalf("%s: normal of length %g", x.Key, l)
			}
			known++
			up += b
		}
		// The camera looks down on a table.
		if known < 64*64/4 || up/float64(known) < 0.2 {
			t.Errorf("%s: %d normals, on average %.2f up", x.Key, known, up/float64(known))
		}
	}
	t.Logf("%d cases ran", s.Len())
}

func TestOmniglot(t *testing.T) {
	s := stored(t, "omniglot5")
	if s.Len() != 2720 {
		t.Errorf("%d characters, expected 2720", s.Len())
	}
	groups := map[string]int{}
	keys := map[string]bool{}
	for _, k := range s.Keys() {
		keys[k] = true
	}
	ran := 0
	for i := 0; i < s.Len(); i += 8 {
		x := s.MustSample(i)
		groups[x.Text("group")]++
		ran++
		ink := 0
		for _, v := range x.Picture("line").Pix {
			if v < 0.5 {
				ink++
			}
		}
		if ink < 10 || ink > 64*64/3 {
			t.Fatalf("%s: %d dark pixels", x.Key, ink)
		}
	}
	if got := fmt.Sprint(groups); got != "map[balinese:60 early aramaic:55 greek:60 korean:100 latin:65]" || len(keys) != s.Len() {
		t.Errorf("%s, %d keys", got, len(keys))
	}
	t.Logf("%d cases ran", ran)
}

func BenchmarkOpenEmoji(b *testing.B) {
	stored(b, "emoji64")
	for b.Loop() {
		MustOpen("emoji64")
	}
}

func BenchmarkDecodeEmoji(b *testing.B) {
	t := stored(b, "emoji64").src.(*tree)
	for i := 0; b.Loop(); i++ {
		if _, err := t.decode(i%t.len(), window{}); err != nil {
			b.Fatal(err)
		}
	}
}
