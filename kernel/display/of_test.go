package display_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"

	"fourmlab/kernel/display"
)

type (
	pic     struct{}
	page    struct{}
	formula string
	broken  struct{ N int }
	failing struct{}
	bundled struct{}
	other   struct{}
	mixed   struct{}
)

func (pic) PNG() []byte              { return []byte("png") }
func (pic) JPEG() ([]byte, error)    { return []byte("jpeg"), nil }
func (page) HTML() string            { return "<b>" }
func (page) SVG() string             { return "<svg/>" }
func (page) Markdown() string        { return "*a*" }
func (page) JavaScript() string      { return "1" }
func (page) JSON() map[string]any    { return map[string]any{"a": 1} }
func (f formula) Latex() string      { return string(f) }
func (broken) PNG() []byte           { panic("no ink") }
func (failing) SVG() (string, error) { return "", errors.New("no pen") }
func (failing) HTML() string         { return "<i>" }
func (bundled) SimpleRender() map[string]any {
	return map[string]any{"text/plain": "t", "text/html": "h"}
}
func (mixed) SimpleRender() map[string]any {
	return map[string]any{"text/html": []byte("<i>"), "text/plain": 3, "image/png": []byte{}, "application/x": math.Inf(1), "application/y": []int{1}}
}
func (other) PNG(scale int) []byte  { return nil }
func (other) HTML() int             { return 1 }
func (other) SVG() (string, string) { return "", "" }

// A value shows itself by its methods; what is missing or fails is told of.
func TestMethods(t *testing.T) {
	p := plot.New()
	p.Title.Text = "a plot"
	for name, c := range map[string]struct {
		v     any
		mimes string
		text  string // in text/plain
	}{
		"pictures":        {pic{}, "image/jpeg image/png text/plain", "{}"},
		"all texts":       {page{}, "application/javascript application/json image/svg+xml text/html text/markdown text/plain", "{}"},
		"latex":           {formula("x^2"), "text/latex text/plain", "x^2"},
		"a panic":         {broken{3}, "text/plain", "{N:3}\ndisplay_test.broken.PNG: panic: no ink"},
		"an error":        {failing{}, "text/html text/plain", "failing.SVG: no pen"},
		"a bundle":        {bundled{}, "text/html text/plain", "t"},
		"a mixed bundle":  {mixed{}, "application/y text/html text/plain", "{}\ndisplay_test.mixed.SimpleRender: application/x: json: unsupported value: +Inf"},
		"other methods":   {other{}, "text/plain", "{}"},
		"a nil pointer":   {(*pic)(nil), "text/plain", "<nil>"},
		"nothing":         {nil, "text/plain", "<nil>"},
		"an image":        {image.NewGray(image.Rect(0, 0, 3, 2)), "image/png text/plain", "*image.Gray, 3 × 2"},
		"an empty image":  {image.NewGray(image.Rectangle{}), "text/plain", "empty"},
		"no image":        {(*image.Gray)(nil), "text/plain", "<nil>"},
		"a plot":          {p, "image/png text/plain", "*plot.Plot"},
		"an HTML":         {display.HTML("<p>a &amp; <b>b</b></p><script>x</script>"), "text/html text/plain", "a & b"},
		"a string":        {"<b>&", "text/plain", "<b>&"},
		"an error's text": {errors.New("oh"), "text/plain", "oh"},
	} {
		d := display.Of(c.v)
		if got := strings.Join(slices.Sorted(maps.Keys(d)), " "); got != c.mimes {
			t.Errorf("%s: %s, expected %s", name, got, c.mimes)
		}
		if s, ok := d["text/plain"].(string); !ok || !strings.Contains(s, c.text) {
			t.Errorf("%s: text %q, expected %q in it", name, s, c.text)
		}
	}
	for in, want := range map[string]string{"x": "$x$", "$x$": "$x$", "$$x$$": "$$x$$", `\[x\]`: `\[x\]`, `\begin{a}\end{a}`: `\begin{a}\end{a}`} {
		if got := display.Latex(in)["text/latex"]; got != want {
			t.Errorf("latex %q is %q, expected %q", in, got, want)
		}
	}
}

type point struct {
	X, Y float64
	Name string
	note []int
}

type node struct {
	Next *node
	Name string
}

type ring []ring

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f °C", float64(c)) }

// Texts are those of fmt wherever fmt's are short and end.
func TestText(t *testing.T) {
	for _, v := range []any{
		1, -2.5, float32(0.1), "é", true, 'x', 3 + 4i, []int{1, 2}, []string{"a b", "c"}, []byte("ab"), [2]bool{true, false},
		map[string]int{"b": 2, "a": 1}, map[int]string{2: "b", -1: "a"}, map[bool]int{true: 1, false: 0}, &[]int{1}, struct{ A, B any }{1, nil},
		[]any{1, "a", nil, []int{}}, []error{errors.New("x")}, time.Second, []time.Duration{1, 2}, celsius(3), []celsius{1},
		&point{1, math.NaN(), "ü", []int{1}}, map[string][]int{"a": nil}, []*int{nil}, []int(nil), map[string]int(nil), math.Inf(-1), uint8(200), [0]int{},
		map[any]int{"a": 1}, map[float64]int{math.NaN(): 1, 2: 3}, struct{ t time.Duration }{time.Second}, &struct{ A int }{1}, struct{}{}, []struct{ A int }(nil), uintptr(3),
	} {
		got := display.Of(v)["text/plain"]
		if want := fmt.Sprintf("%+v", v); got != want && !strings.Contains(fmt.Sprint(got), ", nil") {
			t.Errorf("%T: %q, expected %q", v, got, want)
		}
	}
	circle := &node{Name: "a"}
	circle.Next = circle
	loop := ring{nil}
	loop[0] = loop
	self := map[string]any{"n": 1}
	self["self"] = self
	var deep any
	for range 10000 {
		deep = []any{deep}
	}
	for name, c := range map[string]struct {
		v    any
		want string
	}{
		"pointers in a circle": {circle, "&{Next:… Name:a}"},
		"a slice of itself":    {loop, "[…]"},
		"a map of itself":      {self, "map[n:1 self:…]"},
		"a deep value":         {deep, "[[[[[[…]]]]]]"},
		"pointers":             {[]*int{new(int)}, "[&0]"},
		"a function":           {func(int) error { return nil }, "func(int) error"},
		"a channel":            {make(chan<- int), "chan<- int"},
		"a million":            {make([]int8, 1e6), "0 0 … 0 0"},
		"and how many":         {make([]int8, 1e6), "(1,000,000)"},
		"a long string":        {strings.Repeat("é", 1e6), "… (2,000,000 bytes)"},
		"a nested string":      {[]string{strings.Repeat("x", 5000)}, "x…]"},
	} {
		if got := display.Of(c.v)["text/plain"].(string); !strings.Contains(got, c.want) || len(got) > 21000 {
			t.Errorf("%s: %.200q (%d bytes), expected %q in it", name, got, len(got), c.want)
		}
	}
}

// Data is what it says; what is not, is refused.
func TestData(t *testing.T) {
	var file bytes.Buffer
	im := image.NewGray(image.Rect(0, 0, 5, 4))
	if b := display.Of(im)["image/png"].([]byte); !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Errorf("%q is no PNG", b)
	} else {
		file.Write(b)
	}
	if d := display.PNG(file.Bytes()); d.String() != "PNG, 5 × 4" {
		t.Errorf("a PNG: %v", d)
	}
	if d := display.JSON([]int{1 << 60}); string(d["application/json"].(json.RawMessage)) != "[1152921504606846976]" {
		t.Errorf("JSON: %v", d)
	}
	for op, f := range map[string]func(){
		"display.JPEG: ":     func() { display.JPEG(file.Bytes()) },
		"display.PNG: ":      func() { display.PNG([]byte("no")) },
		"display.JSON: ":     func() { display.JSON(math.NaN()) },
		"display.Progress: ": func() { display.Progress("x", -1) },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !strings.HasPrefix(err.Error(), op) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: %v, expected an error of one line", op, err)
				}
			}()
			f()
		}()
	}
}
