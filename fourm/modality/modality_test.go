package modality_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"fourmlab/fourm/modality"
	"fourmlab/internal/fault"
)

// panics tells whether f panics with a line that has want in it.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		e, ok := recover().(*fault.Error)
		if !ok || !strings.Contains(e.Error(), want) || strings.Contains(e.Error(), "\n") {
			t.Errorf("got %v, expected a line with %q", e, want)
		}
	}()
	f()
}

// The numbers of 4M's domains are the official ones.
func TestIDs(t *testing.T) {
	for name, want := range map[string]int{
		"rgb@224": 20716, "caption": 32652, "det": 30982, "tok_rgb@224": 11606, "tok_depth@224": 20063, "tok_normal@224": 16656,
		"tok_semseg@224": 12515, "tok_clip@224": 11422, "t5_caption": 28551, "metadata": 1951, "human_poses": 30584, "color_palette": 12967,
		"sam_mask": 10735, "sam_instance": 1938, "tok_canny_edge@224": 12520, "tok_sam_edge@224": 7842, "tok_dinov2@224": 26275,
		"tok_imagebind@224": 6200, "tok_dinov2_global": 29172, "tok_imagebind_global": 12099, "rgb@448": 27924, "tok_rgb@448": 1057,
		"tok_depth@448": 11499, "tok_normal@448": 32321, "tok_semseg@448": 10291, "tok_clip@448": 3585, "rgb": 13010, "depth": 17286,
		"normal": 25850, "semseg_coco": 4154, "CLIP-B16": 10663, "canny_edge": 10506,
	} {
		if got := modality.ID(name); got != want {
			t.Errorf("%s has the number %d, expected %d", name, got, want)
		}
	}
}

// A modality is found by its short name, its token domain, and the official
// name of that; its zero values stand for the lab's.
func TestRegistry(t *testing.T) {
	modality.Register(modality.Modality{Name: "sketch", Official: "tok_canny", Look: modality.Gray})
	for _, n := range []string{"sketch", "tok_sketch", "tok_canny", "tok_canny@224", "sketch@448"} {
		if m, ok := modality.Find(n); !ok || m.Name != "sketch" || m.Height != 64 || m.Patch != 8 || m.Vocab != 256 || m.Channels != 1 || m.Grid() != 8 {
			t.Errorf("%s gives %+v", n, m)
		}
	}
	modality.Register(modality.Modality{Name: "sketch", Look: modality.Color, Height: 32})
	if m := modality.Lookup("sketch"); m.Height != 32 || m.Channels != 3 || m.Official != "tok_sketch" {
		t.Errorf("registered again: %+v", m)
	}
	modality.Register(modality.Modality{Name: "poem", Kind: modality.Sequence})
	if m := modality.Lookup("poem"); m.MaxTokens != 32 || m.Look != modality.Caption || m.Grid() != 0 || m.Domain() != "poem" {
		t.Errorf("a sequence: %+v", m)
	}
	for want, m := range map[string]modality.Modality{
		`name "" is not usable`:                    {},
		`name "a b" is not usable`:                 {Name: "a b"},
		`name "tok_x" is not usable`:               {Name: "tok_x"},
		`size 20x20 is no multiple of patch 8`:     {Name: "x", Height: 20},
		`vocabulary of 1, expected 2 to 65536`:     {Name: "x", Vocab: 1},
		`at most 1 tokens, expected 2 or more`:     {Name: "x", Kind: modality.Sequence, MaxTokens: 1},
		`an image modality cannot look like text`:  {Name: "x", Look: modality.Caption},
		`size -8x-8 is no multiple of patch 8`:     {Name: "x", Height: -8},
		`vocabulary of 100000, expected 2 to 6553`: {Name: "x", Vocab: 100000},
	} {
		panics(t, want, func() { modality.Register(m) })
	}
	panics(t, `fourm.Lookup: no modality "dept" (have `, func() { modality.Lookup("dept") })
	panics(t, `did you mean "depth"?`, func() { modality.Lookup("dept") })
	panics(t, `"sketch" has no tokenizer (train one: fourm.TrainTokenizers(ds, "sketch")`, func() { modality.NeedTokenizer("op", "sketch") })
}

// Patches are rows of a picture in reading order, and go back to it.
func TestPatches(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	p := modality.NewPicture(4, 6, 3)
	for i := range p.Pix {
		p.Pix[i] = r.Float32()
	}
	x := modality.Patches(p, 2)
	if got, want := x[4*12+1*6+1*3+2], p.At(3, 3, 2); got != want { // patch (1, 1), pixel (1, 1), channel 2
		t.Errorf("the number is %g, expected %g", got, want)
	}
	if q := modality.Unpatch(x, 4, 6, 3, 2); !reflect.DeepEqual(p, q) {
		t.Error("the picture does not come back")
	}
}

// An image becomes a picture in [0, 1] and back; what is transparent lies on
// white.
func TestImages(t *testing.T) {
	im := image.NewNRGBA(image.Rect(3, 5, 5, 6)) // bounds need not begin at 0
	im.SetNRGBA(3, 5, color.NRGBA{255, 51, 0, 255})
	im.SetNRGBA(4, 5, color.NRGBA{0, 0, 0, 0})
	p := modality.FromImage(im)
	if want := []float32{1, 0.2, 0, 1, 1, 1}; p.H != 1 || p.W != 2 || !reflect.DeepEqual(p.Pix, want) {
		t.Errorf("%v: %v, expected %v", p, p.Pix, want)
	}
	if r, g, b, a := p.Image().At(0, 0).RGBA(); r>>8 != 255 || g>>8 != 51 || b != 0 || a>>8 != 255 {
		t.Errorf("back as %d %d %d %d", r>>8, g>>8, b>>8, a>>8)
	}
	q := p.Clone()
	q.Set(0, 0, 0, 0.5)
	if p.At(0, 0, 0) != 1 {
		t.Error("a clone shares its pixels")
	}
}

// A sample gives its values by kind, and copies share no map.
func TestSample(t *testing.T) {
	s := modality.Sample{Key: "k", Values: map[string]any{"depth": modality.NewPicture(2, 2, 1), "rgb": modality.NewPicture(2, 2, 3), "caption": "a ball",
		"box": []modality.Box{{X0: 0.25, Y0: 0, X1: 0.5, Y1: 1, Class: "ball"}}, "zebra": "x"}, Toks: map[string]modality.Tokens{"depth": {Modality: "depth", IDs: []int{1}, Rows: 1, Cols: 1}}}
	if got := fmt.Sprint(s.Names()); got != "[rgb depth box caption zebra]" {
		t.Errorf("names %s", got)
	}
	if s.Text("box") != "ball [0.25 0.00 0.50 1.00]" || s.Text("caption") != "a ball" || s.Tokens("depth").At(0, 0) != 1 {
		t.Error("a value is another one")
	}
	w := s.With("depth", modality.NewPicture(4, 4, 1))
	if w.Picture("depth").H != 4 || s.Picture("depth").H != 2 || len(w.Toks) != 0 || len(s.Toks) != 1 {
		t.Error("With changes the original, or keeps the tokens of the old value")
	}
	o := s.Only("rgb", "depth")
	if len(o.Values) != 2 || len(o.Toks) != 1 || len(s.Values) != 5 {
		t.Errorf("Only gives %v", o)
	}
	panics(t, `sample k has no "edge" (it has rgb, depth, box, caption, zebra)`, func() { s.Picture("edge") })
	panics(t, `"caption" is no picture; use Text`, func() { s.Picture("caption") })
	panics(t, `"caption" holds no boxes`, func() { s.Boxes("caption") })
	panics(t, `sample k has no "edge"`, func() { s.Only("edge") })
}

// A picture of another size is refused with both sizes.
func TestFit(t *testing.T) {
	m := modality.Modality{Name: "x", Height: 8, Channels: 3}
	if _, err := m.Fit(modality.NewPicture(8, 4, 3)); err == nil || err.Error() != "x: picture of 8x4x3, expected 8x8x3" {
		t.Errorf("error %v", err)
	}
	if _, err := m.Fit(3); err == nil || err.Error() != "x: a int is no picture" {
		t.Errorf("error %v", err)
	}
}

// source gives samples by number; the bad one fails, the worse one panics.
type source struct {
	n, bad, worse int
	together      bool
	calls         *atomic.Int64
}

func (s source) Len() int         { return s.n }
func (s source) Concurrent() bool { return s.together }
func (s source) Sample(i int) (modality.Sample, error) {
	s.calls.Add(1)
	if i == s.worse {
		fault.Panic("source", "a wrong turn")
	}
	if i == s.bad {
		return modality.Sample{}, errors.New("cut off")
	}
	return modality.Sample{Key: fmt.Sprint(i)}, nil
}

// Samples come in order, from one goroutine or many; an error names its
// sample, and a panic reaches who asked.
func TestCollect(t *testing.T) {
	for _, together := range []bool{false, true} {
		s := source{40, -1, -1, together, new(atomic.Int64)}
		got, err := modality.Collect(s, 3, 40)
		if err != nil || len(got) != 37 || s.calls.Load() != 37 {
			t.Fatalf("%d samples in %d calls (%v)", len(got), s.calls.Load(), err)
		}
		for i, x := range got {
			if x.Key != fmt.Sprint(i+3) {
				t.Errorf("place %d holds sample %s", i, x.Key)
			}
		}
		s.bad = 11
		if _, err := modality.Collect(s, 0, 40); err == nil || err.Error() != "sample 11: cut off" {
			t.Errorf("error %v", err)
		}
		s.bad, s.worse = -1, 20
		panics(t, "source: a wrong turn", func() { modality.Collect(s, 0, 40) })
	}
}
