package fastpath_test

// Functions that were made quick must do what compiled Go does: programs made
// by chance are run by both.

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/session/fastpath"
	patched "fourmlab/kernel/session/ixgo"
)

// chance writes programs.
type chance struct {
	*rand.Rand
	vars map[string][]string // by type
	b    strings.Builder
	deep int
	risk bool // the statement may panic somewhere already; Go does not say what comes first
}

var chanceTypes = []string{"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "Celsius", "Flags"}

func isFloat(t string) bool { return t == "float32" || t == "float64" || t == "Celsius" }

// dare tells whether what is written now may panic.
func (c *chance) dare(n int) bool {
	if c.risk || c.IntN(n) > 0 {
		return false
	}
	c.risk = true
	return true
}

func (c *chance) of(xs ...string) string { return xs[c.IntN(len(xs))] }

// expr writes an expression of a type.
func (c *chance) expr(t string, depth int) string {
	if depth <= 0 || c.IntN(5) == 0 {
		return c.of(c.vars[t]...)
	}
	x, y := c.expr(t, depth-1), c.expr(t, depth-1)
	if c.IntN(3) == 0 {
		y = fmt.Sprintf("%s(%d)", t, 1+c.IntN(120))
	}
	switch c.IntN(9) {
	case 0:
		from := c.of(chanceTypes...)
		if isFloat(from) && !isFloat(t) { // out of range is for each machine to say
			return fmt.Sprintf("%s(clamp(float64(%s)))", t, c.expr(from, depth-1))
		}
		return fmt.Sprintf("%s(%s)", t, c.expr(from, depth-1))
	case 1:
		return fmt.Sprintf("s.%s", "f"+t)
	case 2:
		return fmt.Sprintf("a%s[%s]", t, c.index(depth-1))
	case 3:
		return fmt.Sprintf("g%s(%s, %s)", t, x, y)
	case 4:
		return "-" + "(" + x + ")"
	}
	if isFloat(t) {
		return fmt.Sprintf("(%s %s %s)", x, c.of("+", "-", "*", "/"), y)
	}
	switch c.IntN(6) {
	case 0:
		count := c.of(c.expr("uint8", depth-1), c.expr("uint64", depth-1), fmt.Sprint(c.IntN(70)))
		if c.dare(8) {
			count = c.expr("int", depth-1)
		}
		return fmt.Sprintf("(%s %s (%s))", x, c.of("<<", ">>"), count)
	case 1:
		if !c.dare(8) {
			y = fmt.Sprintf("(%s | 1)", y)
		}
		return fmt.Sprintf("(%s %s %s)", x, c.of("/", "%"), y)
	case 2:
		return fmt.Sprintf("(^%s)", x)
	}
	return fmt.Sprintf("(%s %s %s)", x, c.of("+", "-", "*", "&", "|", "^", "&^"), y)
}

// index is seldom out of range.
func (c *chance) index(depth int) string {
	if c.dare(12) {
		return c.expr(c.of("int", "uint8", "uint64", "int8"), depth)
	}
	return fmt.Sprintf("uint8(%s)%%7", c.expr("int", depth))
}

func (c *chance) condition() string {
	t := c.of(chanceTypes...)
	s := fmt.Sprintf("%s %s %s", c.expr(t, 2), c.of("<", "<=", ">", ">=", "==", "!="), c.expr(t, 2))
	if c.IntN(3) == 0 {
		s += c.of(" && ", " || ") + c.condition()
	}
	return s
}

func (c *chance) statements(n int) {
	for range n {
		c.risk = false
		t := c.of(chanceTypes...)
		left := c.of(c.of(c.vars[t]...), "s.f"+t, "a"+t+"["+c.index(1)+"]")
		switch c.IntN(9) {
		case 0:
			if c.deep < 3 {
				c.deep++
				fmt.Fprintf(&c.b, "if %s {\n", c.condition())
				c.statements(2)
				c.b.WriteString("} else {\n")
				c.statements(1)
				c.b.WriteString("}\n")
				c.deep--
			}
		case 1:
			if c.deep < 2 {
				c.deep++
				i := fmt.Sprintf("i%d", c.IntN(1e6))
				fmt.Fprintf(&c.b, "for %s := 0; %s < %d; %s++ {\n", i, i, c.IntN(6), i)
				c.statements(3)
				if c.IntN(2) == 0 {
					fmt.Fprintf(&c.b, "if %s { %s }\n", c.condition(), c.of("break", "continue"))
				}
				c.b.WriteString("}\n")
				c.deep--
			}
		case 2:
			a, b := c.of(c.vars[t]...), c.of(c.vars[t]...)
			if a != b {
				fmt.Fprintf(&c.b, "%s, %s = %s, %s\n", a, b, b, c.expr(t, 1))
			}
		case 3:
			fmt.Fprintf(&c.b, "for j, v := range a%s[:3] { %s += v; a%s[j] = %s }\n", t, c.of(c.vars[t]...), t, c.of(c.vars[t]...))
		default:
			ops := []string{"=", "+=", "-=", "*="}
			if !isFloat(t) {
				ops = append(ops, "|=", "&=", "^=")
			}
			fmt.Fprintf(&c.b, "%s %s %s\n", left, c.of(ops...), c.expr(t, 3))
		}
	}
}

// program writes functions f0 to f(n-1) that give strings.
func chancePrograms(seed uint64, n int) string {
	c := &chance{Rand: rand.New(rand.NewPCG(seed, 1)), vars: map[string][]string{}}
	c.b.WriteString("type Celsius float64\ntype Flags uint16\nfunc clamp(x float64) float64 { if x > -100 && x < 100 { if x < 0 { return -x }; return x }; return 7 }\ntype S struct {\n")
	for _, t := range chanceTypes {
		fmt.Fprintf(&c.b, "f%s %s\n", t, t)
	}
	c.b.WriteString("}\n")
	for _, t := range chanceTypes {
		fmt.Fprintf(&c.b, "func g%s(x, y %s) %s { if x < y { return y - x }; return x + y }\n", t, t, t)
	}
	for i := range n {
		fmt.Fprintf(&c.b, "func f%d() (string) {\ns := &S{}\n", i)
		show := "return fmt.Sprint(*s"
		for _, t := range chanceTypes {
			a, b := "x"+t, "y"+t
			c.vars[t] = []string{a, b}
			fmt.Fprintf(&c.b, "%s, %s := %s(%d), %s(%d)\na%s := make([]%s, 7)\n", a, b, t, c.IntN(100), t, c.IntN(100), t, t)
			show += fmt.Sprintf(", %s, %s, a%s", a, b, t)
		}
		c.statements(12)
		c.b.WriteString(show + ")\n}\n")
	}
	c.b.WriteString("func try(f func() string) (out string) {\ndefer func() { if e := recover(); e != nil { out = fmt.Sprint(e) } }()\nreturn f()\n}\nfunc all() (out []string) {\n")
	for i := range n {
		fmt.Fprintf(&c.b, "out = append(out, try(f%d))\n", i)
	}
	c.b.WriteString("return out\n}\n")
	return c.b.String()
}

func TestQuickIsGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command")
	}
	text := chancePrograms(1, 80)
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\nimport \"fmt\"\n"+text+"func main() { for _, s := range all() { fmt.Printf(\"%q\\n\", s) } }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want, err := exec.Command("go", "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, want)
	}
	out, unfit := quickly(t, "package main\nimport \"fmt\"\n"+text+"var out string\nfunc main() { for _, s := range all() { out += fmt.Sprintf(\"%q\\n\", s) } }\n")
	got, lines := strings.Split(out, "\n"), strings.Split(string(want), "\n")
	panics := 0
	for i, line := range lines {
		if strings.Contains(line, "runtime error") {
			panics++
		}
		if i >= len(got) || got[i] != line {
			t.Errorf("f%d: got %s, compiled Go gives %s", i, got[min(i, len(got)-1)], line)
		}
	}
	if panics < 5 || panics > len(lines)/2 {
		t.Errorf("%d of %d programs panic; they should be some", panics, len(lines))
	}
	for i := range 80 {
		if why := unfit[fmt.Sprintf("main.f%d", i)]; why != "" {
			t.Errorf("f%d is not quick: %s", i, why)
		}
	}
}

// quickly runs a program as cells are run, and gives its variable out and which
// functions are not quick.
func quickly(t *testing.T, src string) (out string, unfit map[string]string) {
	t.Helper()
	ctx := ixgo.NewContext(ixgo.OptionLoadAllImethod)
	pkg, err := ctx.LoadFile("main.go", src)
	if err != nil {
		t.Fatal(err)
	}
	if err := patched.CorrectSSA(pkg.Prog); err != nil {
		t.Fatal(err)
	}
	in, err := ctx.NewInterp(pkg)
	if err != nil {
		t.Fatal(err)
	}
	var c fastpath.Compiler
	patched.NewMachine().Watch(in, patched.NewRun(1), func(funcs patched.Functions, stop *patched.Stopper) { c.Compile(in, funcs, stop) })
	if err := in.RunInit(); err != nil {
		t.Fatal(err)
	}
	if ended := patched.Call(in, pkg.Func("main")); ended.Panicked != nil {
		t.Fatalf("%v\n%s", ended.Panicked, ended.Stack)
	}
	addr, _ := in.GetVarAddr("out")
	return *addr.(*string), c.Unfit
}
