package datasets

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// measured registers a number, symbols, and signals of one and of two channels.
func measured() {
	for _, n := range []string{"pulse", "notes", "tone", "stereo"} {
		modality.Register(modality.Modality{Name: n, Kind: modality.Symbols, Vocab: 64, MaxTokens: 8})
	}
}

func doubles(shape string, v ...float64) []byte {
	var data []byte
	for _, x := range v {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
	}
	return npyFile(dict("<f8", "False", shape), data...)
}

// hold writes files below a folder.
func hold(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func oblong(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 6, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Numbers and signals come from arrays and from meta.jsonl, beside pictures that
// stay as they are; they are written, and come back.
func TestNumbersFromDisk(t *testing.T) {
	measured()
	files := map[string][]byte{"meta.jsonl": []byte("{\"id\": \"a\", \"pulse\": 61.5, \"notes\": [3, 0, 63]}\n{\"id\": \"b\", \"pulse\": 80, \"notes\": [1]}\n")}
	for _, k := range []string{"a", "b"} {
		files["rgb/"+k+".png"] = oblong(t)
		files["tone/"+k+".npy"] = floats("(3,)", 0.5, -1, 2)
		files["stereo/"+k+".npy"] = doubles("(2, 2)", 1, -1, 0.25, -0.25)
	}
	dir := hold(t, files)
	want := map[string]any{"pulse": 61.5, "notes": []int{3, 0, 63}, "tone": []float32{0.5, -1, 2}, "stereo": &modality.Picture{H: 1, W: 2, C: 2, Pix: []float32{1, -1, 0.25, -0.25}}}
	for range 2 {
		set, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := set.Sample(0)
		if err != nil {
			t.Fatal(err)
		}
		for n, v := range want {
			if !reflect.DeepEqual(s.Values[n], v) {
				t.Errorf("%s is %v (%T), expected %v", n, s.Values[n], s.Values[n], v)
			}
		}
		if p := s.Picture("rgb"); p.H != 4 || p.W != 6 {
			t.Errorf("rgb is %dx%d, expected it whole", p.H, p.W)
		}
		out := filepath.Join(t.TempDir(), "written")
		if err := Write(set, out); err != nil {
			t.Fatal(err)
		}
		dir = out
	}
	rep, err := Check(dir)
	if err != nil || !rep.OK {
		t.Fatal(rep, err)
	}
	for _, want := range []string{"pulse            2  1          61.5 to 80\n", "stereo           2  1x2x2      -1 to 1\n", "tone             2  3          -1 to 2\n"} {
		if !strings.Contains(rep.String(), want) {
			t.Errorf("expected %q in\n%v", want, rep)
		}
	}
	kept, err := openShelf(filepath.Join(t.TempDir(), "shelf"), mustOpen(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	first, err := kept.base.Sample(0)
	if err != nil {
		t.Fatal(err)
	}
	first.Values["wide"] = []float64{1, 2.5}
	if err := kept.put(0, first); err != nil {
		t.Fatal(err)
	}
	back, there, err := kept.get(0)
	if err != nil || !there || !reflect.DeepEqual(back.Values, first.Values) {
		t.Errorf("from a shelf %v, expected %v (%v)", back.Values, first.Values, err)
	}
}

func mustOpen(t *testing.T, dir string) *Set {
	t.Helper()
	set, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// What is no number, and what has another shape, is named with its file and key.
func TestNumbersThatAreNone(t *testing.T) {
	measured()
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"tone/a.npy", floats("(3,)", 1, float32(math.NaN()), 2), `key "a": number 1 is NaN, expected a finite one`},
		{"tone/a.npy", floats("(1, 1, 2)", 1, 2), `an array of shape [1 1 2] of f4, expected a number, (N) numbers, a signal (N, C), or rows of whole numbers`},
		{"tone/a.npy", floats("(0,)"), "an array of shape [0] of f4"},
		{"tone/a.png", oblong(t), "a .png file, expected numbers (.npy)"},
		{"meta.jsonl", []byte(`{"id": "a", "pulse": "fast"}`), `pulse is "fast", expected a number, a list of numbers, or a list of lists as long as each other`},
		{"meta.jsonl", []byte(`{"id": "a", "stereo": [[1, 2], [3]]}`), "stereo is [[1, 2], [3]], expected a number"},
		{"meta.jsonl", []byte(`{"id": "a", "tone": [1, null]}`), "tone is [1, null], expected a number"},
	} {
		dir := hold(t, map[string][]byte{"rgb/a.png": oblong(t), c.name: c.file})
		rep, err := Check(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rep.Problems, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, expected %q", c.name, got, c.want)
		}
	}
}
