package notebook

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "fourmlab/kernel/symbols" // what cells can import
)

func ofCells(cells ...string) *File {
	nb := &File{}
	for _, c := range cells {
		kind := "code"
		if strings.HasPrefix(c, "#") {
			kind = "markdown"
		}
		nb.Cells = append(nb.Cells, &Cell{Kind: kind, Source: c})
	}
	return nb
}

// programs are notebooks, with what the program that is made of them prints.
var programs = []struct {
	name   string
	cells  []string
	prints string
	back   bool // from the program comes the same notebook
}{
	{"a value", []string{"# Title\n\ntext", "1 + 1", "\"a\""}, "2\na\n", true},
	{"variables", []string{"x := 20\ny := 1", "x + y", "fmt.Println(x)"}, "21\n20\n", true},
	{"unused", []string{"x := 20", "fmt.Println(1)"}, "1\n", true},
	{"imports", []string{"import \"strconv\"\nimport m \"math\"", "strconv.Itoa(3) + fmt.Sprint(m.Pi > 3)"}, "3true\n", false},
	{"again, of one type", []string{"x := 1", "x := 2\nx++", "x"}, "3\n", false},
	{"again, of another", []string{"x := 1", "f := func() int { return x }", "x := \"a\"\nx += \"b\"", "fmt.Println(f(), x)"}, "1 ab\n", false},
	{"again, in part", []string{"import \"strconv\"", "a, err := strconv.Atoi(\"3\")", "b, err := strconv.Atoi(\"4\")", "a + b"}, "7\n", true},
	{"functions and variables", []string{"n := 3", "func double() int { return 2 * n }", "n = 5\ndouble()"}, "10\n", true},
	{"a group", []string{"var (\n\ta = b + 1\n\tb = 2\n)", "var c, d int\nc, d = a, b", "func sum() int { return c + d }", "sum()"}, "5\n", false},
	{"two of one line, one for a function", []string{"var a, b = 1, \"x\"", "func f() string { return b }", "a, b = 2, f()+\"y\"", "fmt.Println(a, f())"}, "2 xy\n", false},
	{"another type beside a function's", []string{"a := 1", "a, c := \"s\", 2", "func f() int { return c }", "fmt.Println(a, f())"}, "s 2\n", false},
	{"assigned and not read", []string{"n := 1", "n = 2\nfmt.Println(3)", "var k int\nfor k = range 3 {\n}"}, "3\n", true},
	{"types", []string{"type P struct{ X, Y int }\n\n// String tells.\nfunc (p P) String() string { return fmt.Sprintf(\"<%d %d>\", p.X, p.Y) }", "p := P{1, 2}", "p"}, "<1 2>\n", true},
	{"generics", []string{"func Map[T, U any](xs []T, f func(T) U) (out []U) {\n\tfor _, x := range xs {\n\t\tout = append(out, f(x))\n\t}\n\treturn out\n}", "ys := Map([]int{1, 2}, func(i int) string { return strings.Repeat(\"a\", i) })", "ys"}, "[a aa]\n", true},
	{"comments", []string{"// first\nx := 1 // one\n\n// second\nx++\n// last", "x"}, "2\n", true},
	{"a value in the middle", []string{"x := 1\nx\nfmt.Println(2)"}, "2\n", false},
	{"several values", []string{"func two() (int, string) { return 1, \"a\" }", "two()"}, "1 a\n", false},
	{"raw text", []string{"s := `a\n\tb\nc`", "fmt.Print(s)"}, "a\n\tb\nc", true},
	{"commands", []string{"%who\n%time\nx := 1", "$ ls", "x"}, "1\n", true},
	{"loops and labels", []string{"n := 0\nouter:\nfor i := range 3 {\n\tfor range 2 {\n\t\tif i == 1 {\n\t\t\tcontinue outer\n\t\t}\n\t\tn++\n\t}\n}", "n"}, "4\n", true},
	{"blocks", []string{"{\n\tx := 1\n\tfmt.Println(x)\n}", "x := 2\n{\n\tx := 3\n\t_ = x\n}", "x"}, "1\n2\n", true},
	{"init", []string{"var k = 1", "func init() { k = 7 }", "k"}, "7\n", false},
	{"a package hidden", []string{"image := 3", "image + 1"}, "4\n", true},
	{"a return", []string{"n := 3", "if n > 2 {\n\tfmt.Println(\"enough\")\n\treturn\n}\nfmt.Println(\"not here\")", "fmt.Println(\"next\")"}, "enough\nnext\n", true},
	{"a return behind variables", []string{"a, b := 1, \"x\"\nif a > 0 {\n\treturn\n}\na = 7", "fmt.Println(a, b)", "func f() string { return b + b }", "f()"}, "1 x\nxx\n", true},
	{"defers", []string{"defer fmt.Println(\"first\")\ndefer func() { fmt.Println(recover()) }()\nc := 3\npanic(\"oh\")", "fmt.Println(\"second\", c)"}, "oh\nfirst\nsecond 3\n", true},
	{"a return in a function", []string{"f := func() int { return 3 }\nf()", "defer func() { fmt.Println(\"end\") }()\nfunc() int { return 4 }()"}, "3\n4\nend\n", true},
	{"another type behind a return", []string{"x := 1", "x := \"a\"\nif x == \"a\" {\n\treturn\n}", "fmt.Println(x)"}, "a\n", false},
	{"labels again", []string{"n := 0\nouter:\nfor range 3 {\n\tn++\n\tcontinue outer\n}", "outer:\nfor range 3 {\n\tn++\n\tbreak outer\n}", "n"}, "4\n", true},
	{"a raw string with marks", []string{"s := `a\n// %% 3\n\t// %% [markdown]\nb`", "fmt.Println(s)"}, "a\n// %% 3\n\t// %% [markdown]\nb\n", true},
	{"fields named as gophernotes' names", []string{"type S struct{ Data, Display int }", "s := S{Data: 1, Display: 2}", "s.Data + s.Display"}, "3\n", true},
	{"timed", []string{"%time x := 3", "%time x + 1"}, "4\n", true},
	{"hidden once and again", []string{"x, err := 1, error(nil)", "func f() int { return x }", "y, err := 2, err\nfmt.Println(f(), y, err)"}, "1 2 <nil>\n", false},
	{"what is shown already", []string{"display.Show(1)", "h := display.Show(2)\nh"}, "1\n2\n", false},
	{"not ASCII", []string{"größe := 2", "größe * 2"}, "4\n", true},
}

// Each program is compiled by Go and prints what the notebook shows; what can
// be read back is the notebook again. All are packages of one program, for
// linking takes longer than all the rest.
func TestScript(t *testing.T) {
	b := newBuild(t)
	for i, c := range programs {
		src, err := ofCells(c.cells...).Script()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		b.add(i, string(src))
		nb, err := FromScript("main.go", src)
		if err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, src)
			continue
		}
		var cells []string
		for _, cell := range nb.Cells {
			cells = append(cells, cell.Source)
		}
		if len(cells) == len(c.cells)+1 { // of what every cell has by itself
			cells = slices.DeleteFunc(cells, func(s string) bool { return strings.HasPrefix(s, "import ") })
		}
		if got := strings.Join(cells, "\n---\n"); c.back && got != strings.Join(c.cells, "\n---\n") {
			t.Errorf("%s: came back as\n%s\nfrom\n%s", c.name, got, src)
		}
	}
	out := b.run()
	for i, c := range programs {
		if got := out[i]; !strings.HasPrefix(got, c.prints) {
			t.Errorf("%s: printed %q, expected %q\n%s", c.name, got, c.prints, b.sources[i])
		}
	}
	t.Logf("%d programs", len(out))
}

// build makes one program of many.
type build struct {
	t       *testing.T
	sources map[int]string
	overlay map[string]string // files that are in the module for the compiler only
	driver  string
}

func newBuild(t *testing.T) *build {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to compile with")
	}
	return &build{t: t, sources: map[int]string{}, overlay: map[string]string{}}
}

func (b *build) add(i int, src string) {
	b.sources[i] = src
	name := fmt.Sprintf("p%d", i)
	src = strings.Replace(src, "package main", "package "+name, 1)
	b.overlay["build/programs/"+name+"/p.go"] = strings.Replace(src, "func main()", "func Main()", 1)
	b.driver += fmt.Sprintf("\tos.Stdout.WriteString(\"\\x1d%d\\x1f\")\n\t%s.Main()\n", i, name)
}

// run builds the program, runs it, and gives what each part printed.
func (b *build) run() map[int]string {
	b.t.Helper()
	main := "package main\n\nimport \"os\"\n"
	for i := range b.sources {
		main += fmt.Sprintf("import \"fourmlab/build/programs/p%d\"\n", i)
	}
	b.overlay["build/programs/main.go"] = main + "func main() {\n" + b.driver + "}\n"
	dir := b.t.TempDir()
	replace := map[string]string{}
	for name, text := range b.overlay {
		real := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(real, []byte(text), 0o644); err != nil {
			b.t.Fatal(err)
		}
		path, err := filepath.Abs(filepath.Join("../..", name))
		if err != nil {
			b.t.Fatal(err)
		}
		replace[path] = real
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		b.t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, data, 0o644); err != nil {
		b.t.Fatal(err)
	}
	bin := filepath.Join(dir, "programs")
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", bin, "fourmlab/build/programs").CombinedOutput(); err != nil {
		b.t.Fatalf("what was made of a notebook is no program: %v\n%s", err, out)
	}
	out, err := exec.Command(bin).Output()
	if err != nil {
		b.t.Fatal(err)
	}
	parts := map[int]string{}
	for _, part := range strings.Split(string(out), "\x1d")[1:] {
		number, text, _ := strings.Cut(part, "\x1f")
		i, err := strconv.Atoi(number)
		if err != nil {
			b.t.Fatal(err)
		}
		parts[i] = text
	}
	return parts
}

// What a program cannot hold is said with the cell's number.
func TestScriptErrors(t *testing.T) {
	for _, c := range []struct {
		cells []string
		says  string
	}{
		{[]string{"# T", "func f() {}", "func f() int { return 1 }"}, "cell 3: declares f again, as cell 2 does"},
		{[]string{"type T int", "func (T) m() {}", "func (t T) m() {}"}, "cell 3: declares T.m again, as cell 2 does"},
		{[]string{"1", "func main() {}"}, "cell 2: declares main, and a program has that for all its cells"},
		{[]string{"x := ", "1"}, "cell 1: "},
		{[]string{"1", "undefinedName + 1"}, "cell 2:1"},
		{[]string{"import r \"math/rand\"\nr.Int()", "import r \"regexp\"\nr.MustCompile(\"a\")"}, "cell 2: imports \"regexp\" as r, which is \"math/rand\" before"},
	} {
		if src, err := ofCells(c.cells...).Script(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, expected %q\n%s", c.cells, err, c.says, src)
		}
	}
}

// A program that no notebook was, and one with marks of its own.
func TestFromScript(t *testing.T) {
	for _, c := range []struct {
		src   string
		cells []string
	}{
		{"package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n// f is one.\nfunc f() int { return 1 }\n\nfunc main() {\n\tfmt.Println(f())\n\tos.Exit(0)\n}\n",
			[]string{"import (\n\t\"fmt\"\n\t\"os\"\n)", "// f is one.\nfunc f() int { return 1 }", "fmt.Println(f())\nos.Exit(0)"}},
		{"package main\n\n// %% title of the cell\nconst c = 1 // %% no mark\n\nfunc main() {\n\ts := `\n// %% 7\n`\n\t// %% [markdown] title tags=[\"a\"]\n\t// text\n\tprintln(s, c) /*\n// %% none\n*/\n}\n",
			[]string{"const c = 1 // %% no mark\n\ns := `\n// %% 7\n`", "text", "println(s, c) /*\n// %% none\n*/"}},
		{"package main\r\n\r\nfunc main() {\r\n\t// %% [md] 1\r\n\t// # Title\r\n\t//\r\n\t// text\r\n\t// %% 2 tags=[\"a\"]\r\n\tx := 1\r\n\tprintln(x)\r\n}\r\n",
			[]string{"# Title\n\ntext", "x := 1\nprintln(x)"}},
		{"package main\n\nfunc main() {\n\t// %% [markdown]\n\t// # Title\n\t//\n\t// text\n\t// %%\n\tx := 1\n\n\t// %% the end\n\tprintln(x)\n}\n",
			[]string{"# Title\n\ntext", "x := 1", "println(x)"}},
	} {
		nb, err := FromScript("a.go", []byte(c.src))
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		var cells []string
		for _, cell := range nb.Cells {
			cells = append(cells, cell.Source)
		}
		if strings.Join(cells, "\n---\n") != strings.Join(c.cells, "\n---\n") {
			t.Errorf("%s\ncame as\n%s", c.src, strings.Join(cells, "\n---\n"))
		}
	}
	for _, c := range [][2]string{{"package p", "package p, expected main"}, {"package main\nfunc {", "a.go:2:6"}, {"", "expected 'package'"}} {
		if _, err := FromScript("a.go", []byte(c[0])); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: %v, expected %q", c[0], err, c[1])
		}
	}
}

// The comments in a group of variables stay with their variables.
func TestScriptGroupComments(t *testing.T) {
	src, err := ofCells("// above\nvar ( // head\n\t// first\n\ta = b + 1 // beside a\n\n\tb = 2 /* beside b */\n\t// end\n) // behind\nprintln(a, b)\nvar ( x = 1 /* of x */; y = 2 ) // both\nprintln(x, y)").Script()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"// above\n", "// head\n", "// first\n", "= b + 1 // beside a\n", "b = 2 /* beside b */\n", "// end\n", "// behind\n", "x = 1 /* of x */\n", "y = 2 // both\n"} {
		if strings.Count(string(src), part) != 1 {
			t.Errorf("%q is not there once:\n%s", part, src)
		}
	}
}
