package datasets

// Packing, writing and checking: what goes in comes out, and what fails
// leaves nothing behind.

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// folder is a folder of three pictures 40x30 with depth and a caption file.
func folder(t *testing.T) string {
	dir := t.TempDir()
	for i, k := range []string{"cat", "dog", "owl"} {
		im := image.NewRGBA(image.Rect(0, 0, 40, 30))
		for j := range im.Pix {
			im.Pix[j] = uint8(60 * (i + 1))
		}
		var b bytes.Buffer
		jpeg.Encode(&b, im, nil)
		put(t, filepath.Join(dir, k+".jpg"), b.Bytes())
		d := image.NewGray16(image.Rect(0, 0, 40, 30))
		for j := range 40 * 30 {
			d.SetGray16(j%40, j/40, color.Gray16{Y: uint16(1001 * (i + 1))})
		}
		b.Reset()
		png.Encode(&b, d)
		put(t, filepath.Join(dir, k+"_depth.png"), b.Bytes())
	}
	put(t, filepath.Join(dir, "captions.csv"), []byte("file,caption,mood\ncat.jpg,\"a cat, asleep\",calm\ndog.jpg,a dog,glad\nowl.jpg,an owl,wise\n"))
	return dir
}

func TestPackAndOpen(t *testing.T) {
	out := filepath.Join(t.TempDir(), "set")
	rep, err := Pack(folder(t), out, PackOptions{Size: 16})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Samples != 3 || rep.Shards != 1 || strings.Join(rep.Modalities, " ") != "rgb depth caption mood" {
		t.Errorf("report: %v", rep)
	}
	s := MustOpen(out)
	if got := strings.Join(s.Keys(), " "); got != "cat dog owl" {
		t.Errorf("keys %s", got)
	}
	x := s.MustSample(1)
	if x.Text("caption") != "a dog" || x.Text("mood") != "glad" {
		t.Errorf("texts of %v", x)
	}
	if d := x.Picture("depth"); d.H != 16 || d.At(3, 3, 0) != float32(2.002) {
		t.Errorf("depth %v, expected 2.002 m", d)
	}
	if p := x.Picture("rgb"); p.H != 16 || p.W != 16 || math.Abs(float64(p.At(8, 8, 0))-120.0/255) > 0.02 {
		t.Errorf("rgb %v", p)
	}
	check, err := Check(out)
	if err != nil || !check.OK || check.Samples != 3 {
		t.Errorf("check: %v %v", check, err)
	}
	_, err = Pack(folder(t), out, PackOptions{})
	says(t, err, out, "not empty")
}

func TestPackTellsModalitiesApart(t *testing.T) {
	got := place([]string{"depth/a.png", "rgb/a.jpg", "b.depth.png", "b.png", "finish_line.jpg", "c_line.png", "c.jpg", "d_rgb.png", "d_line.png", "x/y.png"}, nil)
	want := []placed{{rel: "depth/a.png", mod: "depth", key: "a"}, {rel: "rgb/a.jpg", mod: "rgb", key: "a"}, {rel: "b.depth.png", mod: "depth", key: "b"}, {rel: "b.png", mod: "rgb", key: "b"},
		{rel: "finish_line.jpg", mod: "rgb", key: "finish_line"}, {rel: "c_line.png", mod: "line", key: "c"}, {rel: "c.jpg", mod: "rgb", key: "c"}, {rel: "d_rgb.png", mod: "rgb", key: "d"}, {rel: "d_line.png", mod: "line", key: "d"}, {rel: "x/y.png", mod: "rgb", key: "x__y"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("placed\n%v, expected\n%v", got, want)
	}
}

func TestPackFaults(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		words []string
		left  int // samples with SkipBroken; 0: fails all the same
	}{
		"no depth":      {func(t *testing.T, d string) { os.Remove(filepath.Join(d, "dog_depth.png")) }, []string{"dog.jpg", `key "dog"`, "depth"}, 2},
		"broken jpg":    {func(t *testing.T, d string) { os.Truncate(filepath.Join(d, "dog.jpg"), 300) }, []string{"dog.jpg", "broken picture"}, 2},
		"8-bit depth":   {func(t *testing.T, d string) { put(t, filepath.Join(d, "dog_depth.png"), pngOf(t, 40, 30, 7)) }, []string{"dog_depth.png", "8-bit gray", "16-bit"}, 2},
		"other shape":   {func(t *testing.T, d string) { put(t, filepath.Join(d, "dog.jpg"), pngOf(t, 30, 30, 7)) }, []string{"dog", "shape", "30x30", "40x30"}, 2},
		"same key":      {func(t *testing.T, d string) { put(t, filepath.Join(d, "dog.png"), pngOf(t, 40, 30, 7)) }, []string{"dog.png", `key "dog"`, "dog.jpg"}, 3},
		"no picture":    {rows("file,caption\ncat,a\ndog,b\nowl,c\nfox,d\n"), []string{"captions.csv", `key "fox"`, "no picture"}, 3},
		"no caption":    {rows("file,caption\ncat,a\nowl,c\n"), []string{`key "dog"`, "no usable row", "captions.csv"}, 2},
		"empty caption": {rows("file,caption\ncat,a\ndog,\nowl,c\n"), []string{"captions.csv", `key "dog"`, "line 3", "no caption"}, 2},
		"two parts":     {rows("file,caption,split\ncat,a,train\ndog,b,val\ndog.jpg,b2,test\nowl,c,val\n"), []string{"captions.csv", "line 4", "part"}, 3},
		"ragged row":    {rows("file,caption\ncat,a\ndog,b,c\nowl,c\n"), []string{"captions.csv", `key "dog"`, "line 3 has 3 values, the header has 2"}, 2},
		"latin-1":       {rows("file,caption\ncat,a\ndog,caf\xe9\nowl,c\n"), []string{"captions.csv", `key "dog"`, "line 3", "0xe9 at 8", "UTF-8"}, 2},
		"no key column": {rows("who;caption\nme;a\n"), []string{"captions.csv", `["who" "caption"]`, "names the picture"}, 0},
		"keys alone":    {rows("file\ncat\n"), []string{"captions.csv", "expected a caption"}, 0},
		"ragged":        {rows("file,caption\ncat,a,b,c\n"), []string{"captions.csv", "line 2"}, 0},
		"two files":     {func(t *testing.T, d string) { put(t, filepath.Join(d, "b.jsonl"), []byte("{}")) }, []string{"captions.csv", "b.jsonl", "PackOptions.Captions"}, 0},
		"text column":   {rows("file,caption,depth\ncat,a,b\n"), []string{"depth", "no text"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir, base := folder(t), t.TempDir()
			c.spoil(t, dir)
			_, err := Pack(dir, filepath.Join(base, "set"), PackOptions{Size: 16})
			says(t, err, c.words...)
			rep, err := Pack(dir, filepath.Join(base, "set"), PackOptions{Size: 16, SkipBroken: true})
			if c.left == 0 {
				says(t, err, c.words...)
				if list, _ := os.ReadDir(base); len(list) > 0 {
					t.Errorf("a failure left %v behind", list)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if rep.Samples != c.left || len(rep.Skipped) == 0 {
				t.Errorf("report %v, expected %d samples", rep, c.left)
			}
			if check, err := Check(rep.Out); err != nil || !check.OK || check.Samples != c.left {
				t.Errorf("check: %v %v", check, err)
			}
		})
	}
	_, err := Pack(t.TempDir(), filepath.Join(t.TempDir(), "x"), PackOptions{})
	says(t, err, "no pictures")
	_, err = Pack(t.TempDir(), "x", PackOptions{Size: 3})
	says(t, err, "size 3")
}

func rows(text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { put(t, filepath.Join(dir, "captions.csv"), []byte(text)) }
}

func TestCaptionFiles(t *testing.T) {
	dir := t.TempDir()
	want := map[string]map[string]string{"a": {"caption": "one"}, "b": {"caption": "two"}}
	for name, text := range map[string]string{
		"comma.csv":     "file,caption\na.png,one\nb.png,two\n",
		"semicolon.csv": "\ufeffid;Text\r\na;one\r\nb;two\r\n",
		"tab.tsv":       "key\tcaption\na\tone\nb\ttwo\n",
		"lines.jsonl":   `{"file": "a.png", "id": 7, "captions": ["one", "uno"], "width": 3}` + "\n" + `{"file": "b.png", "id": 8, "captions": ["two"]}`,
	} {
		p := filepath.Join(dir, name)
		put(t, p, []byte(text))
		got, err := readTexts(dir, []string{p}, indexNames([]string{"a", "b"}), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for k, w := range want {
			if said := got.rows[k].said["caption"]; len(said) == 0 || said[0] != w["caption"] {
				t.Errorf("%s: row %s is %v, expected %v", name, k, got.rows[k], w)
			}
		}
		if strings.Join(got.columns, " ") != "caption" {
			t.Errorf("%s: columns %v", name, got.columns)
		}
	}
}

func TestScenesThroughShards(t *testing.T) {
	out := filepath.Join(t.TempDir(), "deep", "scenes")
	in := Scenes(12, 4)
	if err := Write(in, out); err != nil {
		t.Fatal(err)
	}
	back := MustOpen(out)
	if !reflect.DeepEqual(back.Keys(), in.Keys()) || !reflect.DeepEqual(back.Modalities(), in.Modalities()) {
		t.Fatalf("%v\nexpected\n%v", back, in)
	}
	for i := range in.Len() {
		a, b := in.MustSample(i), back.MustSample(i)
		for _, n := range a.Names() {
			p, ok := a.Values[n].(*modality.Picture)
			if !ok {
				if !reflect.DeepEqual(a.Values[n], b.Values[n]) {
					t.Errorf("%s: %v came back as %v", n, a.Values[n], b.Values[n])
				}
				continue
			}
			room := map[string]float64{"depth": 0.00051, "normal": 0.009}[n]
			q := b.Picture(n)
			for j := range p.Pix {
				if math.Abs(float64(p.Pix[j]-q.Pix[j])) > room {
					t.Fatalf("%s: value %d is %g, came back as %g", n, j, p.Pix[j], q.Pix[j])
				}
			}
		}
	}
	says(t, Write(in, out), "not empty")
	rep, err := Check(out)
	if err != nil || !rep.OK || rep.Samples != 12 {
		t.Errorf("check: %v %v", rep, err)
	}
	for _, w := range []string{"rgb", "64x64x3", "m\n", "words", "no problems"} {
		if !strings.Contains(rep.String(), w) {
			t.Errorf("report lacks %q:\n%s", w, rep)
		}
	}
	// Written again, the same bytes.
	twin := filepath.Join(t.TempDir(), "twin")
	if err := Write(Scenes(12, 4), twin); err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile(filepath.Join(out, "depth", "shard-00000.tar"))
	b, _ := os.ReadFile(filepath.Join(twin, "depth", "shard-00000.tar"))
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("two writings of one set differ")
	}
}

func TestWriteKeepsTheSplits(t *testing.T) {
	dir := t.TempDir()
	for i, k := range []string{"a", "b", "c"} {
		put(t, filepath.Join(dir, "line", k+".png"), pngOf(t, 8, 8, uint8(i)))
	}
	put(t, filepath.Join(dir, "meta.jsonl"), []byte(`{"id":"c","split":"train"}`+"\n"+`{"id":"b","split":"hard"}`+"\n"+`{"id":"a","split":"train"}`))
	out := filepath.Join(t.TempDir(), "out")
	if err := Write(MustOpen(dir), out); err != nil {
		t.Fatal(err)
	}
	s := MustOpen(out)
	if got := strings.Join(s.Split("train").Keys(), "") + strings.Join(s.Split("hard").Keys(), ""); got != "acb" {
		t.Errorf("splits %s, expected a and c, then b", got)
	}
	says(t, panicOf(t, func() { s.Split("val") }), `"val"`, "hard, train")
}

func TestManyShards(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	w, err := newWriter(out)
	if err != nil {
		t.Fatal(err)
	}
	p := modality.NewPicture(2, 2, 1)
	for i := range 2*perShard + 5 {
		if err := w.add(modality.Sample{Key: "k" + string(rune('a'+i/1000)) + strings.Repeat("x", i%1000), Values: map[string]any{"edge": p}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.finish(); err != nil {
		t.Fatal(err)
	}
	shards, _ := filepath.Glob(filepath.Join(out, "edge", "*.tar"))
	if s := MustOpen(out); len(shards) != 3 || s.Len() != 2*perShard+5 {
		t.Errorf("%d shards, %d samples", len(shards), s.Len())
	}
}
