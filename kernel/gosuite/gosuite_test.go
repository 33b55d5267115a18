package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChoose(t *testing.T) {
	root := t.TempDir()
	for name, src := range map[string]string{
		"a.go":        "// run\n\npackage main\n",
		"b.go":        "// errorcheck\n\npackage main\n",
		"c.go":        "// run\n\npackage main\n\nimport \"runtime\"\n",
		"d/e.go":      "// run\n\npackage main\n",
		"d/f/g.go":    "// run\n\npackage main\n",
		"h.go":        "// run -race\n\npackage main\n",
		"d/notes.txt": "// run\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := choose(root)
	if want := []string{"a.go", "d/e.go"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("chose %v, %v; expected %v", got, err, want)
	}
	if _, err := choose(t.TempDir()); err == nil {
		t.Error("an empty directory is no error")
	}
}

func TestReasons(t *testing.T) {
	got := reasons("text\n* `a/b.go`: it waits\n* other\n* `c.go`: it is slow\n")
	if len(got) != 2 || got["a/b.go"] != "it waits" || got["c.go"] != "it is slow" {
		t.Errorf("got %v", got)
	}
}

// A failure that is not listed is an error, a listed one only counts.
func TestJudge(t *testing.T) {
	t.Chdir(t.TempDir())
	var results []result
	for range least {
		results = append(results, result{name: "p.go"})
	}
	bad := append(slices.Clone(results), result{name: "x.go", why: "no"})
	for _, c := range []struct {
		results []result
		known   map[string]string
		fails   bool
	}{
		{results, nil, false},
		{bad, nil, true},
		{bad, map[string]string{"x.go": "known"}, false},
		{results[1:], nil, true},
	} {
		if err := judge(cells, c.results, c.known); (err != nil) != c.fails {
			t.Errorf("%d results, known %v: %v", len(c.results), c.known, err)
		}
	}
	if _, err := os.Stat("out/go-suite.txt"); err != nil {
		t.Error(err)
	}
}

func TestAsCell(t *testing.T) {
	got := asCell("// run\n\npackage main\n\nfunc main() {}\n")
	if want := "// run\n\n\n\nfunc main() {}\n\nmain()\n"; got != want {
		t.Errorf("got %q, expected %q", got, want)
	}
}
