package datasets

// Trees on disk: every way in which one can be broken is told with file and
// key, and never pairs the wrong files.

import (
	"archive/tar"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fourmlab/fourm/modality"
)

// pngOf gives a PNG whose every pixel is v.
func pngOf(t testing.TB, w, h int, v uint8) []byte {
	t.Helper()
	im := image.NewGray(image.Rect(0, 0, w, h))
	for i := range im.Pix {
		im.Pix[i] = v
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type file struct {
	name string
	data []byte
}

func tarOf(t testing.TB, files []file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data))}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.data)
	}
	w.Close()
	return b.Bytes()
}

func put(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// small is a set of keys a, b, c, ... in two modalities and a meta.jsonl; the
// pixels of key number i are all i.
type small struct {
	line, edge []file
	meta       []string
}

func newSmall(t testing.TB) *small {
	s := &small{}
	for i, k := range []string{"a", "b", "c", "d"} {
		s.line = append(s.line, file{k + ".png", pngOf(t, 8, 8, uint8(i))})
		s.edge = append(s.edge, file{k + ".png", pngOf(t, 8, 8, uint8(i))})
		s.meta = append(s.meta, fmt.Sprintf(`{"id": %q, "caption": "number %d"}`, k, i))
	}
	return s
}

func (s *small) write(t testing.TB) string {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "line", "shard-00000.tar"), tarOf(t, s.line[:2]))
	put(t, filepath.Join(dir, "line", "shard-00001.tar"), tarOf(t, s.line[2:]))
	put(t, filepath.Join(dir, "edge", "shard-00000.tar"), tarOf(t, s.edge[:2]))
	put(t, filepath.Join(dir, "edge", "shard-00001.tar"), tarOf(t, s.edge[2:]))
	put(t, filepath.Join(dir, "meta.jsonl"), []byte(strings.Join(s.meta, "\n")+"\n"))
	return dir
}

// paired fails unless every sample's parts are of one key.
func paired(t *testing.T, s *Set, keys string) {
	t.Helper()
	if got := strings.Join(s.Keys(), ""); got != keys {
		t.Errorf("keys %q, expected %q", got, keys)
	}
	for i := range s.Len() {
		x := s.MustSample(i)
		n := float32(x.Key[0]-'a') / 255
		if x.Picture("line").Pix[0] != n || x.Picture("edge").Pix[0] != n || x.Text("caption") != fmt.Sprintf("number %d", x.Key[0]-'a') {
			t.Errorf("sample %s is made of several: %v", x.Key, x)
		}
	}
}

func TestTreeOfShards(t *testing.T) {
	s, err := Open(newSmall(t).write(t))
	if err != nil {
		t.Fatal(err)
	}
	paired(t, s, "abcd")
	if got := strings.Join(s.Modalities(), " "); got != "line edge caption" {
		t.Errorf("modalities %s", got)
	}
}

func TestBrokenTrees(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, s *small, dir func() string) string
		words []string // of the error
		left  string   // keys that are left with SkipBroken
		late  bool     // found when the sample is read
	}{
		"missing key": {
			func(t *testing.T, s *small, dir func() string) string { s.edge[1].name = "x.png"; return dir() },
			[]string{filepath.Join("edge", "shard-00000.tar"), `key "b"`, "missing in edge", filepath.Join("line", "shard-00000.tar")}, "acd", false,
		},
		"duplicate key": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge = append(s.edge, s.edge[1])
				return dir()
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), `key "b"`, "twice", "shard-00000.tar"}, "abcd", false,
		},
		"order swapped": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge[0], s.edge[1] = s.edge[1], s.edge[0]
				return dir()
			},
			[]string{filepath.Join("edge", "shard-00000.tar"), `"b" comes before "a"`, "order"}, "abcd", false,
		},
		"truncated inside": {
			func(t *testing.T, s *small, dir func() string) string {
				d := dir()
				p := filepath.Join(d, "edge", "shard-00001.tar")
				if err := os.Truncate(p, 512+512+512+20); err != nil {
					t.Fatal(err)
				}
				return d
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), "truncated", "d.png"}, "abc", false,
		},
		"truncated between": {
			func(t *testing.T, s *small, dir func() string) string {
				d := dir()
				if err := os.Truncate(filepath.Join(d, "edge", "shard-00001.tar"), 1024); err != nil {
					t.Fatal(err)
				}
				return d
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), "truncated", "c.png", "end-of-archive"}, "abc", false,
		},
		"no tar": {
			func(t *testing.T, s *small, dir func() string) string {
				d := dir()
				put(t, filepath.Join(d, "edge", "shard-00000.tar"), bytes.Repeat([]byte("what? "), 200))
				return d
			},
			[]string{filepath.Join("edge", "shard-00000.tar"), "not a whole tar"}, "cd", false,
		},
		"shard missing": {
			func(t *testing.T, s *small, dir func() string) string {
				d := dir()
				os.Remove(filepath.Join(d, "edge", "shard-00001.tar"))
				return d
			},
			[]string{`key "c"`, "missing in edge", "shard-00001.tar", "1 more fault"}, "ab", false,
		},
		"broken picture": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge[2].data = s.edge[2].data[:40]
				return dir()
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), `key "c"`, "broken picture"}, "abd", true,
		},
		"corrupted picture": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge[2].data[len(s.edge[2].data)-20] ^= 0xff
				return dir()
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), `key "c"`, "broken picture"}, "abd", true,
		},
		"other size": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge[2].data = pngOf(t, 8, 16, 2)
				return dir()
			},
			[]string{filepath.Join("edge", "shard-00001.tar"), `key "c"`, "8x16", "8x8"}, "abd", true,
		},
		"other size in both": {
			func(t *testing.T, s *small, dir func() string) string {
				s.edge[0].data, s.line[0].data = pngOf(t, 8, 16, 0), pngOf(t, 8, 16, 0)
				return dir()
			},
			[]string{filepath.Join("line", "shard-00000.tar"), `key "a"`, "8x16", "8x8"}, "bcd", true,
		},
		"caption missing": {
			func(t *testing.T, s *small, dir func() string) string { s.meta[1] = `{"id": "b"}`; return dir() },
			[]string{"meta.jsonl", `key "b"`, "line 2", `no "caption"`}, "acd", false,
		},
		"meta line broken": {
			func(t *testing.T, s *small, dir func() string) string { s.meta[1] = `{"id": "b", `; return dir() },
			[]string{"meta.jsonl", "line 2", "no JSON object"}, "acd", false,
		},
		"caption of another kind": {
			func(t *testing.T, s *small, dir func() string) string {
				s.meta[1] = `{"id": "b", "caption": 7}`
				return dir()
			},
			[]string{"meta.jsonl", `key "b"`, "caption is 7"}, "acd", true,
		},
		"unknown file": {
			func(t *testing.T, s *small, dir func() string) string { s.edge[1].name = "b.psd"; return dir() },
			[]string{filepath.Join("edge", "shard-00000.tar"), `key "b"`, `"psd"`}, "acd", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSmall(t)
			dir := c.spoil(t, s, func() string { return s.write(t) })
			set, err := Open(dir)
			if c.late && err == nil {
				for i := range set.Len() {
					if _, e := set.Sample(i); e != nil {
						err = e
					}
				}
			}
			says(t, err, c.words...)
			rep, err := Check(dir)
			if err != nil || rep.OK || len(rep.Problems) == 0 {
				t.Fatalf("Check finds nothing: %v %v", rep, err)
			}
			says(t, fmt.Errorf("%s", strings.ReplaceAll(rep.String(), "\n", " ")), c.words[0])
			set, err = OpenWith(dir, Options{SkipBroken: true})
			if err != nil {
				t.Fatal(err)
			}
			paired(t, set, c.left)
			if len(set.Skipped()) == 0 || !strings.Contains(set.String(), "skipped") {
				t.Error("does not say what was skipped")
			}
		})
	}
}

func TestTreesThatCannotBeOpened(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "nowhere"))
	says(t, err, "no folder", "nowhere")
	_, err = Open(t.TempDir())
	says(t, err, "no samples", "MODALITY/shard-00000.tar")
	_, err = Open("")
	says(t, err, "no name")
	_, err = OpenWith("scenes", Options{Size: -1})
	says(t, err, "size -1")
	_, err = OpenWith("scenes", Options{Size: 4000})
	says(t, err, "size 4000", "8 to 1024")
	says(t, panicOf(t, func() { MustOpen("emojy64") }), `"emojy64"`, `did you mean "emoji64"?`)
	t.Setenv("FOURM_DATA", filepath.Join(t.TempDir(), "gone"))
	_, err = Open("emoji64")
	says(t, err, "FOURM_DATA", "gone", "no folder")
	t.Setenv("FOURM_DATA", "")
	t.Chdir(t.TempDir())
	_, err = Open("emoji64")
	says(t, err, "looked for shared/data in", "FOURM_DATA")
}

func TestSizeBringsAllToOneSize(t *testing.T) {
	dir := t.TempDir()
	im := image.NewRGBA(image.Rect(0, 0, 40, 20)) // left half red, right half blue
	for y := range 20 {
		for x := range 40 {
			c := color.RGBA{255, 0, 0, 255}
			if x >= 20 {
				c = color.RGBA{0, 0, 255, 255}
			}
			im.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	png.Encode(&b, im)
	put(t, filepath.Join(dir, "rgb", "a.png"), b.Bytes())
	put(t, filepath.Join(dir, "semseg", "a.png"), pngOf(t, 80, 40, 3))
	put(t, filepath.Join(dir, "meta.jsonl"), []byte(`{"id": "a", "objects": [{"category": "cat", "bbox": [10, 5, 10, 10]}, {"category": "dog", "bbox": [0, 0, 10, 10]}], "captions": ["one", "two"]}`))
	s, err := OpenWith(dir, Options{Size: 8})
	if err != nil {
		t.Fatal(err)
	}
	x := s.MustSample(0)
	rgb := x.Picture("rgb")
	if rgb.H != 8 || rgb.W != 8 || rgb.At(4, 0, 0) < 0.99 || rgb.At(4, 7, 2) < 0.99 || rgb.At(4, 0, 2) > 0.01 {
		t.Errorf("rgb is %v", rgb)
	}
	if p := x.Picture("semseg"); p.H != 8 || p.At(7, 7, 0) != 3 {
		t.Errorf("semseg is %v", p)
	}
	want := modality.Box{X0: 0, Y0: 0.25, X1: 0.5, Y1: 0.75, Class: "cat", Score: 1}
	if got := x.Boxes("box"); len(got) != 1 || got[0] != want {
		t.Errorf("boxes %v, expected %v alone", got, want)
	}
	if x.Text("caption") != "one" {
		t.Errorf("caption %q, expected the first", x.Text("caption"))
	}
}

func TestOfficialNamesAndFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "rgb", "shard-00000.tar"), tarOf(t, []file{{"x.png", pngOf(t, 8, 8, 9)}}))
	put(t, filepath.Join(dir, "det", "shard-00000.tar"), tarOf(t, []file{{"x.json", []byte(`{"instances":[{"boxes":[0.1,0.2,0.3,0.4],"class_name":"cat","score":0.9}]}`)}}))
	put(t, filepath.Join(dir, "color_palette", "shard-00000.tar"), tarOf(t, []file{{"x.json", []byte(`[{"1":[[1,2,3]],"2":[[1,2,3],[4,5,6]]}]`)}}))
	put(t, filepath.Join(dir, "caption", "shard-00000.tar"), tarOf(t, []file{{"x.json", []byte(`[{"caption":"a cat"},{"caption":"an animal"}]`)}}))
	put(t, filepath.Join(dir, "crop_settings", "shard-00000.tar"), tarOf(t, []file{{"x.npy", nil}}))
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := s.MustSample(0)
	if b := x.Boxes("box"); len(b) != 1 || b[0].Class != "cat" || b[0].Y1 != 0.4 {
		t.Errorf("boxes %v", b)
	}
	if p := x.Text("palette"); p != "#010203 #040506" {
		t.Errorf("palette %s", p)
	}
	if c := x.Text("caption"); c != "a cat" {
		t.Errorf("caption %q", c)
	}
}

// A corpus of 40 MB opens by its index alone.
func TestOpenReadsNoPixels(t *testing.T) {
	var files []file
	for i := range 4000 {
		files = append(files, file{fmt.Sprintf("k%05d.png", i), make([]byte, 10_000)})
	}
	files[0].data = pngOf(t, 8, 8, 1)
	dir := t.TempDir()
	put(t, filepath.Join(dir, "line", "shard-00000.tar"), tarOf(t, files))
	start := time.Now()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > time.Second {
		t.Errorf("40 MB took %v to open", d)
	}
	if s.Len() != 4000 {
		t.Errorf("%d samples", s.Len())
	}
	if _, err := s.Sample(0); err != nil {
		t.Error(err)
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
