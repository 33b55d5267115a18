package session

// The real compiler is asked about the snippets: what is no redefinition is
// also a Go program, which must print the same, panic with the same words, or
// be refused with the same words at the same line of the same cell.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fourmlab/kernel/session/cell"
)

// table runs the snippets' functions and frames what each prints, what it
// panics with, and its values.
const table = `package main

import (
	"fmt"
	"strings"
)

func values(xs ...any) []any { return xs }

func run(cells func() []any) {
	fmt.Print("\x1d")
	var words []string
	func() {
		defer func() {
			if r := recover(); r != nil {
				fmt.Print("\x1e", r)
			}
		}()
		for _, v := range cells() {
			words = append(words, fmt.Sprint(v))
		}
	}()
	fmt.Print("\x1f", strings.Join(words, " "))
}

func main() {
`

// suffix is what the names of snippet i carry.
func suffix(i int) string { return fmt.Sprint(cell.Hidden, i) }

// having lists the snippets of which the compiler is to make that.
func having(which ...verdict) (out []snippet) {
	for _, c := range snippets {
		if slices.Contains(which, c.verdict) {
			out = append(out, c)
		}
	}
	return out
}

// build writes a module and runs go build in it. The cache knows what it has
// compiled before, wherever it lay.
func build(t *testing.T, files map[string]string, args ...string) (dir string, said string, err error) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to compare with")
	}
	dir = t.TempDir()
	files["go.mod"] = "module snippets\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-gcflags=-e"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	out, err := cmd.CombinedOutput()
	return dir, string(out), err
}

// hundreds is how many snippets must have several cells.
const hundreds = 200

func TestSnippetsCompiled(t *testing.T) {
	chosen := having(compiles, panicking)
	s, files := New(), map[string]string{}
	var calls strings.Builder
	for i, c := range chosen {
		files[fmt.Sprintf("snippet%d.go", i)] = asProgram(t, s, c, suffix(i))
		fmt.Fprintf(&calls, "\trun(cells%s)\n", suffix(i))
	}
	files["main.go"] = table + calls.String() + "}\n"
	several := 0
	for _, c := range snippets {
		if len(c.cells) > 1 {
			several++
		}
	}
	if several < hundreds {
		t.Errorf("%d snippets have several cells, expected %d", several, hundreds)
	}
	t.Logf("%d snippets, %d of several cells; %d are Go programs too", len(snippets), several, len(chosen))
	dir, said, err := build(t, files, "-o", "table", ".")
	if err != nil {
		t.Fatalf("a snippet that should be a Go program is none: %v\n%s", err, said)
	}
	out, err := exec.Command(filepath.Join(dir, "table")).Output()
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(out), "\x1d")[1:]
	if len(parts) != len(chosen) {
		t.Fatalf("%d of %d snippets reported", len(parts), len(chosen))
	}
	for i, c := range chosen {
		t.Run(c.name, func(t *testing.T) {
			part := strings.ReplaceAll(parts[i], suffix(i), "")
			printed, value, _ := strings.Cut(part, "\x1f")
			printed, panicked, _ := strings.Cut(printed, "\x1e")
			if c.verdict == panicking {
				_, err := play(t, s, c.cells...)
				if panicked == "" || err == nil || !strings.Contains(err.Error(), "panic: "+oneLine(panicked)) {
					t.Errorf("the compiled program panics with %q, the session with %v", panicked, err)
				}
				return
			}
			if got := strings.TrimSpace(printed) + "|" + strings.TrimSpace(value); got != c.want || panicked != "" {
				t.Errorf("the compiled program gives %q %s, expected %q", got, panicked, c.want)
			}
		})
	}
}

var complaint = regexp.MustCompile(`(?m)^(?:# snippets/(\w+)|.*(In \[\d+\]:\d+)(?::\d+)?: (.*))$`)

// elsewhere is a place within a message, behind which the compiler says where
// in the file that is.
var elsewhere = regexp.MustCompile(`(In \[\d+\]:\d+:\d+)\[[^\]]*\]`)

// Mistakes are told in the real compiler's words.
func TestMistakesCompiled(t *testing.T) {
	chosen := having(mistaken)
	s, files := New(), map[string]string{}
	for i, c := range chosen {
		files[fmt.Sprintf("snippet%d/main.go", i)] = asTyped(t, s, c)
	}
	_, out, err := build(t, files, "-o", os.DevNull, "./...")
	if err == nil {
		t.Fatal("the compiler takes everything")
	}
	said := map[string][]string{}
	pkg := ""
	for _, m := range complaint.FindAllStringSubmatch(out, -1) {
		if m[1] != "" {
			pkg = m[1]
			continue
		}
		said[pkg] = append(said[pkg], m[2]+": "+elsewhere.ReplaceAllString(m[3], "$1"))
	}
	column := regexp.MustCompile(`^(In \[\d+\]:\d+):\d+: `)
	for i, c := range chosen {
		t.Run(c.name, func(t *testing.T) {
			_, err := play(t, s, c.cells...)
			if err == nil {
				t.Fatal("the session takes it")
			}
			_, words, _ := strings.Cut(err.Error(), "compile error: ")
			words, _, _ = strings.Cut(words, "\n")
			words = column.ReplaceAllString(words, "$1: ")
			if compiler := said[fmt.Sprintf("snippet%d", i)]; !slices.Contains(compiler, words) {
				t.Errorf("the session says %q, the compiler %q", words, compiler)
			}
		})
	}
}
