package viz_test

// Goldens: every example draws a file into testdata, and a test compares it
// with what it looked like when it was judged. -regen rewrites the goldens.

import (
	"flag"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"fourmlab/viz"
)

var regen = flag.Bool("regen", false, "rewrite the golden pictures")

// save is what an example does with its figure.
func save(f *viz.Figure, name string) {
	if err := f.Save("testdata/" + name + ".png"); err != nil {
		panic(err)
	}
}

// golden runs an example and compares the picture that it leaves.
func golden(t *testing.T, example func(), name string) {
	t.Helper()
	example()
	got := "testdata/" + name + ".png"
	want := strings.TrimSuffix(got, ".png") + "_golden.png"
	if *regen {
		if err := os.Rename(got, want); err != nil {
			t.Fatal(err)
		}
		return
	}
	a, b := read(t, got), read(t, want)
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%s: %v, golden %v", got, a.Bounds(), b.Bounds())
	}
	// Rounding differs between machines at the edges of letters and lines;
	// more than a few thousandths of the pixels do not.
	differ, n := 0, a.Bounds().Dx()*a.Bounds().Dy()
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if max(r, r2)-min(r, r2)+max(g, g2)-min(g, g2)+max(b1, b2)-min(b1, b2) > 40<<8 {
				differ++
			}
		}
	}
	if differ*500 > n {
		t.Fatalf("%s: %d of %d pixels differ from the golden picture", got, differ, n)
	}
	os.Remove(got)
}

func read(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return im
}
