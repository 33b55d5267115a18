package display_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"

	"fourmlab/kernel/display"
)

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
