package datasets

// Sets with ready-made tokens: what a sample shows is one window of all its
// modalities, and what does not fit together is told with file and key.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fourmlab/datasets/augment"
	"fourmlab/datasets/npy"
	"fourmlab/fourm/modality"
)

// rawSample is a picture of random blocks with all that belongs to it.
type rawSample struct {
	key     string
	im      *image.RGBA
	windows []augment.Crop
	box     modality.Box
}

const nTokens = 196

// tokensOf stands for a tokenizer: a code for the brightness of each patch, so
// that it can be told from a sample's pixels whether its tokens are of them.
func tokensOf(p *modality.Picture) []int {
	ids := make([]int, nTokens)
	for i := range ids {
		sum := float32(0)
		for k := range 256 {
			y, x := i/14*16+k/16, i%14*16+k%16
			for c := range 3 {
				sum += p.At(y, x, c)
			}
		}
		ids[i] = int(sum*255/768 + 0.5)
	}
	return ids
}

// shownOf is the picture of a window as the published models are given it.
func shownOf(im image.Image, c augment.Crop) *modality.Picture {
	return augment.FromImage(im).Cut(c).Resize(224, 224, augment.Bicubic).Mirror(c.Flip).Picture()
}

func newRawSamples(n, rows int) []rawSample {
	r := rand.New(rand.NewPCG(11, 12))
	var out []rawSample
	for i := range n {
		h, w := 40+r.IntN(60), 40+r.IntN(60)
		s := rawSample{key: fmt.Sprintf("c%d/s%02d", i%2, i), im: image.NewRGBA(image.Rect(0, 0, w, h))}
		for k := 0; k < len(s.im.Pix); k += 4 {
			y, x := k/4/w/8, k/4%w/8
			for c := range 3 {
				s.im.Pix[k+c] = uint8((y*37+x*91+i*13+c*50)*29%200 + 20)
			}
			s.im.Pix[k+3] = 255
		}
		s.windows = augment.Rows(r, h, w, rows, 0.5)
		s.box = modality.Box{X0: 0.4, Y0: 0.4, X1: 0.6, Y1: 0.7, Class: "cat", Score: 0.9}
		out = append(out, s)
	}
	return out
}

// files gives the files of a set by folder.
func (s rawSample) files(t testing.TB) map[string]file {
	t.Helper()
	var pic bytes.Buffer
	if err := png.Encode(&pic, s.im); err != nil {
		t.Fatal(err)
	}
	var rows, ids []int
	var captions []string
	for i, c := range s.windows {
		rows = append(rows, c.Row()...)
		ids = append(ids, tokensOf(shownOf(s.im, c))...)
		captions = append(captions, fmt.Sprintf("%s in window %d", s.key, i))
	}
	js := func(v any) []byte {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	det := map[string]any{"instances": []any{map[string]any{"boxes": []float64{s.box.X0, s.box.Y0, s.box.X1, s.box.Y1}, "class_name": s.box.Class, "score": s.box.Score}}}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(js(captions))
	z.Close()
	return map[string]file{
		"rgb":           {s.key + ".png", pic.Bytes()},
		"tok_rgb@224":   {s.key + ".npy", npy.Table(len(s.windows), nTokens, ids)},
		"crop_settings": {s.key + ".npy", npy.Table(len(s.windows), 5, rows)},
		"caption":       {s.key + ".json.gz", zipped.Bytes()},
		"det":           {s.key + ".json", js(det)},
	}
}

// lay writes a set as shards of so many samples, or as loose files for 0.
// spoil may change the files of a sample.
func lay(t testing.TB, samples []rawSample, perShard int, spoil func(key string, f map[string]file)) string {
	t.Helper()
	dir := t.TempDir()
	shards := map[string][]file{}
	for i, s := range samples {
		files := s.files(t)
		if spoil != nil {
			spoil(s.key, files)
		}
		for folder, f := range files {
			if perShard == 0 {
				put(t, filepath.Join(dir, folder, f.name), f.data)
				continue
			}
			p := filepath.Join(dir, folder, fmt.Sprintf("shard-%05d.tar", i/perShard))
			shards[p] = append(shards[p], f)
		}
	}
	for p, files := range shards {
		put(t, p, tarOf(t, files))
	}
	return dir
}

// aligned fails unless all of a sample shows the window of a row.
func aligned(t *testing.T, s modality.Sample, raw rawSample, row int) {
	t.Helper()
	p := s.Picture("rgb@224")
	tk := s.Tokens("tok_rgb@224")
	if p.H != 224 || p.W != 224 || tk.Rows != 14 || tk.Cols != 14 || tk.Modality != "rgb@224" {
		t.Fatalf("%s: %dx%d pixels and %dx%d tokens of %s", s.Key, p.H, p.W, tk.Rows, tk.Cols, tk.Modality)
	}
	if !slices.Equal(tokensOf(p), tk.IDs) {
		t.Errorf("%s: its tokens are not of its pixels", s.Key)
	}
	if !slices.Equal(p.Pix, shownOf(raw.im, raw.windows[row]).Pix) {
		t.Errorf("%s: its pixels are not of row %d", s.Key, row)
	}
	if want := fmt.Sprintf("%s in window %d", raw.key, row); s.Text("caption") != want {
		t.Errorf("caption %q, expected %q", s.Text("caption"), want)
	}
	r := raw.im.Bounds()
	if want := raw.windows[row].Boxes([]modality.Box{raw.box}, r.Dy(), r.Dx()); !reflect.DeepEqual(s.Boxes("box"), want) {
		t.Errorf("%s: boxes %v, expected %v", s.Key, s.Boxes("box"), want)
	}
}

// Shards and folders give the same samples: row 0 as it is, and any row, the
// same for all modalities, when windows are drawn.
func TestPreTokenised(t *testing.T) {
	raws := newRawSamples(7, 4)
	by := map[string]rawSample{}
	for _, s := range raws {
		by[s.key] = s
	}
	for perShard, name := range []string{"folders", "one", "two", "three a shard"} {
		t.Run(name, func(t *testing.T) {
			set, err := Open(lay(t, raws, perShard, nil))
			if err != nil {
				t.Fatal(err)
			}
			if set.Len() != 7 || !slices.Equal(set.Modalities(), []string{"box", "caption", "rgb@224"}) {
				t.Fatalf("%d samples of %v", set.Len(), set.Modalities())
			}
			rows := map[int]bool{}
			for i := range set.Len() {
				s := set.MustSample(i)
				aligned(t, s, by[s.Key], 0)
				for seed := range int64(8) {
					x := set.Augmented(seed).MustSample(i)
					row := slices.IndexFunc(by[s.Key].windows, func(c augment.Crop) bool {
						return slices.Equal(shownOf(by[s.Key].im, c).Pix, x.Picture("rgb@224").Pix)
					})
					if row < 0 {
						t.Fatalf("%s: its pixels are of no window", x.Key)
					}
					rows[row] = true
					aligned(t, x, by[x.Key], row)
				}
			}
			if len(rows) != 4 {
				t.Errorf("windows %v were drawn, expected all 4", rows)
			}
			a, b := set.Augmented(5), set.Augmented(5).Head(4)
			for i := range b.Len() {
				if !reflect.DeepEqual(a.MustSample(i), b.MustSample(i)) {
					t.Errorf("sample %d of one seed is not always the same", i)
				}
			}
		})
	}
}

// Captions that are not one for each window: the first, or one at random.
func TestSeveralCaptions(t *testing.T) {
	raws := newRawSamples(2, 1)
	set, err := Open(lay(t, raws, 0, func(key string, f map[string]file) {
		f["caption"] = file{key + ".json", []byte(`["one", "two", "three"]`)}
	}))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seed := range int64(30) {
		a := set.Augmented(seed)
		seen[a.MustSample(0).Text("caption")] = true
		if set.MustSample(0).Text("caption") != "one" || a.MustSample(1).Text("caption") != set.Augmented(seed).MustSample(1).Text("caption") {
			t.Error("a caption is not always the same")
		}
	}
	if len(seen) != 3 {
		t.Errorf("captions %v were drawn, expected all 3", seen)
	}
}

// Folders of other names, domains by their official names, other sizes.
func TestPreTokenisedNames(t *testing.T) {
	raws := newRawSamples(3, 2)
	dir := lay(t, raws, 2, nil)
	if err := os.Rename(filepath.Join(dir, "tok_rgb@224"), filepath.Join(dir, "rgb_dvae_BUa_224")); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir)
	says(t, err, "rgb_dvae_BUa_224", `"npy"`)
	_, err = OpenWith(dir, Options{Names: map[string]string{"nowhere": "rgb"}})
	says(t, err, "nowhere", "no such folder")
	set, err := OpenWith(dir, Options{Names: map[string]string{"rgb": "rgb@224", "rgb_dvae_BUa_224": "tok_rgb@224"}})
	if err != nil {
		t.Fatal(err)
	}
	s := set.MustSample(0)
	if s.Picture("rgb@224").H != 224 || s.Tokens("rgb@224").Cols != 14 || len(s.Boxes("box")) != 1 {
		t.Errorf("%v", s)
	}
}

// Tokens without windows have one row, of the square in the middle; a set of
// tokens can be written, and read again.
func TestTokensWithoutWindows(t *testing.T) {
	raws := newRawSamples(3, 1)
	dir := lay(t, raws, 2, func(_ string, f map[string]file) { delete(f, "crop_settings") })
	set, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Len() {
		aligned(t, set.MustSample(i), raws[i], 0)
	}
	for _, w := range []string{"rgb@224", "224x224x3", "tok_rgb@224 14x14 tokens"} {
		if !strings.Contains(set.String(), w) {
			t.Errorf("the table lacks %q:\n%s", w, set)
		}
	}
	rep, err := Check(dir)
	if err != nil || !rep.OK || !strings.Contains(rep.String(), "tok_rgb@224") {
		t.Errorf("%v (%v)", rep, err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := Write(set, out); err != nil {
		t.Fatal(err)
	}
	again := MustOpen(out)
	for i := range set.Len() {
		a, b := set.MustSample(i), again.MustSample(i)
		if !reflect.DeepEqual(a.Toks, b.Toks) || !reflect.DeepEqual(a.Boxes("box"), b.Boxes("box")) || a.Text("caption") != b.Text("caption") {
			t.Errorf("%v came back as %v", a, b)
		}
		if p, q := a.Picture("rgb@224"), b.Picture("rgb@224"); !slices.Equal(p.Pix, q.Pix) {
			t.Error("pixels came back as others")
		}
	}
	two := lay(t, newRawSamples(2, 2), 2, func(_ string, f map[string]file) { delete(f, "crop_settings") })
	_, err = MustOpen(two).Sample(0)
	says(t, err, "2 rows of tokens, but one window", "tok_rgb@224", `key "c0/s00"`)
}

// Epochs of training show other crops, the same for the same number; a set of
// one crop a sample has no epochs.
func TestEpochs(t *testing.T) {
	set, err := Open(lay(t, newRawSamples(6, 4), 4, nil))
	if err != nil {
		t.Fatal(err)
	}
	tokens := func(n int) (out [][]int) {
		e := set.Epoch(n)
		if e == nil {
			t.Fatal("a set of several crops has no epochs")
		}
		for i := range e.Len() {
			s, err := e.Sample(i)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s.Toks["rgb@224"].IDs)
		}
		return out
	}
	if !reflect.DeepEqual(tokens(1), tokens(1)) || reflect.DeepEqual(tokens(1), tokens(2)) {
		t.Error("two epochs are the same, or one is not the same twice")
	}
	one, err := Open(lay(t, newRawSamples(3, 1), 0, nil))
	if err != nil {
		t.Fatal(err)
	}
	if one.Epoch(0) != nil || Scenes(4, 1).Epoch(0) != nil {
		t.Error("a set that shows one thing has epochs")
	}
}
