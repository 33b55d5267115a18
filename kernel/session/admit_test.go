package session

// What yaegi is given it must run as Go does: programs made by chance out of
// exactly what the list admits are run by both.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// plain writes programs of what is admitted.
type plain struct {
	*rand.Rand
	b      strings.Builder
	scope  []map[string]string // names by type, the innermost last
	n      int                 // makes names unique
	loops  int
	lit    bool   // within a function literal
	result string // type of the function's result, "" for none
}

func (c *plain) of(xs ...string) string { return xs[c.IntN(len(xs))] }

func (c *plain) line(format string, args ...any) { fmt.Fprintf(&c.b, format+"\n", args...) }

// pick gives a variable of the type that is in scope.
func (c *plain) pick(t string) string {
	var names []string
	hidden := map[string]bool{}
	for i := len(c.scope) - 1; i >= 0; i-- {
		for n, nt := range c.scope[i] {
			if !hidden[n] && nt == t {
				names = append(names, n)
			}
		}
		for n := range c.scope[i] {
			hidden[n] = true
		}
	}
	if len(names) == 0 {
		return ""
	}
	// Maps have no order, and the same seed is to give the same program.
	best := names[0]
	at := c.IntN(97)
	for _, n := range names {
		if key(n, at) < key(best, at) || key(n, at) == key(best, at) && n < best {
			best = n
		}
	}
	return best
}

func key(name string, at int) int {
	h := at
	for _, r := range name {
		h = h*31 + int(r)
	}
	return h % 101
}

// fresh defines a name, at times one that hides another.
func (c *plain) fresh(t string) string {
	c.n++
	name := fmt.Sprintf("v%d", c.n)
	if c.IntN(4) == 0 && len(c.scope) > 1 {
		if old := c.pick(t); old != "" && c.scope[len(c.scope)-1][old] == "" && !strings.HasPrefix(old, "i") {
			name = old
		}
	}
	return name
}

func (c *plain) define(name, t string) { c.scope[len(c.scope)-1][name] = t }

var plainTypes = []string{"int", "float64", "string", "bool", "[]int", "[]float64", "[]string", "map[string]float64", "map[int]string", "image.Point", "*url.URL", "[]image.Point", "map[string][]int", "image.Rectangle", "error", "time.Duration"}

// expr writes an expression of a type.
func (c *plain) expr(t string, depth int) string {
	if depth <= 0 || c.IntN(4) == 0 {
		if v := c.pick(t); v != "" && c.IntN(4) > 0 {
			return v
		}
		return c.simple(t)
	}
	e := func(t string) string { return c.expr(t, depth-1) }
	switch t {
	case "int":
		switch c.IntN(14) {
		case 0:
			return fmt.Sprintf("len(%s)", e(c.of("[]int", "[]string", "map[string]float64", "map[int]string", "[]image.Point")))
		case 1:
			return fmt.Sprintf("small(%s)", e("float64"))
		case 2:
			return fmt.Sprintf("%s.%s", e("image.Point"), c.of("X", "Y"))
		case 3:
			return fmt.Sprintf("at(%s, %s)", e("[]int"), e("int"))
		case 4:
			return fmt.Sprintf("(%s %s nonzero(%s))", c.variable("int"), c.of("/", "%"), e("int"))
		case 5:
			return fmt.Sprintf("%s.Min.X", e("image.Rectangle"))
		case 6:
			return fmt.Sprintf("strings.Index(%s, %s)", e("string"), e("string"))
		case 7:
			return fmt.Sprintf("(-%s)", c.variable("int"))
		case 8:
			return fmt.Sprintf("total(%s, %s)", e("string"), e("map[string][]int"))
		case 9:
			return fmt.Sprintf("%s.Dx()", e("image.Rectangle"))
		}
		return fmt.Sprintf("(%s %s %s)", c.variable(t), c.of("+", "-", "*"), e(t))
	case "float64":
		switch c.IntN(9) {
		case 0:
			if v := c.pick("int"); v != "" {
				return fmt.Sprintf("float64(%s)", v)
			}
		case 1:
			return fmt.Sprintf("math.%s(%s)", c.of("Abs", "Floor", "Sqrt"), e("float64"))
		case 2:
			return fmt.Sprintf("%s[%s]", e("map[string]float64"), e("string"))
		case 3:
			return fmt.Sprintf("%s.Seconds()", e("time.Duration"))
		case 4:
			return fmt.Sprintf("mean(%s)", e("[]float64"))
		}
		return fmt.Sprintf("(%s %s %s)", c.variable(t), c.of("+", "-", "*", "/"), e(t))
	case "string":
		switch c.IntN(9) {
		case 0:
			return fmt.Sprintf("fmt.Sprint(%s)", e(c.of("int", "float64", "bool", "image.Point", "[]int", "[]string", "map[string]float64", "time.Duration", "image.Rectangle")))
		case 1:
			return fmt.Sprintf("strings.%s(%s)", c.of("ToUpper", "TrimSpace"), e("string"))
		case 2:
			return fmt.Sprintf("fmt.Sprintf(%q, %s, %s, %s)", c.of("%v|%v|%v", "%d %v %s", "%T %T %T", "%+v %#v %q"), e("int"), e("float64"), e("string"))
		case 3:
			return fmt.Sprintf("strings.Join(%s, %s)", e("[]string"), e("string"))
		case 4:
			return fmt.Sprintf("cut(%s, small(%s))", e("string"), e("float64"))
		case 5:
			return fmt.Sprintf("%s[%s]", e("map[int]string"), e("int"))
		case 6:
			return fmt.Sprintf("%s.String()", e(c.of("image.Point", "*url.URL", "time.Duration")))
		}
		return fmt.Sprintf("short(%s + %s)", c.variable(t), e(t))
	case "bool":
		switch c.IntN(6) {
		case 0:
			if v := c.pick("bool"); v != "" {
				return "!" + v
			}
		case 1:
			return fmt.Sprintf("(told(%q, %s) %s %s)", "l", e("bool"), c.of("&&", "||"), e("bool"))
		case 2:
			if v := c.pick(c.of("error", "*url.URL", "[]int", "map[int]string")); v != "" {
				return fmt.Sprintf("(%s %s nil)", v, c.of("==", "!="))
			}
		case 3:
			return fmt.Sprintf("strings.Contains(%s, %s)", e("string"), e("string"))
		case 4:
			return fmt.Sprintf("told(%q, %s)", c.of("a", "b"), e("bool"))
		}
		t := c.of("int", "float64", "string")
		return fmt.Sprintf("(%s %s %s)", c.variable(t), c.of("<", "<=", ">", ">=", "==", "!="), e(t))
	case "[]int", "[]float64", "[]string", "[]image.Point":
		el := t[2:]
		switch c.IntN(5) {
		case 0:
			return fmt.Sprintf("append(%s, %s)", "append("+t+"{}, "+e(t)+"...)", e(el))
		case 1:
			return fmt.Sprintf("%s{%s, %s}", t, e(el), e(el))
		case 2:
			return fmt.Sprintf("make(%s, 3)", t)
		case 3:
			if t == "[]int" {
				return fmt.Sprintf("tail(%s)", e(t))
			}
		}
	case "map[string]float64":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("%s{\"a\": %s, \"b\": %s}", t, e("float64"), e("float64"))
		}
	case "image.Point":
		switch c.IntN(4) {
		case 0:
			return fmt.Sprintf("image.Point{X: %s, Y: %s}", e("int"), e("int"))
		case 1:
			return fmt.Sprintf("%s.Add(%s)", e(t), e(t))
		case 2:
			return fmt.Sprintf("%s.Max", e("image.Rectangle"))
		case 3:
			return fmt.Sprintf("moved(%s)", e(t))
		}
	case "image.Rectangle":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("image.Rectangle{Min: %s, Max: %s}", e("image.Point"), e("image.Point"))
		}
		return fmt.Sprintf("image.Rect(%s, %s, %s, 9)", e("int"), e("int"), e("int"))
	case "*url.URL":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("link(%s)", e("string"))
		}
	}
	return c.simple(t)
}

// variable is a variable of the type, or a call that gives its value: two
// constants cannot be compared.
func (c *plain) variable(t string) string {
	if v := c.pick(t); v != "" {
		return v
	}
	return map[string]string{"int": "fib(5)", "float64": "math.Sqrt(2)", "string": "strings.ToLower(name)"}[t]
}

// simple is a literal, or what comes near one.
func (c *plain) simple(t string) string {
	switch t {
	case "int":
		return c.of("3", "-7", "100", "0", "count", "fib(5)", "math.MaxInt32")
	case "float64":
		return c.of("2.5", "-0.25", "7.0", "1e3", "half", "math.Pi", "math.Sqrt(2)")
	case "string":
		return c.of(`"a"`, `"b é"`, `""`, "`x\\n`", "name")
	case "bool":
		return c.of("true", "false")
	case "[]int", "[]float64", "[]string", "[]image.Point", "map[string]float64", "map[int]string", "map[string][]int":
		return t + "{}"
	case "image.Point":
		return "image.Point{X: 1}"
	case "image.Rectangle":
		return "image.Rect(1, 2, 30, 40)"
	case "*url.URL":
		return "link(\"p\")"
	case "error":
		return `errors.New("wrong")`
	case "time.Duration":
		return c.of("time.Second", "time.Minute", "time.Millisecond")
	}
	panic(t)
}

// place is something that a value can be assigned to, in the form of
// statements around it.
func (c *plain) assign() {
	t := c.of(plainTypes...)
	v := c.pick(t)
	if v == "" || strings.HasPrefix(v, "i") {
		return
	}
	switch {
	case t == "int" && c.IntN(2) == 0:
		c.line("%s%s", v, c.of("++", "--"))
	case (t == "int" || t == "float64") && c.IntN(2) == 0:
		c.line("%s %s %s", v, c.of("+=", "-=", "*="), c.expr(t, 2))
	case t == "string" && c.IntN(2) == 0:
		c.line("%s += %s", v, c.expr(t, 0))
		c.line("%s = short(%s)", v, v)
	case t == "[]int" && c.IntN(2) == 0:
		c.line("if len(%s) > 1 { %s[1] %s %s }", v, v, c.of("=", "+=", "*="), c.expr("int", 2))
	case t == "[]float64" && c.IntN(2) == 0:
		c.line("for i, x := range %s { %s[i] = x * 2 }", v, v)
	case t == "map[string]float64" && c.IntN(2) == 0:
		c.line("%s[%s] %s %s", v, c.expr("string", 1), c.of("=", "+="), c.expr("float64", 2))
	case t == "map[int]string" && c.IntN(2) == 0:
		c.line("%s[%s] = %s", v, c.expr("int", 1), c.expr("string", 1))
	case t == "map[string][]int" && c.IntN(2) == 0:
		k := c.of(`"a"`, `"b"`)
		c.line("%s[%s] = append(%s[%s], %s)", v, k, v, k, c.expr("int", 1))
	case t == "image.Point" && c.IntN(2) == 0:
		c.line("%s.%s %s %s", v, c.of("X", "Y"), c.of("=", "+=", "-="), c.expr("int", 2))
	case t == "image.Point" && c.IntN(2) == 0:
		c.line("%s.X, %s.Y = 4, -5", v, v)
	case t == "image.Rectangle" && c.IntN(2) == 0:
		c.line("%s.Min.X = %s", v, c.expr("int", 2))
	case t == "*url.URL" && c.IntN(2) == 0:
		c.line("%s.Path = %s", v, c.expr("string", 1))
	default:
		c.line("%s = %s", v, c.expr(t, 3))
	}
}

// nest opens a scope for what is within.
func (c *plain) nest(within func()) {
	c.scope = append(c.scope, map[string]string{})
	within()
	c.scope = c.scope[:len(c.scope)-1]
}

func (c *plain) statements(n, deep int) {
	for range n {
		switch c.IntN(16) {
		case 0, 1:
			t := c.of(plainTypes...)
			x, name := c.expr(t, 3), c.fresh(t)
			switch {
			case t == "error":
				c.line("var %s error", name)
			case (t == "int" || t == "float64") && c.IntN(2) == 0:
				c.line("var %s %s = %s", name, t, x)
			case t == "float64":
				c.line("%s := math.Abs(%s)", name, x)
			default:
				c.line("%s := %s", name, x)
			}
			c.line("use(%s)", name)
			c.define(name, t)
		case 2:
			t := c.of("int", "string", "[]int", "image.Point", "float64", "map[string]float64", "*url.URL", "error")
			name := c.fresh(t)
			c.line("var %s %s", name, t)
			c.line("use(%s)", name)
			switch t {
			case "map[string]float64":
				c.line("%s = %s{}", name, t)
			case "*url.URL":
				c.line("%s = &url.URL{Host: \"h\"}", name)
			}
			c.define(name, t)
		case 3:
			a, e := c.fresh("int"), c.fresh("error")
			if a == e {
				continue
			}
			if old := c.pick("error"); old != "" && c.scope[len(c.scope)-1][old] == "error" && c.scope[len(c.scope)-1][a] == "" && c.IntN(2) == 0 {
				e = old
			} else if c.scope[len(c.scope)-1][a] != "" && c.scope[len(c.scope)-1][e] != "" {
				continue
			}
			c.line("%s, %s := %s(%s)", a, e, c.of("strconv.Atoi", "parsed"), c.of(`"12"`, `"x"`, c.expr("string", 1)))
			c.line("use(%s)\nuse(%s)", a, e)
			c.define(a, "int")
			c.define(e, "error")
		case 4, 5:
			if deep == 0 {
				continue
			}
			init := ""
			c.nest(func() {
				if c.IntN(3) == 0 {
					c.n++
					init = fmt.Sprintf("v%d, err := strconv.Atoi(%s); err %s nil && v%d < 50 || ", c.n, c.expr("string", 1), c.of("==", "!="), c.n)
					c.define(fmt.Sprintf("v%d", c.n), "int")
					c.define("err", "error")
				}
				c.line("if %s%s {", init, c.expr("bool", 2))
				c.nest(func() { c.statements(2, deep-1) })
				if c.IntN(2) == 0 {
					c.line("} else if %s {", c.expr("bool", 2))
					c.nest(func() { c.statements(2, deep-1) })
				}
				if c.IntN(2) == 0 {
					c.line("} else {")
					c.nest(func() { c.statements(2, deep-1) })
				}
				c.line("}")
			})
		case 6:
			if deep == 0 {
				continue
			}
			c.n++
			i := fmt.Sprintf("i%d", c.n)
			c.line("for %s := 0; %s < %d; %s++ {", i, i, 1+c.IntN(5), i)
			c.loops++
			c.nest(func() {
				c.define(i, "int")
				c.statements(3, deep-1)
				if c.IntN(2) == 0 {
					c.line("if %s { %s }", c.expr("bool", 1), c.of("break", "continue"))
				}
				c.statements(1, deep-1)
			})
			c.loops--
			c.line("}")
		case 7:
			if deep == 0 {
				continue
			}
			t := c.of("int", "float64", "string", "image.Point")
			c.n++
			i, v := fmt.Sprintf("i%d", c.n), fmt.Sprintf("v%d", c.n)
			x := c.expr("[]"+t, 2)
			head := i + ", " + v
			if c.IntN(4) == 0 {
				head = "_, " + v
			}
			c.line("for %s := range %s {", head, x)
			c.loops++
			c.nest(func() {
				if head[0] == 'i' {
					c.define(i, "int")
				}
				c.define(v, t)
				c.statements(3, deep-1)
				if head[0] == 'i' {
					c.line("use(%s)", i)
				}
				c.line("use(%s)", v)
				if w := c.pick("[]" + t); w != "" && c.IntN(2) == 0 {
					c.line("if len(%s) < 20 { %s = append(%s, %s) }", w, w, w, v)
				}
				if c.IntN(3) == 0 {
					c.line("if %s { %s }", c.expr("bool", 1), c.of("break", "continue"))
				}
			})
			c.loops--
			c.line("}")
		case 8:
			if c.lit || c.loops > 0 || len(c.scope) > 3 {
				continue
			}
			c.n++
			f := fmt.Sprintf("f%d", c.n)
			t := c.of("int", "float64", "string", "image.Point")
			result := c.result
			c.line("%s := func(a int, b %s) %s {", f, t, t)
			c.lit, c.result = true, t
			c.nest(func() {
				c.define("a", "int")
				c.define("b", t)
				c.statements(3, 1)
				c.line("return %s", c.expr(t, 2))
			})
			c.lit, c.result = false, result
			c.line("}")
			for range 2 {
				c.line("use(%s(%s, %s))", f, c.expr("int", 1), c.expr(t, 1))
			}
		case 9:
			if deep == 0 || c.result == "" {
				continue
			}
			c.line("if %s { return %s }", c.expr("bool", 2), c.expr(c.result, 2))
		case 10:
			t := c.of(plainTypes...)
			if v := c.pick(t); v != "" {
				c.line("fmt.Println(%s, %s)", v, c.expr(c.of("int", "string", "float64", "bool"), 1))
			}
		default:
			c.assign()
		}
	}
}

// plainProgram writes a program of n functions that print what they do.
func plainProgram(seed uint64, n int) string {
	c := &plain{Rand: rand.New(rand.NewPCG(seed, 2))}
	c.b.WriteString(`package main

import (
	"errors"
	"fmt"
	"image"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const count = 12
const half = 0.5
const name = "name"

func small(x float64) int {
	if x > -50 && x < 50 {
		return int(x)
	}
	return 3
}

func nonzero(n int) int {
	if n == 0 {
		return 7
	}
	return n
}

func at(xs []int, n int) int {
	if n < 0 || n >= len(xs) {
		return -1
	}
	return xs[n]
}

func total(s string, m map[string][]int) int {
	n := 0
	for _, v := range m[s] {
		n += v
	}
	m["b"] = append(m["b"], n)
	return n
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	if len(xs) == 0 {
		return 0
	}
	return sum / float64(len(xs))
}

func cut(s string, n int) string {
	if n < 0 || n > len(s) {
		return s
	}
	return s[:n] + "|" + s[n:]
}

func short(s string) string {
	if len(s) > 30 {
		return s[:30]
	}
	return s
}

func tail(xs []int) []int {
	if len(xs) == 0 {
		return nil
	}
	return xs[1:]
}

func moved(p image.Point) image.Point {
	p.X += 5
	return p
}

func told(s string, b bool) bool {
	fmt.Print(s, " ")
	return b
}

func parsed(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, fmt.Errorf("parsing: %w", err)
	}
	if n > 10 {
		return n, nil
	}
	return n, errors.New("small")
}

func link(path string) *url.URL {
	if len(path) > 5 {
		return &url.URL{Host: path, Path: "/long", ForceQuery: true}
	}
	u := &url.URL{Path: path}
	return u
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func write(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p)
	}
	return b.String()
}
`)
	var calls strings.Builder
	for i := range n {
		c.result = c.of(append(plainTypes[:4:4], "image.Point", "[]int")...)
		c.scope = nil
		c.nest(func() {
			c.line("func p%d(x int, s string, xs []float64) %s {", i, c.result)
			c.define("x", "int")
			c.define("s", "string")
			c.define("xs", "[]float64")
			c.statements(14, 3)
			for _, t := range plainTypes {
				if v := c.pick(t); v != "" {
					c.line("fmt.Println(%s)", v)
				}
			}
			c.line("return %s", c.expr(c.result, 2))
			c.line("}")
		})
		fmt.Fprintf(&calls, "fmt.Println(\"p%d\")\nys%d := []float64{1, 2.5, -4}\nfmt.Println(p%d(%d, \"s%d\", ys%d))\nfmt.Println(ys%d)\n", i, i, i, c.IntN(20), i, i, i)
	}
	c.line("func main() {\n%sfmt.Println(fib(12), write([]string{\"a\", name}))\n}", calls.String())
	return strings.ReplaceAll(c.b.String(), "use(", "fmt.Print(\" \", ")
}

func TestWhatYaegiGetsIsGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command")
	}
	dir := t.TempDir()
	const n = 60
	for seed := range uint64(30) {
		text := plainProgram(seed, n)
		file := filepath.Join(dir, "main.go")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := Check(file, []byte(text))
		if err != nil {
			os.WriteFile("/tmp/engine/bad.go", []byte(text), 0o644); t.Fatalf("seed %d: %v", seed, err)
		}
		if at, what := p.BeyondYaegi(); what != "" {
			t.Fatalf("%v: %s is not admitted: %s", p.Position(at), what, strings.Split(text, "\n")[p.Position(at).Line-1])
		}
		bin := filepath.Join(dir, "program")
		if msg, err := exec.Command("go", "build", "-o", bin, file).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, msg)
		}
		want, err := exec.Command(bin).Output()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got := capture(t, func() { err = inYaegi(text) })
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		in := ""
		for i, line := range w {
			if strings.HasPrefix(line, "p") {
				in = line
			}
			if i >= len(g) || g[i] != line {
				t.Errorf("seed %d, %s: got %q, compiled Go gives %q", seed, in, g[min(i, len(g)-1)], line)
				os.WriteFile(filepath.Join(os.TempDir(), fmt.Sprintf("admit%d.go", seed)), []byte(text), 0o644)
				break
			}
		}
		if len(w) < n {
			t.Errorf("seed %d prints %d lines", seed, len(w))
		}
	}
}
