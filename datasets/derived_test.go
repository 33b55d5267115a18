package datasets

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"fourmlab/fourm/modality"
)

// own is a Data as a person declares one.
type own struct{ reads *int }

func (o own) Len() int { return 30 }

func (o own) Sample(i int) (modality.Sample, error) {
	*o.reads++
	if i == 29 {
		return modality.Sample{}, errors.New("cut off")
	}
	p := modality.NewPicture(2, 2, 1)
	p.Pix[0] = float32(i) / 7
	return modality.Sample{Key: string(rune('a' + i)), Values: map[string]any{"edge": p, "caption": "x", "box": []modality.Box{}, "group": []int{i, 3}}}, nil
}

func TestMapAndCache(t *testing.T) {
	reads, calls := 0, 0
	double := func(s modality.Sample) any {
		calls++
		q := s.Picture("edge").Clone()
		for i := range q.Pix {
			q.Pix[i] *= 2
		}
		return q
	}
	s := Cache(Map(own{&reads}, "line", double))
	if got := strings.Join(s.Head(3).Modalities(), " "); got != "line edge box caption group" {
		t.Errorf("modalities %s", got)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 29 {
				x := s.MustSample(i)
				if x.Picture("line").Pix[0] != x.Picture("edge").Pix[0]*2 || x.Key != string(rune('a'+i)) {
					t.Errorf("%v", x)
				}
			}
		})
	}
	all.Wait()
	if reads != 29 || calls != 29 {
		t.Errorf("%d reads and %d calls, expected one of each a sample", reads, calls)
	}
	before, made := reads, calls
	if _, err := modality.Collect(s, 0, 29); err != nil {
		t.Fatal(err)
	}
	if reads != before || calls != made {
		t.Errorf("%d reads and %d calls more, expected none", reads-before, calls-made)
	}
	_, err := s.Sample(29)
	says(t, err, "sample 29", "cut off")
	parts := s.Head(29)
	if n := parts.Split("train").Len() + parts.Split("val").Len() + parts.Split("test").Len(); n != 29 {
		t.Errorf("%d samples in the parts", n)
	}
	for want, f := range map[string]func(modality.Sample) any{
		`key "a": line: no good`: func(modality.Sample) any { return errors.New("no good") },
		"gave nothing":           func(modality.Sample) any { var p *modality.Picture; return p },
		"with 1 numbers":         func(modality.Sample) any { return &modality.Picture{H: 2, W: 2, C: 1, Pix: []float32{1}} },
	} {
		_, err := Map(own{&reads}, "line", f).Sample(0)
		says(t, err, want)
	}
	im := Map(own{&reads}, "rgb", func(modality.Sample) any { return image.NewGray(image.Rect(0, 0, 3, 2)) })
	if p, ok := im.MustSample(0).Values["rgb"].(*modality.Picture); !ok || p.H != 2 || p.C != 3 {
		t.Errorf("%v", im.MustSample(0))
	}
	says(t, panicOf(t, func() { Map(nil, "x", double) }), "datasets.Map", "nil")
}

// A set below keeps its keys, parts and captions.
func TestMapOfASet(t *testing.T) {
	dir := lies(t, map[string][]byte{"line/a.png": pngOf(t, 8, 8, 1), "line/b.png": pngOf(t, 8, 8, 2),
		"meta.jsonl": []byte(`{"id":"a","split":"train","captions":["one","two"]}` + "\n" + `{"id":"b","split":"hard","captions":["x"]}`)})
	s := Map(MustOpen(dir), "shout", func(s modality.Sample) any { return strings.ToUpper(s.Text("caption")) })
	if got := s.Split("hard").MustSample(0); got.Key != "b" || got.Text("shout") != "X" {
		t.Errorf("%v", got)
	}
	drawn := map[string]bool{}
	for e := range 20 {
		x, err := s.Epoch(e).Sample(0)
		if err != nil || strings.ToUpper(x.Text("caption")) != x.Text("shout") {
			t.Errorf("%v (%v)", x, err)
		}
		drawn[x.Text("shout")] = true
	}
	if len(drawn) != 2 {
		t.Errorf("drawn %v", drawn)
	}
}

func TestCacheIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	open := func(reads *int) *Set {
		s, err := CacheIn(own{reads}, dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, again := 0, 0
	a := open(&first)
	for i := range 29 {
		a.MustSample(i)
	}
	b := open(&again)
	for i := range 29 {
		x, y := a.MustSample(i), b.MustSample(i)
		if x.Key != y.Key || !reflect.DeepEqual(x.Values, y.Values) {
			t.Errorf("%v came back as %v", x.Values, y.Values)
		}
	}
	if first != 29 || again != 0 {
		t.Errorf("read %d and %d times", first, again)
	}
	set := Scenes(3, 1)
	if _, err := CacheIn(set, dir); err == nil || !strings.Contains(err.Error(), "30 samples of data") {
		t.Errorf("%v", err)
	}
	busy := t.TempDir()
	put(t, filepath.Join(busy, "x"), nil)
	if _, err := CacheIn(set, busy); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("%v", err)
	}
	scenes, err := CacheIn(set, filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	x := scenes.MustSample(1)
	scenes.src.(*mapped).kept = newCache(0)
	if y := scenes.MustSample(1); !reflect.DeepEqual(x.Values, y.Values) {
		t.Errorf("%v came back as %v", x, y)
	}
	if err := os.WriteFile(scenes.src.(*mapped).disk.path(1), []byte("rubbish"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = scenes.Sample(1)
	says(t, err, "00000001.gob")
}

func TestPhoto(t *testing.T) {
	dir := lies(t, map[string][]byte{"cat.jpg": photo(t, 100), "far.PNG": depthOf(t, 2500), "x.psd": []byte("8BPS....")})
	s, err := Photo(filepath.Join(dir, "cat.jpg"))
	if p := s.Picture("rgb"); err != nil || s.Key != "cat" || p.H != 64 || p.W != 64 || p.At(9, 9, 1) < 0.38 || p.At(9, 9, 1) > 0.40 {
		t.Errorf("%v (%v)", s, err)
	}
	if p := MustPhoto(filepath.Join(dir, "cat.jpg")).Picture("rgb"); p.H != 64 {
		t.Error(p)
	}
	s, err = PhotoAs(filepath.Join(dir, "far.PNG"), "depth")
	if err != nil || s.Picture("depth").At(3, 3, 0) != 2.5 {
		t.Errorf("%v (%v)", s, err)
	}
	if s, err = PhotoAs(filepath.Join(dir, "cat.jpg"), "rgb@224"); err != nil || s.Picture("rgb@224").H != 224 {
		t.Errorf("%v (%v)", s, err)
	}
	_, err = Photo(filepath.Join(dir, "gone.jpg"))
	says(t, err, "datasets.Photo", "gone.jpg", "no such file")
	_, err = Photo(filepath.Join(dir, "x.psd"))
	says(t, err, "x.psd", "it is Photoshop")
	says(t, panicOf(t, func() { PhotoAs("x", "caption") }), "pictures")
}
