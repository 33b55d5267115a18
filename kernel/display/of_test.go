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

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gorgonia.org/tensor"

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

// table gives the text form, checks that the HTML is well formed, and gives
// that as well.
func table(t *testing.T, v any) (text, page string) {
	t.Helper()
	d := display.Of(v)
	text, _ = d["text/plain"].(string)
	page, ok := d["text/html"].(string)
	if !ok {
		t.Fatalf("%T is no table: %v", v, d)
	}
	for _, tag := range []string{"table", "tr", "td", "th", "div", "svg"} {
		if o, c := strings.Count(page, "<"+tag+" ")+strings.Count(page, "<"+tag+">"), strings.Count(page, "</"+tag+">"); o != c {
			t.Errorf("%T: %d of <%s>, %d of </%s>", v, o, tag, c, tag)
		}
	}
	if len(page) > 60000 || len(text) > 21000 {
		t.Errorf("%T: %d bytes of HTML, %d of text", v, len(page), len(text))
	}
	return text, page
}

func TestTables(t *testing.T) {
	points := []point{{1, 2.5, "a", nil}, {0.1 + 0.2, math.NaN(), "<b>&\n\"ü", []int{1, 2}}}
	many := make([]point, 1e6)
	for i := range many {
		many[i].X = math.Sin(float64(i) / 1e5)
	}
	big := map[int]int{}
	for i := range 200_000 {
		big[i] = i
	}
	view, err := tensor.New(tensor.WithShape(3, 4), tensor.WithBacking(tensor.Range(tensor.Float32, 0, 12))).Slice(nil, tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	turned := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]int{1, 2, 3, 4, 5, 6}))
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	wide := make([][]float32, 2)
	for i := range wide {
		wide[i] = make([]float32, 1000)
	}
	for name, c := range map[string]struct {
		v          any
		text, page []string
	}{
		"structs": {points,
			[]string{"[]display_test.point, 2 rows\n     X    Y  Name     note\n0    1  2.5  a        []\n1  0.3  NaN  <b>&⏎\"ü  [1 2]"},
			[]string{"&lt;b&gt;&amp;⏎&#34;ü", ">note</th>"}},
		"no structs":      {[]point{}, []string{"[]display_test.point, 0 rows"}, []string{"0 rows"}},
		"nil structs":     {[]point(nil), []string{"[]display_test.point, nil"}, nil},
		"pointers":        {[]*point{{X: 1}, nil}, []string{"1  <nil>"}, []string{"&lt;nil&gt;"}},
		"a million":       {many, []string{"1,000,000 rows", "… 999,985 more rows", "\n999999 ", "▁▂▇█"}, []string{"999,985 more rows", "<svg"}},
		"an array":        {[2]point{}, []string{"[2]display_test.point, 2 rows"}, nil},
		"to a slice":      {&points, []string{"2 rows"}, nil},
		"records":         {[]map[string]any{{"a": 1, "b": "x"}, {"b": nil, "c": 2.5}, nil}, []string{"   a  b      c\n0  1  x\n1     <nil>  2.5\n2"}, nil},
		"a map":           {map[string]float64{"a": 1, "b": math.Inf(1)}, []string{"map[a:1 b:+Inf]"}, []string{"2 keys", ">+Inf<"}},
		"a map of rows":   {map[string]point{"p": points[0]}, []string{"key  X    Y  Name  note\np    1  2.5  a     []"}, nil},
		"a large map":     {big, []string{"200,000 keys, some of them"}, nil},
		"a grid":          {[][]float64{{1, 2}, {3}, nil}, []string{"   0  1\n0  1  2\n1  3\n2"}, nil},
		"wide letters":    {[][]string{{"日本", "x"}, {"e\u0301", "y"}}, []string{"   0     1\n0  日本  x\n1  e\u0301     y"}, nil},
		"lines":           {[][]string{{"a", "<b>"}, {"c"}}, []string{"   0  1\n0  a  <b>\n1  c"}, nil},
		"a wide grid":     {wide, []string{"2 rows, 1,000 columns", "…", "999"}, []string{"…"}},
		"numbers":         {[]float64{1, 2, math.NaN(), 4, 5, 6, math.Inf(1), 8}, []string{"[1 2 NaN 4 5 6 +Inf 8]"}, []string{"<svg", "1 to 8"}},
		"no numbers":      {[]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}, []string{"[NaN"}, nil},
		"the largest":     {[]float64{-math.MaxFloat64, math.MaxFloat64, 0, 0, 0, 0, 0, 0}, []string{"1.7976931348623157e+308"}, []string{"<svg"}},
		"a matrix":        {mat.NewDense(2, 2, []float64{1, -2, 1.0 / 3, math.NaN()}), []string{"*mat.Dense, 2 × 2\n          0    1\n0         1   -2\n1  0.333333  NaN"}, []string{"rgba(59,111,182", "rgba(224,123,40"}},
		"a vector":        {mat.NewVecDense(100, nil), []string{"100 × 1", "85 more rows"}, []string{"data:image/png"}},
		"a turned matrix": {mat.NewDense(1, 2, []float64{1, 2}).T(), []string{"2 × 1\n   0\n0  1\n1  2"}, nil},
		"an empty matrix": {&mat.Dense{}, []string{"*mat.Dense, 0 × 0"}, nil},
		"a tensor":        {tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float32{1, 2, 3, 0.1})), []string{"2 × 2 float32\n   0    1\n0  1    2\n1  3  0.1"}, nil},
		"a view":          {view, []string{"3 × 2 float32\n   0   1\n0  1   2\n1  5   6\n2  9  10"}, nil},
		"a turned tensor": {turned, []string{"3 × 2 int\n   0  1\n0  1  4\n1  2  5\n2  3  6"}, nil},
		"large integers":  {tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]int64{1<<62 + 1})), []string{"4611686018427387905"}, nil},
		"four dimensions": {tensor.New(tensor.WithShape(2, 3, 4, 5), tensor.Of(tensor.Float64)), []string{"2 × 3 × 4 × 5 float64, shown [0 0 : :]"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text, page := table(t, c.v)
			for _, w := range c.text {
				if !strings.Contains(text, w) {
					t.Errorf("text:\n%.2000s\nexpected in it:\n%s", text, w)
				}
			}
			for _, w := range c.page {
				if !strings.Contains(page, w) {
					t.Errorf("HTML %.3000s\nexpected in it: %s", page, w)
				}
			}
			if strings.Contains(page, "<b>") {
				t.Error("HTML is not escaped")
			}
		})
	}
	for _, v := range []any{[]time.Time{{}}, []celsius{1, 2, 3, 4, 5, 6, 7, 8}, []int{1, 2, 3}, []string{"a"}, map[string]int{}, 3, point{}, tensor.New(tensor.FromScalar(2.5)), []struct{ a int }{{1}}} {
		if d := display.Of(v); d["text/html"] != nil || d["text/plain"] == "" {
			t.Errorf("%T: %v, expected text alone", v, d)
		}
	}
}

// A large value costs what is shown of it.
func TestLargeValuesAreNotRead(t *testing.T) {
	reads := 0
	v := counted{rows: 1 << 40, cols: 1 << 20, reads: &reads}
	if d := display.Of(v); d["text/html"] == nil || reads > 20000 {
		t.Errorf("%d reads", reads)
	}
}

type counted struct {
	rows, cols int
	reads      *int
}

func (c counted) Dims() (int, int)    { return c.rows, c.cols }
func (c counted) At(i, j int) float64 { *c.reads++; return float64(i - j) }

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
