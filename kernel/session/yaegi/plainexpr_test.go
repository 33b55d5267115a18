package yaegi_test

// Expressions of what yaegi is given, made by chance.

import (
	"fmt"
)

var plainTypes = []string{"int", "float64", "string", "bool", "[]int", "[]float64", "[]string", "map[string]float64", "map[int]string", "image.Point", "*url.URL", "[]image.Point", "map[string][]int", "image.Rectangle", "error", "time.Duration", "[]byte", "float32", "int64", "uint8", "color.RGBA", "*image.Gray", "[][]int", "map[string]image.Point"}

// plainCalls are calls that stand side by side in one definition.
var plainCalls = []struct{ call, arg, result string }{
	{"strings.Index(s, %s)", "string", "int"}, {"strings.ToUpper(%s)", "string", "string"}, {"math.Abs(%s)", "float64", "float64"},
	{"moved(%s)", "image.Point", "image.Point"}, {"bytes.TrimSpace(%s)", "[]byte", "[]byte"}, {"%s.Canon()", "image.Rectangle", "image.Rectangle"},
}

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
		switch c.IntN(17) {
		case 14:
			return fmt.Sprintf("%s[%s].X", e("map[string]image.Point"), e("string"))
		case 15:
			if k := c.pick("const int"); k != "" {
				return k
			}
		case 16:
			return fmt.Sprintf("len(row(%s, %s))", e("[][]int"), e("int"))
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
			return fmt.Sprintf("%s.%s", e(c.of("image.Rectangle", "*image.Gray")), c.of("Bounds().Dx()", "Bounds().Max.Y"))
		case 10:
			return fmt.Sprintf("bytes.IndexByte(%s, %s)", e("[]byte"), e("uint8"))
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
			return fmt.Sprintf("fmt.Sprint(%s)", e(c.of("int", "float64", "bool", "image.Point", "[]byte", "float32", "int64", "uint8", "color.RGBA", "[]int", "[]string", "map[string]float64", "time.Duration", "image.Rectangle")))
		case 1:
			return fmt.Sprintf("strings.%s(%s)", c.of("ToUpper", "TrimSpace"), e("string"))
		case 2:
			return fmt.Sprintf("short(fmt.Sprintf(%q, %s, %s, %s))", c.of("%v|%v|%v", "%d %v %s", "%T %T %T", "%+v %#v %q"), e("int"), e("float64"), e("string"))
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
				return c.of(fmt.Sprintf("tail(%s)", e(t)), fmt.Sprintf("row(%s, %s)", e("[][]int"), e("int")))
			}
		}
	case "[][]int":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("[][]int{%s, %s}", e("[]int"), e("[]int"))
		}
		return fmt.Sprintf("append([][]int{}, %s)", e("[]int"))
	case "map[string]image.Point":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("%s{%s: %s}", t, e("string"), e("image.Point"))
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
	case "[]byte":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("append(%s, %s)", e(t), e("uint8"))
		}
		if c.IntN(2) == 0 {
			return fmt.Sprintf("slurp(%s)", e("string"))
		}
		return fmt.Sprintf("made(%s)", e("int"))
	case "float32":
		return fmt.Sprintf("float(%s)", e("float64"))
	case "int64":
		return fmt.Sprintf("%s.Milliseconds()", e("time.Duration"))
	case "uint8":
		if c.IntN(2) == 0 {
			return fmt.Sprintf("%s.%s", e("color.RGBA"), c.of("R", "G"))
		}
		return fmt.Sprintf("octet(%s, %s)", e("[]byte"), e("int"))
	case "color.RGBA":
		return fmt.Sprintf("color.RGBA{R: %s, B: %s, A: 9}", e("uint8"), e("uint8"))
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
		return c.of("3", "-7", "100", "0", "0x1F", "1_000", "017", "0b11", "count", "fib(5)", "math.MaxInt32")
	case "float64":
		return c.of("2.5", "-0.25", "0x1p-2", ".5", "1.", "3", "7.0", "1e3", "half", "math.Pi", "math.Sqrt(2)")
	case "string":
		return c.of(`"a"`, `"b é"`, `"\x41\u263a\t"`, `""`, "`x\\n`", "name")
	case "bool":
		return c.of("true", "false")
	case "[]int", "[]float64", "[]string", "[]image.Point", "map[string]float64", "map[int]string", "map[string][]int", "[][]int", "map[string]image.Point":
		return t + "{}"
	case "image.Point":
		return "image.Point{X: 1}"
	case "image.Rectangle":
		return "image.Rect(1, 2, 30, 40)"
	case "*url.URL":
		return "link(\"p\")"
	case "[]byte":
		return c.of(`[]byte{}`, `made(3)`, `[]byte{1, 200}`)
	case "float32":
		return c.of("1.5", "float(2.25)", "3")
	case "int64":
		return c.of("-3", "time.Second.Milliseconds()")
	case "uint8":
		return "200"
	case "color.RGBA":
		return "color.RGBA{R: 3, A: 255}"
	case "*image.Gray":
		return "image.NewGray(image.Rect(0, 0, 3, 2))"
	case "error":
		return c.of(`errors.New("wrong")`, `fmt.Errorf("no %d", 3)`)
	case "time.Duration":
		return c.of("time.Second", "time.Minute", "time.Millisecond")
	}
	panic(t)
}
