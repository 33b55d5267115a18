package yaegi_test

// Programs of exactly what yaegi is given, made by chance.

import (
	"fmt"
	"math/rand/v2"
	"strings"
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

// plainProgram writes a program of n functions that print what they do.
func plainProgram(seed uint64, n int) string {
	c := &plain{Rand: rand.New(rand.NewPCG(seed, 2))}
	c.b.WriteString(`package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
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
	return n + len(m["b"])
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

func row(xs [][]int, n int) []int {
	if n < 0 || n >= len(xs) {
		return nil
	}
	return xs[n]
}

func slurp(s string) []byte {
	b, err := io.ReadAll(strings.NewReader(s))
	if err != nil {
		return nil
	}
	return b
}

func made(n int) []byte {
	if n < 0 || n > 5 {
		return nil
	}
	return make([]byte, n)
}

func float(x float64) float32 {
	var f float32 = 2.5
	if x > 0 {
		return f
	}
	return 0.25
}

func octet(b []byte, n int) uint8 {
	if n < 0 || n >= len(b) {
		return 7
	}
	return b[n]
}

func said(err error) string {
	if err == nil {
		return "none"
	}
	return "error " + err.Error()
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
