package session

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	patched "fourmlab/kernel/session/ixgo"
)

// proxy serves modules from a folder, as GOPROXY has it; nothing else is
// reached.
func proxy(t *testing.T, modules map[string]map[string]string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to fetch modules with")
	}
	root, cache := t.TempDir(), t.TempDir()
	for path, files := range modules {
		dir := filepath.Join(root, path, "@v")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"list": "v1.0.0\n", "v1.0.0.info": `{"Version": "v1.0.0"}`, "v1.0.0.mod": "module " + path + "\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Create(filepath.Join(dir, "v1.0.0.zip"))
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(f)
		files["go.mod"] = "module " + path + "\n"
		for name, text := range files {
			w, err := z.Create(path + "@v1.0.0/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	t.Setenv("GOPROXY", "file://"+root)
	t.Setenv("GOSUMDB", "off")
	t.Setenv("GOMODCACHE", cache)
	t.Cleanup(func() { // files of the cache cannot be removed as they are
		exec.Command("chmod", "-R", "u+w", cache).Run()
	})
}

func TestModules(t *testing.T) {
	proxy(t, map[string]map[string]string{
		"example.org/shapes": {
			"shapes.go": `// Package shapes counts.
package shapes

import (
	"fmt"

	"example.org/shapes/inner"
)

// Count is how many squares were made.
var Count = inner.First()

// Square is one.
type Square struct{ Side float64 }

func New(side float64) *Square { Count++; return &Square{side} }

func (s *Square) Area() float64 { return s.Side * s.Side }

func (s Square) String() string { return fmt.Sprintf("square of %g", s.Side) }

type Shape interface{ Area() float64 }

func Sum[T Shape](xs ...T) (sum float64) {
	for _, x := range xs {
		sum += x.Area()
	}
	return sum
}
`,
			"inner/inner.go": "package inner\n\nvar calls int\n\nfunc First() int { calls++; return 10 * calls }\n",
			"tool/main.go":   "package main\n\nfunc main() {}\n",
		},
		"example.org/broken": {"broken.go": "package broken\n\nfunc F() int { return \"a\" }\n"},
		"example.org/fast":   {"fast.go": "package fast\n\nfunc F() int\n", "fast_amd64.s": "TEXT ·F(SB),$0\n\tRET\n", "fast_arm64.s": "TEXT ·F(SB),$0\n\tRET\n"},
	})
	s := New()
	for i, c := range []struct{ code, want string }{
		{"import \"example.org/shapes\"\nshapes.Count", "10"},
		{"a := shapes.New(3)\na.Area()", "9"},
		{"shapes.Count", "11"},
		{"b := shapes.New(1)\nshapes.Sum(a, b)", "10"},
		{"shapes.Count++\nshapes.Count", "13"},
		{"fmt.Sprint(*a)", "square of 3"},
		{"type half struct{ *shapes.Square }\nfunc (h half) Area() float64 { return h.Square.Area() / 2 }\nvar x shapes.Shape = half{a}\nx.Area()", "4.5"},
		{"x.Area() + a.Area()", "13.5"},
		{"shapes.Nothing", "undefined: shapes.Nothing"},
		{"import \"example.org/shapes/tool\"", "is a program, not a package"},
		{"import \"example.org/broken\"", "broken.go:3:"},
		{"1 + 1", "2"},
		{"import \"example.org/fast\"", "part of which is assembly"},
		{"shapes.Sum(a)", "9"},
		{"import \"example.org/none\"", "package example.org/none is not linked into this kernel, and cannot be fetched: "},
		{"import \"nosuch\"", "package nosuch is not linked into this kernel, and no module has such a name"},
		{"import \"../x\"", "no module has such a name"},
		{"fmt.Sprint(b)", "square of 1"},
	} {
		r := s.Run(t.Context(), i+1, c.code)
		var got string
		switch {
		case r.Err != nil:
			got = r.Err.Value
		case len(r.Values) == 1:
			got = patched.ValueText(r.Values[0])
		}
		if r.Err == nil && got != c.want || r.Err != nil && !strings.Contains(got, c.want) {
			t.Errorf("%q: %q, expected %q", c.code, got, c.want)
		}
	}
}

// Without a go command the sentence says so.
func TestModulesWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if r := New().Run(t.Context(), 1, `import "example.org/shapes"`); r.Err == nil || !strings.Contains(r.Err.Value, "there is no go command here to fetch it") {
		t.Errorf("%v", r.Err)
	}
}
