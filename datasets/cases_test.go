package datasets

// Inputs as people have them, from the shared folder's cases.

import (
	"bytes"
	"compress/gzip"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// packed packs a case and opens what came out.
func packed(t *testing.T, opt PackOptions, elem ...string) (PackReport, *Set) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "set")
	rep, err := Pack(fixture.Path(t, append([]string{"cases", "data"}, elem...)...), out, opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep, MustOpen(out)
}

func noted(t *testing.T, notes []string, words ...string) {
	t.Helper()
	all := strings.Join(notes, "\n")
	for _, w := range words {
		if !strings.Contains(all, w) {
			t.Errorf("notes %q, expected %q in them", notes, w)
		}
	}
}

func TestCaseF01(t *testing.T) {
	for _, c := range []struct{ dir, file, line, at string }{{"csv_latin1", "captions.csv", "line 2", "0xe9 at 13 (26 of the file)"}, {"jsonl_latin1", "metadata.jsonl", "line 1", "0xe9 at 39 (39 of the file)"}} {
		path := fixture.Path(t, "cases", "data", "F01_not_utf8", c.dir)
		_, err := Pack(path, filepath.Join(t.TempDir(), "x"), PackOptions{})
		says(t, err, c.file, `key "a"`, c.line, c.at)
		rep, s := packed(t, PackOptions{SkipBroken: true}, "F01_not_utf8", c.dir)
		if s.Len() != 2 || len(rep.Skipped) != 2 {
			t.Errorf("%s: %v", c.dir, rep)
		}
	}
	t.Log("2 cases ran")
}

func TestCaseF02(t *testing.T) {
	path := fixture.Path(t, "cases", "data", "F02_nan_depth", "depth_nan")
	for _, v := range MustOpen(path).MustSample(0).Picture("depth").Pix {
		if math.IsNaN(float64(v)) || v < 0 {
			t.Fatalf("a depth of %g", v)
		}
	}
	rep, err := Check(path)
	if err != nil || !rep.OK {
		t.Fatalf("%v (%v)", rep, err)
	}
	noted(t, rep.Notes, "depth with values that are not finite", "2 (first depth/000.npy)")
	t.Log("1 case ran")
}

func TestCasesF03AndF04(t *testing.T) {
	_, s := packed(t, PackOptions{Size: 16}, "F03_pack_folders", "upper")
	if got := strings.Join(s.Modalities(), " "); got != "rgb depth" || s.Len() != 2 {
		t.Errorf("F03: %s", got)
	}
	_, s = packed(t, PackOptions{Size: 16}, "F04_pack_drops", "rgb_plus_npy_depth")
	if p := s.MustSample(0).Picture("depth"); p.H != 16 || s.Len() != 2 {
		t.Errorf("F04: %v", s)
	}
	_, s = packed(t, PackOptions{Size: 16}, "F04_pack_drops", "sidecar_txt")
	if x := s.MustSample(0); x.Text("caption") == "" || s.Len() != 3 {
		t.Errorf("F04: %v", s)
	}
	t.Log("3 cases ran")
}

func TestCaseF06(t *testing.T) {
	s := MustOpen(fixture.Path(t, "cases", "data", "F06_several_captions", "json_many"))
	drawn := map[string]bool{}
	for seed := range int64(30) {
		a, b := s.Augmented(seed).MustSample(0).Text("caption"), s.Augmented(seed).MustSample(0).Text("caption")
		if a != b {
			t.Errorf("seed %d gives %q and %q", seed, a, b)
		}
		drawn[a] = true
	}
	if len(drawn) != 3 || s.MustSample(0).Text("caption") != "a cat" || s.Epoch(0) == nil {
		t.Errorf("drawn %v, first %q", drawn, s.MustSample(0).Text("caption"))
	}
	t.Log("1 case ran")
}

func TestCasesF08AndF22OfIDs(t *testing.T) {
	_, err := MustOpen(fixture.Path(t, "cases", "data", "F08_jpeg_ids", "label_jpg")).Sample(0)
	says(t, err, "shard-00000.tar", `key "000"`, "class ids as a JPEG")
	for _, elem := range [][]string{{"F08_jpeg_ids", "label_gray"}, {"F22_messages", "label_gray_trns"}} {
		p := MustOpen(fixture.Path(t, append([]string{"cases", "data"}, elem...)...)).MustSample(0).Picture("semseg")
		most := float32(0)
		for _, v := range p.Pix {
			most = max(most, v)
		}
		if most != 6 {
			t.Errorf("%v: ids to %g, expected 6", elem, most)
		}
	}
	t.Log("3 cases ran")
}

func TestCaseF09(t *testing.T) {
	rep, s := packed(t, PackOptions{}, "F09_exif", "jpg_exif6")
	noted(t, rep.Notes, "turned upright as their Exif orientation says: 1 (a.jpg)")
	// Orientation 6: what is the left column in the file is the top row.
	path := fixture.Path(t, "cases", "data", "F09_exif", "jpg_exif6", "a.jpg")
	want := fixture.Python(t, `
import sys
from PIL import Image, ImageOps
p = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
print(" ".join(str(v) for x, y in [(2, 2), (60, 2), (2, 60), (60, 60)] for v in p.getpixel((x, y))))
`, []string{path}, "PIL")
	p := s.MustSample(0).Picture("rgb")
	for i, w := range strings.Fields(want) {
		at := [][2]int{{2, 2}, {60, 2}, {2, 60}, {60, 60}}[i/3]
		if got := p.At(at[1], at[0], i%3) * 255; math.Abs(float64(got)-number(t, w)) > 3 {
			t.Errorf("pixel %v, channel %d is %g, Pillow has %s", at, i%3, got, w)
		}
	}
	t.Log("1 case ran")
}

func TestCaseF10(t *testing.T) {
	_, s := packed(t, PackOptions{}, "F10_gif_frame", "gif_small_frame")
	p := s.MustSample(0).Picture("rgb")
	if p.H != 64 || p.At(0, 0, 0) != 0 || p.At(40, 40, 0) < 0.99 || p.At(40, 40, 1) > 0.01 {
		t.Errorf("%v: %g at the edge, %g in the frame", p, p.At(0, 0, 0), p.At(40, 40, 0))
	}
	t.Log("1 case ran")
}

func TestCaseF11(t *testing.T) {
	_, err := MustOpen(fixture.Path(t, "cases", "data", "F11_gnu_sparse", "sparse")).Sample(0)
	says(t, err, "shard-00000.tar", `key "000"`, "byte 1 is 0")
	t.Log("1 case ran")
}

// The same call packs in every program: here in one that links no decoder of
// its own.
func TestCaseF12(t *testing.T) {
	script := fixture.Path(t, "cases", "data", "F12_decoders_by_link", "pk.go")
	for _, kind := range []string{"bmp", "tif", "webp"} {
		dir := fixture.Path(t, "cases", "data", "F12_decoders_by_link", kind)
		if _, s := packed(t, PackOptions{}, "F12_decoders_by_link", kind); s.Len() != 1 {
			t.Errorf("%s: %v", kind, s)
		}
		if testing.Short() {
			continue
		}
		out, err := exec.Command("go", "run", script, dir, filepath.Join(t.TempDir(), "set")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "1 sample of rgb") {
			t.Errorf("%s: %v %s", kind, err, out)
		}
	}
	t.Log("3 cases ran")
}

func TestCaseF13(t *testing.T) {
	rep, err := Check(fixture.Path(t, "cases", "data", "F13_meta_first_line", "set"))
	if err != nil || rep.Samples != 2 || rep.OK {
		t.Errorf("%v (%v)", rep, err)
	}
	noted(t, rep.Problems, `key "a": line 1 has no "caption"`)
	t.Log("1 case ran")
}

func TestCasesF15AndF22OfTexts(t *testing.T) {
	_, s := packed(t, PackOptions{Size: 16}, "F15_bom", "jsonl_bom")
	if s.Len() != 3 || s.MustSample(0).Text("caption") != "a red ball" {
		t.Errorf("F15: %v", s)
	}
	_, s = packed(t, PackOptions{Size: 16}, "F22_messages", "csv_utf16")
	if s.Len() != 3 || s.MustSample(1).Text("caption") != "a blue box" {
		t.Errorf("F22: %v", s)
	}
	t.Log("2 cases ran")
}

func TestCaseF16(t *testing.T) {
	s := MustOpen(fixture.Path(t, "cases", "data", "F16_npy_header", "npy_keys_reordered"))
	if tk := s.MustSample(0).Toks["rgb@224"]; len(tk.IDs) != 196 {
		t.Errorf("%v", tk)
	}
	t.Log("1 case ran")
}

// The cases that are made here: a linked folder is followed (F05), what is
// hidden is none of the set's (F07), depth of (1, H, W) is depth (F17), a gzip
// that is called .tar is read, and of a ragged row only the row is lost (F22).
func TestCasesF05F07F17F22(t *testing.T) {
	far := lies(t, map[string][]byte{"b.png": pngOf(t, 8, 8, 1)})
	dir := lies(t, map[string][]byte{"line/a.png": pngOf(t, 8, 8, 1), "line/.ipynb_checkpoints/a-checkpoint.png": pngOf(t, 8, 8, 1)})
	if err := os.Symlink(far, filepath.Join(dir, "line", "more")); err != nil {
		t.Skip(err)
	}
	if got := strings.Join(MustOpen(dir).Keys(), " "); got != "a more/b" {
		t.Errorf("F05, F07: keys %s", got)
	}
	s := MustOpen(lies(t, map[string][]byte{"depth/a.npy": floats("(1, 2, 3)", 1, 2, 3, 4, 5, 6)}))
	if p := s.MustSample(0).Picture("depth"); p.H != 2 || p.W != 3 || p.C != 1 || p.At(1, 2, 0) != 6 {
		t.Errorf("F17: %v", p)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(tarOf(t, []file{{"a.png", pngOf(t, 8, 8, 1)}}))
	w.Close()
	if s := MustOpen(lies(t, map[string][]byte{"line/shard-00000.tar": z.Bytes()})); s.Len() != 1 {
		t.Errorf("F22: %v", s)
	}
	p := photo(t, 9)
	rows := lies(t, map[string][]byte{"a.jpg": p, "b.jpg": p, "t.csv": []byte("file,caption\na.jpg,one\nb.jpg,two,too\n")})
	_, err := Pack(rows, filepath.Join(t.TempDir(), "x"), PackOptions{Size: 16})
	says(t, err, "t.csv", `key "b"`, "line 3 has 3 values, the header has 2")
	rep, err := Pack(rows, filepath.Join(t.TempDir(), "x"), PackOptions{Size: 16, SkipBroken: true})
	if err != nil || rep.Samples != 1 || len(rep.Skipped) != 2 {
		t.Errorf("F22: %v (%v)", rep, err)
	}
	t.Log("5 cases ran")
}
