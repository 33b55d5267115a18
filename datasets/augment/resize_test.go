package augment_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/datasets/augment"
	"fourmlab/fourm/modality"
)

// noise is a picture of random bytes.
func noise(r *rand.Rand, h, w, c int) augment.Bytes {
	b := augment.NewBytes(h, w, c)
	for i := range b.Pix {
		b.Pix[i] = uint8(r.Uint32())
	}
	return b
}

// float gives the bytes as numbers.
func float(b augment.Bytes) *modality.Picture {
	p := modality.NewPicture(b.H, b.W, b.C)
	for i, v := range b.Pix {
		p.Pix[i] = float32(v)
	}
	return p
}

var filters = []augment.Filter{augment.Bicubic, augment.Bilinear, augment.Nearest}

const pillow = `
import sys
from PIL import Image
for line in sys.stdin:
    f, h, w, c, h2, w2 = line.split()
    im = Image.open(f)
    which = {"bicubic": 3, "bilinear": 2, "nearest": 0}
    for k, v in which.items():
        open(f + "." + k, "wb").write(im.resize((int(w2), int(h2)), resample=v).tobytes())
`

// Bytes are resized to what Pillow makes of them, to the last bit, where there
// is a Pillow to compare with.
func TestResizeIsPillows(t *testing.T) {
	if err := exec.Command("python3", "-c", "import PIL").Run(); err != nil {
		t.Skipf("no Pillow to compare with: %v", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	type job struct {
		in   augment.Bytes
		path string
		h, w int
	}
	var jobs []job
	var stdin strings.Builder
	for i := range 40 {
		c := 1 + 2*(i%2)
		j := job{in: noise(r, 1+r.IntN(60), 1+r.IntN(60), c), path: filepath.Join(dir, fmt.Sprint(i)), h: 1 + r.IntN(60), w: 1 + r.IntN(60)}
		if i%5 == 0 {
			j.w = j.in.W // one side only
		}
		kind := map[int]string{1: "P5", 3: "P6"}[c]
		head := fmt.Sprintf("%s %d %d 255\n", kind, j.in.W, j.in.H)
		if err := os.WriteFile(j.path, append([]byte(head), j.in.Pix...), 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&stdin, j.path, j.in.H, j.in.W, c, j.h, j.w)
		jobs = append(jobs, j)
	}
	cmd := exec.Command("python3", "-c", pillow)
	cmd.Stdin = strings.NewReader(stdin.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, j := range jobs {
		for _, f := range filters {
			want, err := os.ReadFile(j.path + "." + f.String())
			if err != nil {
				t.Fatal(err)
			}
			if got := j.in.Resize(j.h, j.w, f); !bytes.Equal(got.Pix, want) {
				t.Errorf("%dx%dx%d to %dx%d, %v: other bytes than Pillow's", j.in.H, j.in.W, j.in.C, j.h, j.w, f)
			}
		}
	}
}

// In float32 the same comes out, but for the rounding of the bytes and the
// overshoot that bytes cut off.
func TestResizeOfFloats(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		in := noise(r, 1+r.IntN(40), 1+r.IntN(40), 1+r.IntN(3))
		for i, v := range in.Pix {
			in.Pix[i] = 64 + v/2 // room for the cubic's overshoot
		}
		h, w := 1+r.IntN(40), 1+r.IntN(40)
		for _, f := range filters {
			whole, real := in.Resize(h, w, f), augment.Resize(float(in), h, w, f)
			if real.H != h || real.W != w || whole.H != h || whole.W != w {
				t.Fatalf("%dx%d and %dx%d, expected %dx%d", whole.H, whole.W, real.H, real.W, h, w)
			}
			for i, v := range whole.Pix {
				if d := math.Abs(float64(v) - float64(real.Pix[i])); d > 1.5 {
					t.Fatalf("%v of %dx%d to %dx%d: %d and %g", f, in.H, in.W, h, w, v, real.Pix[i])
				}
			}
		}
	}
}

// What a filter must do whatever it is: keep a flat picture, and one of the
// same size.
func TestResizeKeeps(t *testing.T) {
	flat := augment.NewBytes(7, 5, 3)
	for i := range flat.Pix {
		flat.Pix[i] = 201
	}
	r := rand.New(rand.NewPCG(5, 6))
	same := noise(r, 6, 9, 3)
	for _, f := range filters {
		for _, v := range flat.Resize(13, 3, f).Pix {
			if v != 201 {
				t.Fatalf("%v made %d of a flat 201", f, v)
			}
		}
		if !bytes.Equal(same.Resize(6, 9, f).Pix, same.Pix) {
			t.Errorf("%v changed a picture of the right size", f)
		}
	}
	two := augment.Bytes{H: 1, W: 2, C: 1, Pix: []uint8{0, 200}}
	if got := two.Resize(1, 4, augment.Bilinear).Pix; !bytes.Equal(got, []uint8{0, 50, 150, 200}) {
		t.Errorf("bilinear: %v", got)
	}
	if got := two.Resize(1, 1, augment.Bilinear).Pix; got[0] != 100 {
		t.Errorf("bilinear to one pixel: %v", got)
	}
	if got := two.Resize(2, 4, augment.Nearest).Pix; !bytes.Equal(got, []uint8{0, 0, 200, 200, 0, 0, 200, 200}) {
		t.Errorf("nearest: %v", got)
	}
}

func BenchmarkResize(b *testing.B) {
	in := noise(rand.New(rand.NewPCG(1, 1)), 480, 640, 3)
	for _, f := range filters {
		b.Run(f.String(), func(b *testing.B) {
			for b.Loop() {
				in.Resize(224, 224, f)
			}
		})
	}
}
