package assist_test

import (
	"slices"
	"strings"
	"testing"

	_ "github.com/goplus/ixgo/pkg" // the standard library

	"fourmlab/kernel/session"
	"fourmlab/kernel/session/assist"
)

// typedBefore is what the session of these tests has run.
var typedBefore = []string{
	"import \"net/http\"\nimport \"bytes\"\nimport \"slices\"\nimport \"sync/atomic\"\nimport \"sync\"\nimport \"cmp\"",
	`type Point struct{ X, Y int }
func (p Point) Norm() float64 { return 0 }
func (p *Point) Move(dx int) { p.X += dx }
type Circle struct {
	Point
	*Pen
	Radius float64
	größe  int
}
type Pen struct{ Width int; color string }
func (p *Pen) Draw() {}
type Options struct { Width, Height int; Title string; OnDone func() }
type Shape interface { Area() float64; Name() string }
type Stack[T any] struct { items []T }
func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (x T) { return }
type Temperature float64
const Boiling Temperature = 100
const Freezing Temperature = 0`,
	"func plot(o Options) {}\nfunc scale(p Point, by float64) Point { return p }\nfunc heat(t Temperature) {}\nfunc first[T any](xs []T) T { return xs[0] }",
	`circle := Circle{}
point := Point{1, 2}
pointer := &point
numbers := []int{1, 2}
table := map[string]Point{}
buffer := &bytes.Buffer{}
alpha := 1.5
beta := "b"
größe := 3
ärger := "ü"
stack := &Stack[string]{}
var shape Shape
var counter atomic.Int64
var flag atomic.Pointer[Point]
request := &http.Request{}
var nothing any`,
}

func prepared(t testing.TB) *session.Session {
	s := session.New()
	for i, c := range typedBefore {
		if r := s.Run(t.Context(), i+1, c); r.Err != nil {
			t.Fatal(r.Err, r.Err.Trace)
		}
	}
	return s
}

// completions have a bar for the cursor. Want lists what must be offered, in
// this order; a ^ before the first means that it comes first, a ! that it must not
// be offered, a lone - that nothing is.
var completions = []struct{ code, want string }{
	// packages
	{"fmt.Pri|", "^Print Printf Println"},
	{"fmt.pri|", "^Print Printf Println"},
	{"fmt.|", "Errorf Println Stringer !newPrinter !pp"},
	{"fmt.Pri|ntln(1)", "^Print Printf Println"},
	{"http.Meth|", "^MethodConnect MethodDelete"},
	{"http.StatusN|", "^StatusNetworkAuthenticationRequired StatusNoContent StatusNonAuthoritativeInfo StatusNotAcceptable"},
	{"str|", "^strings string"},
	{"bytes.NewB|", "^NewBuffer NewBufferString"},
	{"slices.Sort|", "^Sort SortFunc SortStableFunc Sorted SortedFunc"},
	{"cmp.|", "Compare Less Or Ordered"},
	{"nosuch.|", "-"},
	{"var c http.Cl|", "^Client !Close"},
	{"import \"encoding/json\"\njson.Mar|", "^Marshal MarshalIndent Marshaler"},
	{"import j \"encoding/json\"\nj.Mar|", "^Marshal"},
	{"import (\n\t\"encoding/json\"\n\t\"os/exec\"\n)\nexec.Com|", "^Command CommandContext"},
	{"import rnd \"math/rand/v2\"\nr|", "rnd"},
	{"import . \"encoding/hex\"\nEncodeTo|", "EncodeToString"},
	// values
	{"point.|", "^Move Norm X Y"},
	{"pointer.|", "^Move Norm X Y"},
	{"(*pointer).M|", "^Move"},
	{"(&point).M|", "^Move"},
	{"scale(point, 1).|", "^Norm X Y !Move"},
	{"circle.|", "Draw Move Norm Pen Point Radius Width X Y color größe"},
	{"circle.Pen.|", "Draw Width color"},
	{"circle.Point.N|", "^Norm"},
	{"shape.|", "^Area Name"},
	{"stack.|", "^Pop Push items"},
	{"stack.Pop().|", "-"},
	{"stack.items[0].|", "-"},
	{"counter.|", "Add CompareAndSwap Load Store Swap !v"},
	{"flag.|", "CompareAndSwap Load Store Swap"},
	{"flag.Load().|", "Norm X Y"},
	{"buffer.Wri|", "^Write WriteByte WriteRune WriteString WriteTo"},
	{"buffer.|", "Len String !buf !off !grow"},
	{"request.Header.|", "Add Get Set Values"},
	{"request.|", "Body Header Method URL !ctx !pat"},
	{"request.URL.Qu|", "Query"},
	{"table[\"a\"].|", "Norm X Y !Move"},
	{"numbers.|", "-"},
	{"numbers[0].|", "-"},
	{"first([]Point{}).|", "Norm X Y"},
	{"func() Point { return point }().|", "Norm X Y"},
	{"nothing.(*Point).|", "Move Norm X Y"},
	{"nothing.(Poi|", "^Point"},
	{"Point.|", "^Norm !X"},
	{"(*Point).|", "Move Norm"},
	{"time.Now().Add(time.Second).Un|", "^Unix UnixMicro UnixMilli UnixNano"},
	{"time.Second.|", "Hours String"},
	{"errors := fmt.Errorf(\"\")\nerrors.|", "^Error"},
	{"strings.NewReplacer(\"a\", \"b\").R|", "^Replace"},
	{"[]Point{point}[0].|", "Move Norm X Y"},
	{"Point{}.|", "Norm X Y !Move"},
	{"var p struct{ A, b int }\np.|", "^A b"},
	{"var r interface{ Read(); close() }\nr.|", "^Read close"},
	{"fmt.Println(point.|)", "X Y Norm"},
	{"fmt.Println(point.X, circle.Ra|, 3)", "^Radius"},
	{"x := point.|\ny := 3", "Norm X Y"},
	{"sync.Mu|", "^Mutex"},
	{"var m sync.Mutex\nm.|", "Lock TryLock Unlock !lockSlow"},
	{"sync.OnceV|", "^OnceValue OnceValues"},
	// fields of literals
	{"Options{Wi|", "^Width"},
	{"Options{Wi|}", "^Width"},
	{"Options{|}", "^Height OnDone Title Width"},
	{"Options{Width: 3, |}", "^Height OnDone Title !Width !fmt"},
	{"Options{Width: 3, H|", "^Height"},
	{"plot(Options{Ti|", "^Title"},
	{"plot(Options{\n\tWidth: 3,\n\tTi|\n})", "^Title"},
	{"[]Options{{Wi|", "^Width"},
	{"[]*Options{{Wi|}}", "^Width"},
	{"map[string]Options{\"a\": {Ti|", "^Title"},
	{"&http.Client{Ti|", "^Timeout"},
	{"&http.Client{|}", "^CheckRedirect Jar Timeout Transport !Get"},
	{"Circle{Point: Point{X|", "^X"},
	{"Circle{gr|", "^größe"},
	{"Options{Title: be|", "^beta"},
	{"Stack[int]{it|", "^items"},
	{"[]struct{ Long int }{{Lo|", "^Long"},
	// what fits comes first
	{"heat(|", "^Boiling Freezing"},
	{"heat(|)", "^Boiling Freezing"},
	{"strings.ToUpper(|", "^beta alpha"},
	{"math.Sqrt(|", "^alpha beta"},
	{"scale(p|", "^point pointer"},
	{"scale(point, circle.|)", "^Radius Norm"},
	{"var s string = |", "^beta"},
	{"alpha = |", "^alpha"},
	{"alpha = point.|", "^Norm"},
	{"numbers[point.|", "^X Y"},
	{"func f() string { return | }", "^beta"},
	{"func f() (int, string) { return 1, | }", "^beta"},
	{"if alpha > |", "^alpha"},
	{"table[|]", "^beta"},
	{"[]string{|}", "^beta"},
	{"map[string]float64{\"a\": |}", "^alpha"},
	{"c := make(chan string)\nc <- |", "^beta"},
	{"switch beta {\ncase |", "^beta"},
	// import paths
	{"import \"fm|", "^fmt"},
	{"import \"fm|\"", "^fmt"},
	{"import \"encoding/|\"", "^encoding/ascii85 encoding/asn1 encoding/base32"},
	{"import (\n\t\"os\"\n\t\"enc|", "^encoding encoding/ascii85"},
	{"import (\n\t\"os\"\n\tj \"encoding/js|\"\n)", "^encoding/json"},
	{"import \"rand|\"", "crypto/rand math/rand math/rand/v2"},
	{"import \"net/http/internal|\"", "-"},
	{"import x \"math/|\"", "^math/big math/bits math/cmplx math/rand"},
	{"import _ \"image/p|", "^image/png"},
	{"import \"|", "archive/tar fmt unsafe"},
	{"import \"os\"\ns := \"fm|", "-"},
	// scopes
	{"local := 3\nloc|", "^local"},
	{"loc|\nlocal := 3", "-"},
	{"for i, word := range []string{} {\n\two|\n}", "^word"},
	{"for i, word := range []string{} {\n}\nwor|", "-"},
	{"for index := range 3 {\n\tind|", "^index"},
	{"func f(first, second int) {\n\tsec|\n}", "^second"},
	{"func f(first int) (result error) {\n\tres|", "^result"},
	{"func (p *Point) Grow(factor int) { fac| }", "^factor"},
	{"func (p *Point) Grow(factor int) { p.|", "^Move Norm X Y"},
	{"func f() {\n\tif inner := 3; inner > 2 {\n\t\tinn|\n\t}\n}", "^inner"},
	{"func f() {\n\tif inner := 3; inner > 2 {\n\t}\n\tinn|\n}", "-"},
	{"f := func(value float64) float64 {\n\treturn val|\n}", "^value"},
	{"{\n\tscoped := 1\n\tsco|\n}", "^scoped"},
	{"{\n\tscoped := 1\n}\nsco|", "-"},
	{"point := \"text\"\npoint.|", "-"},
	{"func f(point http.Client) {\n\tpoint.T|\n}", "^Timeout Transport"},
	{"fmt := point\nfmt.|", "Norm X Y !Println"},
	{"func later() { glob| }\nglobal := 3", "^global"},
	{"func later() { whole.| }\nwhole := point", "Norm X Y"},
	{"type Fresh struct{ A int }\nvar fr Fresh\nfr.|", "^A"},
	{"type Fresh struct{ A int }\nFres|", "^Fresh"},
	{"func helper() int { return 1 }\nhel|", "^helper"},
	{"switch v := nothing.(type) {\ncase Point:\n\tv.|\n}", "Norm X Y"},
	{"switch v := nothing.(type) {\ncase Poi|", "^Point"},
	{"select {\ncase msg := <-make(chan Point):\n\tmsg.|\n}", "Norm X Y"},
	{"const (\n\ta = io|\n)", "^iota"},
	{"x := io|", "!iota"},
	{"x := x|", "!x"},
	// generics
	{"func g[Elem any](xs []Elem) { var y Ele| }", "^Elem"},
	{"func g[T Shape](x T) { x.| }", "^Area Name"},
	{"func g[T interface{ ~int; Twice() }](x T) { x.| }", "^Twice"},
	{"for p := range slices.Values([]Point{}) { p.| }", "Norm X Y"},
	{"var s Stack[Point]\ns.Pop().|", "Norm X Y"},
	{"Stack[Poi|", "^Point"},
	{"slices.SortFunc([]Point{}, func(a, b Point) int { return a.| })", "^X Y Norm"},
	// types where only types go
	{"var x Poi|", "^Point !point"},
	{"var x []Poi|", "^Point"},
	{"var x map[string]*Poi|", "^Point"},
	{"func f(a Poi|", "^Point"},
	{"func f(a int) Poi|", "^Point"},
	{"type T struct {\n\ta Poi|\n}", "^Point"},
	{"type T struct {\n\ta http.Cl|\n}", "^Client"},
	{"type T str|", "string struct"},
	{"make(chan Poi|", "^Point"},
	{"x.(Poi|", "^Point"},
	// keywords
	{"fo|", "for"},
	{"x := fo|", "!for"},
	{"for i := ran|", "^range"},
	{"for ran|", "range"},
	{"x := ran|", "!range"},
	{"ret|", "!return"},
	{"func f() { ret| }", "return"},
	{"bre|", "!break"},
	{"for { bre| }", "break"},
	{"for { con| }", "continue"},
	{"for { func() { con| }() }", "!continue"},
	{"switch 1 {\ncas|", "case"},
	{"switch 1 {\ncase 1:\n\tfmt.Println()\n\tdef|\n}", "default defer"},
	{"select {\ndef|", "default"},
	{"if true {\n} el|", "^else"},
	{"if true {\n} else i|", "^if"},
	{"im|", "image import"},
	{"func f() { impo| }", "!import"},
	{"x := fun|", "func"},
	{"var x cha|", "^chan"},
	{"pack|", "!package"},
	{"fmt.fo|", "!for"},
	{"go fir|", "^first"},
	{"defer buffer.Re|", "^Read"},
	{"outer:\nfor {\n\tfor {\n\t\tbreak ou|\n\t}\n}", "^outer !numbers"},
	{"for { break nu| }", "-"},
	// names that are not ASCII
	{"größe|", "^größe"},
	{"gr|", "^größe"},
	{"circle.größ|", "^größe"},
	{"är|", "^ärger"},
	{"Är|", "^ärger"},
	{"// 世界 💡\ns := \"💡\"; ä|", "^ärger"},
	{"世界 := point; 世|", "^世界"},
	{"世界 := point; 世界.No|", "^Norm"},
	// strings, comments, numbers
	{"\"fm|\"", "-"},
	{"\"fm|", "-"},
	{"`fm|", "-"},
	{"`a\nfm|`", "-"},
	{"'f|'", "-"},
	{"// fm|", "-"},
	{"/* fm| */", "-"},
	{"1|", "-"},
	{"1.|", "-"},
	{"0xf|", "-"},
	{"f()|", "-"},
	{"\"\"|", "-"},
	// broken code
	{"x := foo(\ny := 3\npoint.|", "Norm X Y"},
	{"if point.|", "Norm X Y"},
	{"for _, x := range circle.|", "Radius"},
	{"switch point.|", "Norm X Y"},
	{"fmt.Println(\"a\", point.|\nx := 3", "Norm X Y"},
	{"func broken( {\n}\npoint.|", "Norm X Y"},
	{"point.|\nfunc broken( {", "Norm X Y"},
	{"a := 1 +* 2\nb := point\nb.|", "Norm X Y"},
	{"undefinedThing()\nb := point\nb.|", "Norm X Y"},
	{"b := undefinedThing()\nb.|", "-"},
	{"if x := point; x.|", "Norm X Y"},
	{"func f() {\n\tx := point\n\tx.|\n\nfunc g() {}", "Norm X Y"},
	{"func f() {\n\tfor {\n\t\tx := point\n\t\tx.|", "Norm X Y"},
	{"x := []Point{point.|", "Norm X Y"},
	{"}\npoint.|", "Norm X Y"},
	{")(\npoint.|", "Norm X Y"},
	{"point.|.X", "Norm X Y"},
	{"a, b := point.|", "Norm X Y"},
	{"return point.|", "Norm X Y"},
	{"|", "point fmt for"},
	{"fmt.Println(\n\tpoint.|", "Norm X Y"},
	{"f(func() {\n\tpoint.|\n})", "Norm X Y"},
}

func TestComplete(t *testing.T) {
	s := prepared(t)
	for _, c := range completions {
		at := strings.Index(c.code, "|")
		code := c.code[:at] + c.code[at+1:]
		got := s.Complete(code, at)
		var names []string
		for _, m := range got.Matches {
			names = append(names, m.Text)
		}
		if msg := lacking(names, c.want); msg != "" {
			t.Errorf("%q: %s in %.300q", c.code, msg, names)
		}
		if got.To != at || got.From > at || len(names) > 0 && !strings.HasPrefix(code, "import") && assist.WordStart(code, at) != got.From {
			t.Errorf("%q: replaces %d to %d", c.code, got.From, got.To)
		}
		if again := s.Complete(code, at); !slices.Equal(again.Matches, got.Matches) {
			t.Errorf("%q: another order the second time", c.code)
		}
	}
}

// lacking says what of the wanted names is not as it should be.
func lacking(names []string, want string) string {
	if want == "-" {
		if len(names) > 0 {
			return "nothing expected"
		}
		return ""
	}
	last := -1
	for i, w := range strings.Fields(want) {
		if no, ok := strings.CutPrefix(w, "!"); ok {
			if slices.Contains(names, no) {
				return no + " not expected"
			}
			continue
		}
		w, first := strings.CutPrefix(w, "^")
		at := slices.Index(names, w)
		switch {
		case at < 0:
			return w + " is missing"
		case first && at != 0:
			return w + " is not the first"
		case at < last && strings.HasPrefix(want, "^"):
			return w + " comes too early"
		}
		if i == 0 || at > last {
			last = at
		}
	}
	return ""
}
