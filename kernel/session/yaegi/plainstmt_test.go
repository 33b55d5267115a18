package yaegi_test

// Statements of what yaegi is given, made by chance.

import (
	"fmt"
	"strings"
)

// assign gives a new value to a variable, or to a part of one.
func (c *plain) assign() {
	t := c.of(plainTypes...)
	v := c.pick(t)
	if v == "" || strings.HasPrefix(v, "i") || strings.HasPrefix(v, "k") {
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
	case strings.HasPrefix(t, "[]") && t != "[][]int" && t != "[]byte" && c.IntN(3) == 0:
		c.line("if len(%s) < 9 { %s = append(%s, %s) }", v, v, v, c.expr(t[2:], 2))
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
	case t == "color.RGBA":
		c.line("%s.G = %s", v, c.expr("uint8", 1))
	case t == "[]byte" && c.IntN(2) == 0:
		c.line("if len(%s) > 0 { %s[0] = %s }", v, v, c.expr("uint8", 1))
	case t == "*image.Gray":
		c.line("%s.SetGray(1, 1, color.Gray{Y: %s})", v, c.expr("uint8", 1))
	case t == "*url.URL" && c.IntN(2) == 0:
		c.line("%s.Path = %s", v, c.expr("string", 1))
	default:
		x := c.expr(t, 3)
		if !strings.HasPrefix(x, t+"{") || strings.HasPrefix(t, "[]") || strings.HasPrefix(t, "map") {
			c.line("%s = %s", v, x)
		}
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
		switch c.IntN(20) {
		case 0, 1:
			t := c.of(plainTypes...)
			x, name := c.expr(t, 3), c.fresh(t)
			switch {
			case t == "error":
				c.line("var %s error", name)
			case t == "float32" || t == "int64" || t == "uint8":
				c.line("var %s %s = %s", name, t, x)
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
			c.define(f, "func "+t)
			for range 2 {
				c.line("use(%s(%s, %s))", f, c.expr("int", 1), c.expr(t, 1))
			}
		case 9:
			if deep == 0 || c.result == "" {
				continue
			}
			c.line("if %s { return %s }", c.expr("bool", 2), c.expr(c.result, 2))
		case 11:
			if deep == 0 || c.loops > 1 {
				continue
			}
			c.n++
			w := fmt.Sprintf("i%d", c.n)
			c.line("%s := 0\nfor %s < 3 && %s {\n%s++", w, w, c.expr("bool", 1), w)
			c.define(w, "int")
			c.loops++
			c.nest(func() { c.statements(2, deep-1) })
			c.loops--
			c.line("}\n{")
			c.nest(func() { c.statements(2, deep-1) })
			c.line("}")
		case 12:
			c.n += 2
			var names, values, types []string
			for i := range 2 {
				k := plainCalls[c.IntN(len(plainCalls))]
				names = append(names, fmt.Sprintf("v%d", c.n-i))
				values = append(values, fmt.Sprintf(k.call, c.expr(k.arg, 2)))
				types = append(types, k.result)
			}
			c.line("%s := %s", strings.Join(names, ", "), strings.Join(values, ", "))
			for i, name := range names {
				c.line("use(%s)", name)
				c.define(name, types[i])
			}
		case 14:
			// A literal that was given a name before, and reads what has changed.
			t := c.of("int", "float64", "string", "image.Point")
			if f := c.pick("func " + t); f != "" && !c.lit {
				c.line("use(%s(%s, %s))", f, c.simple("int"), c.simple(t))
			}
		case 15:
			c.n++
			k := fmt.Sprintf("k%d", c.n)
			c.line("const %s = %d\nuse(%s)", k, c.IntN(9)-3, k)
			c.define(k, "const int")
		case 13:
			if e := c.pick("error"); e != "" {
				c.line("if %s != nil { fmt.Println(%s.Error(), said(%s)) }", e, e, e)
			}
		case 10:
			t := c.of(plainTypes...)
			if v := c.pick(t); v != "" {
				c.line("fmt.Printf(\"%%T \", %s)", v)
				c.line("fmt.Println(%s, %s)", v, c.expr(c.of("int", "string", "float64", "bool"), 1))
			}
		default:
			c.assign()
		}
	}
}
