package display

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// any bounds, any pixels
type claimed struct {
	r  image.Rectangle
	at func(x, y int) color.Color
}

func (c claimed) ColorModel() color.Model { return color.RGBAModel }
func (c claimed) Bounds() image.Rectangle { return c.r }
func (c claimed) At(x, y int) color.Color { return c.at(x, y) }
func square(n int) image.Rectangle        { return image.Rect(0, 0, n, n) }
func checks(x, y int) color.Color         { return color.Gray{uint8((x ^ y) & 255)} }
func rect(x0, y0, x1, y1 int) image.Rectangle {
	return image.Rectangle{image.Pt(x0, y0), image.Pt(x1, y1)}
}

// A picture of any bounds is shown in a piece or made smaller, soon and in few
// bytes.
func TestBounds(t *testing.T) {
	for name, c := range map[string]struct {
		v    image.Image
		text string
		size image.Point // of the PNG, 0 for none
	}{
		"white":           {image.White, "2000000000 × 2000000000, of which (0,0)-(256,256) is shown", image.Pt(256, 256)},
		"all ints":        {claimed{rect(math.MinInt, math.MinInt, math.MaxInt, math.MaxInt), checks}, "18446744073709551615 × 18446744073709551615, of which", image.Pt(256, 256)},
		"far away":        {claimed{rect(math.MaxInt-3, math.MaxInt-2, math.MaxInt, math.MaxInt), checks}, "3 × 2", image.Pt(3, 2)},
		"100,000 squared": {claimed{square(100000), checks}, "100000 × 100000, of which 1 pixel in 98 × 98 is shown", image.Pt(1021, 1021)},
		"a long line":     {claimed{image.Rect(0, 0, 1000000, 1), checks}, "1000000 × 1, of which 1 pixel in", image.Pt(16130, 1)},
		"negative":        {claimed{rect(5, 5, 1, 9), checks}, "empty", image.Point{}},
		"no pixels":       {&image.RGBA{Rect: square(50000)}, "cannot be shown: panic", image.Point{}},
		"panics":          {claimed{square(3), func(int, int) color.Color { panic("no ink\nat all") }}, "claimed cannot be shown: panic: no ink at all", image.Point{}},
		"no colours":      {claimed{square(3), func(int, int) color.Color { return nil }}, "cannot be shown: panic", image.Point{}},
		"a small one":     {claimed{square(40), checks}, "40 × 40", image.Pt(40, 40)},
		"a photograph":    {image.NewRGBA(image.Rect(0, 0, 4000, 3000)), "4000 × 3000", image.Pt(4000, 3000)},
	} {
		begun := time.Now()
		d := Of(c.v)
		if got := d.String(); !strings.Contains(got, c.text) {
			t.Errorf("%s: %q, expected %q", name, got, c.text)
		}
		file, _ := d["image/png"].([]byte)
		conf, err := png.DecodeConfig(bytes.NewReader(file))
		if got := image.Pt(conf.Width, conf.Height); got != c.size || (err == nil) != (c.size != image.Point{}) {
			t.Errorf("%s: a picture of %v, expected %v (%v)", name, got, c.size, err)
		}
		if took := time.Since(begun); took > patience {
			t.Errorf("%s took %v", name, took)
		}
	}
	noise := image.NewNRGBA(image.Rect(0, 0, 3000, 3000))
	rand.New(rand.NewSource(1)).Read(noise.Pix)
	if d := Of(noise); d["image/png"] == nil || len(d["image/png"].([]byte)) > mostForm || !strings.Contains(d.String(), "3000 × 3000, of which 1 pixel in 3 × 3 is shown") {
		t.Errorf("noise: %s", d)
	}
	// A piece shows the pixels that are there.
	im, err := png.Decode(bytes.NewReader(Of(claimed{rect(-1<<40, 7, 1<<40, 1<<40), checks})["image/png"].([]byte)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := im.At(3, 4), checks(3, 11); color.GrayModel.Convert(got) != want {
		t.Errorf("pixel (3, 11) is %v, expected %v", got, want)
	}
}

type (
	stuck   struct{ N int }
	half    struct{}
	leaving struct{}
	unsaid  []int
	wide    struct{}
	huge    struct{}
)

func (stuck) String() string      { select {} }
func (half) HTML() string         { return "<b>" }
func (half) SVG() string          { select {} }
func (leaving) PNG() []byte       { runtime.Goexit(); return nil }
func (unsaid) Error() string      { select {} }
func (wide) Dims() (r, c int)     { return math.MaxInt, math.MaxInt }
func (wide) At(i, j int) float64  { return float64(i) }
func (huge) HTML() string         { return strings.Repeat("x", mostForm+1) }
func (huge) JSON() map[string]any { return map[string]any{"a": make([]int, mostNodes)} }

// What does not come back is left behind, with a word; what came is shown.
func TestPatience(t *testing.T) {
	was, quick := patience, hurry
	patience, hurry = 200*time.Millisecond, 100*time.Millisecond
	defer func() { patience, hurry = was, quick }()
	for _, c := range []struct {
		v    any
		html any
		says string
	}{
		{stuck{1}, nil, "display.stuck cannot be shown: not done after 200ms, left behind"},
		{[]stuck{{1}}, nil, "[]display.stuck cannot be shown: not done"},
		{map[string]any{"a": stuck{}}, nil, "cannot be shown: not done"},
		{half{}, nil, "display.half.SVG: not done after 200ms, left behind"},
		{unsaid{1}, nil, "cannot be shown: not done"},
		{leaving{}, nil, "display.leaving.PNG: it ended its goroutine"},
	} {
		begun := time.Now()
		d := Of(c.v)
		if got := d.String(); !strings.Contains(got, c.says) || strings.Contains(got, "\n") || d["text/html"] != c.html {
			t.Errorf("%T: %q, %v, expected %q", c.v, got, d["text/html"], c.says)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("%T took %v", c.v, took)
		}
	}
	if got := Line(stuck{1}); got != "display.stuck" {
		t.Errorf("a line of it: %q", got)
	}
}

type mirror struct{}

type echo struct{}
type pace int

func (pace) String() string { time.Sleep(time.Millisecond); return "slow" }

func (m mirror) HTML() string { return Of(m).String() }
func (e echo) String() string { return Of(e).String() }

// A value that shows itself has an end.
func TestShowsItself(t *testing.T) {
	begun := time.Now()
	if d := Of(mirror{}); d["text/html"] == nil || time.Since(begun) > patience/2 {
		t.Errorf("%v after %v", d, time.Since(begun))
	}
	if s := Of(echo{}).String(); !strings.Contains(s, "echo cannot be shown: its methods show it again") || time.Since(begun) > patience/2 {
		t.Errorf("%q after %v", s, time.Since(begun))
	}
	var all sync.WaitGroup
	for range 500 { // many at a time are no fault
		all.Go(func() {
			if s := Of(pace(1)).String(); s != "slow" {
				t.Errorf("%q", s)
			}
		})
	}
	all.Wait()
	if len(asked) != 0 {
		t.Errorf("still asked: %v", asked)
	}
}

// Forms, texts and tables of any size have an end.
func TestSizes(t *testing.T) {
	d := Of(huge{})
	if got := d.String(); !strings.Contains(got, "huge.HTML: text/html of 33,554,433 bytes is left out") || !strings.Contains(got, "huge.JSON: application/json: map[string]interface {} has more than 4,194,304 values") || d["text/html"] != nil {
		t.Errorf("huge forms: %.300q", got)
	}
	func() {
		defer func() {
			if r := recover(); r == nil || !strings.Contains(r.(error).Error(), "display.JSON: []int is no JSON: []int has more than") {
				t.Errorf("too much JSON: %v", r)
			}
		}()
		JSON(make([]int, 1<<27))
	}()
	nan := map[float64]int{}
	for i := range 300 {
		nan[math.NaN()] = i
	}
	deep := errors.New("x")
	for range 20000 {
		deep = errors.Join(deep)
	}
	for name, v := range map[string]any{
		"a matrix of all ints": wide{}, "a long string": strings.Repeat("é", 1<<26), "a wide table": [][]float32{make([]float32, 1<<25), nil},
		"many NaN": nan, "no size": make([]struct{}, math.MaxInt), "an array": &[1 << 24]int{}, "wrapped errors": deep, "bytes": make([]byte, 1<<28),
		"keys": map[any]int{1: 2, "a": 3, [2]int{}: 4, nil: 5}, "pointers": make([]*int, 1<<20),
	} {
		begun := time.Now()
		d := Of(v)
		text, html := d.String(), d["text/html"]
		if text == "" || len(text) > 2*maxText || strings.Contains(text, "cannot be shown") {
			t.Errorf("%s: %.300q (%d bytes)", name, text, len(text))
		}
		if s, ok := html.(string); ok && len(s) > 1<<18 {
			t.Errorf("%s: %d bytes of HTML", name, len(s))
		}
		if took := time.Since(begun); took > patience/2 {
			t.Errorf("%s took %v", name, took)
		}
	}
}
