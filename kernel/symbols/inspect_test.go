package symbols

import (
	"strings"
	"testing"

	"fourmlab/kernel/session"
)

// Inspections at the bar show all that is listed. With more, examples too.
func TestInspect(t *testing.T) {
	s := session.New()
	for i, c := range []string{
		"import \"bytes\"\nimport \"net/http\"\nimport \"gonum.org/v1/gonum/mat\"\nimport \"slices\"\nimport \"sync/atomic\"\nimport \"gorgonia.org/gorgonia\"\nimport \"bufio\"",
		"// Point is a place.\n// It has two coordinates.\ntype Point struct {\n\tX, Y int\n}\n\n// Norm is its length.\nfunc (p Point) Norm() float64 { return 0 }\n\n// half halves.\nfunc half(größe float64) float64 { return größe / 2 }\n\nconst limit = 3",
		"numbers := []int{1, 2, 3}\nm := mat.NewDense(2, 3, nil)\nbuf := &bytes.Buffer{}\npoint := Point{1, 2}\nclient := http.Client{}\nvar counter atomic.Int64",
	} {
		if r := s.Run(t.Context(), i+1, c); r.Err != nil {
			t.Fatal(r.Err, r.Err.Trace)
		}
	}
	for _, c := range []struct {
		code string
		more bool
		want []string
	}{
		{code: "fmt.Pri|ntf", want: []string{"func Printf(format string, a ...any) (n int, err error)", "formats according to a format specifier", "function", `package fmt // import "fmt"`}},
		{code: "fmt.Printf|", want: []string{"format string"}},
		{code: "fmt.|Printf", want: []string{"format string"}},
		{code: "fmt.Printf(|", want: []string{"format string"}},
		{code: "fmt.Printf(|)", want: []string{"format string"}},
		{code: "fmt.Printf(\"a\", |", want: []string{"format string"}},
		{code: "fmt.Printf(\"a\", 1|)", want: []string{"constant of type int"}},
		{code: "fmt.Printf()|", want: []string{"format string"}},
		{code: "fm|t.Printf", want: []string{`package fmt // import "fmt"`, "formatted I/O"}},
		{code: "import \"encoding/js|on\"", want: []string{"package json", "encoding and decoding of JSON"}},
		{code: "import (\n\t\"enc|oding/json\"\n)", want: []string{"package json"}},
		{code: "strings.Fields|", more: true, want: []string{"func Fields(s string) []string", "Example:", `strings.Fields("  foo bar  baz   ")`, "Output:"}},
		{code: "buf.Wri|teString", want: []string{"func (b *Buffer) WriteString(s string) (n int, err error)", "appends the contents of s", "method of bytes.Buffer"}},
		{code: "bytes.Buffer|", want: []string{"type Buffer struct", "variable-sized buffer", "func (b *Buffer) Len() int"}},
		{code: "client.Timeout|", want: []string{"Timeout time.Duration", "time limit for requests", "field of http.Client"}},
		{code: "http.Client{Time|out: 3}", want: []string{"time limit for requests"}},
		{code: "http.StatusTeapot|", want: []string{"StatusTeapot", "418", "constant"}},
		{code: "http.DefaultClient|", want: []string{"DefaultClient", "variable"}},
		{code: "bufio.ReadWriter{}.Peek|", want: []string{"func (b *Reader) Peek(n int) ([]byte, error)"}},
		{code: "fmt.Stringer|", want: []string{"type Stringer interface", "String() string"}},
		{code: "var x fmt.Stringer\nx.Str|ing()", want: []string{"func String() string", "method of fmt.Stringer"}},
		{code: "slices.SortFunc|", want: []string{"func SortFunc[S ~[]E, E any](x S, cmp func(a, b E) int)", "sorts the slice x"}},
		{code: "slices.SortFunc(numbers, |", want: []string{"func SortFunc"}},
		{code: "counter.Add|", want: []string{"func (x *Int64) Add(delta int64) (new int64)"}},
		{code: "atomic.Pointer|", want: []string{"type Pointer[T any] struct", "atomic pointer", "Load() *T"}},
		{code: "var p atomic.Pointer[Point]\np.Lo|ad", want: []string{"func (x *Pointer[T]) Load() *T"}},
		{code: "mat.NewDense|", want: []string{"func NewDense(r, c int, data []float64) *Dense", "creates a new Dense matrix"}},
		{code: "gorgonia.NewGraph|", want: []string{"func NewGraph(opts ...graphconopt) *ExprGraph"}},
		{code: "gorgonia.Mul|", want: []string{"func Mul("}},
		{code: "fourm.Load|", want: []string{"func Load(", "package fourm"}},
		{code: "fourm.Sample|", want: []string{"type Sample"}},
		{code: "len|", want: []string{"func len(v Type) int", "built-in", "built in"}},
		{code: "error|", want: []string{"type error interface"}},
		{code: "numbers|", want: []string{"var numbers []int", "variable", "length 3", "value [1 2 3]", "from In [3]"}},
		{code: "m|", want: []string{"*mat.Dense", "shape 2 x 3"}},
		{code: "half(|", want: []string{"func half(größe float64) float64 { return größe / 2 }", "half halves.", "from In [2]"}},
		{code: "half(point.|", want: nil},
		{code: "Point|", want: []string{"type Point struct {\n\tX, Y int\n}", "It has two coordinates.", "from In [2]", "Norm() float64"}},
		{code: "point.No|rm", want: []string{"func (p Point) Norm() float64 { return 0 }", "Norm is its length.", "method of Point"}},
		{code: "point.X|", want: []string{"field X int", "field of Point"}},
		{code: "point|", want: []string{"var point Point", "value {X:1 Y:2}"}},
		{code: "limit|", want: []string{"const limit = 3", "value 3"}},
		{code: "ab := 3\nab|", want: []string{"var ab int", "declared in this cell"}},
		{code: "func f(größe int) { gr|öße }", want: []string{"größe int", "declared in this cell"}},
		{code: "\"wo|rd\"", want: []string{"constant of type", "string"}},
		{code: "3.|5", want: []string{"constant of type", "float"}},
		{code: "x := 'a|'", want: []string{"constant of type", "rune"}},
		{code: "for| {}", want: nil},
		{code: "nosuch|", want: nil},
		{code: "fmt.Nosuch|", want: nil},
		{code: "// fmt.Printf|", want: nil},
		{code: "|", want: nil},
		{code: "x := foo(\nfmt.Print|f", want: []string{"format string"}},
		{code: "if fmt.Sprint|(", want: []string{"func Sprint(a ...any) string"}},
	} {
		at := strings.Index(c.code, "|")
		forms := s.Inspect(c.code[:at]+c.code[at+1:], at, c.more)
		if c.want == nil && forms != nil {
			t.Errorf("%q: %q, expected nothing", c.code, forms["text/plain"])
		}
		for _, w := range c.want {
			if !strings.Contains(forms["text/plain"], w) {
				t.Errorf("%q lacks %q: %.600s", c.code, w, forms["text/plain"])
			}
		}
		if forms != nil && !strings.HasPrefix(forms["text/markdown"], "```go\n") {
			t.Errorf("%q: Markdown %.100q", c.code, forms["text/markdown"])
		}
	}
}

// The first inspection opens the archive; its size is that of one package.
func BenchmarkFirstInspection(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := session.New()
		s.Run(b.Context(), 1, "import \"net/http\"")
		b.StartTimer()
		s.Inspect("http.Client", 8, false)
	}
}
