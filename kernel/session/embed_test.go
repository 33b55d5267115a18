package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a cell embeds lies in the notebook's folder, or the cell is refused as
// the compiler refuses a file.
func TestEmbed(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "aa", "d/b.txt": "bb", "d/c.txt": "cc", "d/.no": "x", "d/e/f.txt": "ff", "[x].txt": "xx"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := New()
	s.Folder = dir
	for i, c := range []struct{ cell, want string }{
		{"//go:embed a.txt\nvar early string", "import \"embed\""},
		{"import (\"embed\"; \"io/fs\")\n//go:embed a.txt\nvar a string\n// a comment\n//go:embed d/b.txt\nvar b []byte\na + string(b)", "aabb"},
		{"b[0] = 'x'\nfmt.Sprint(a, string(b))", "aaxb"},
		{"type text string\n\n//go:embed \"d/c.txt\"\nvar c text\nc", "cc"},
		{"//go:embed d\n//go:embed *.txt\nvar tree embed.FS\nvar names []string\nfs.WalkDir(tree, \".\", func(p string, d fs.DirEntry, err error) error { names = append(names, p); return err })\nstrings.Join(names, \" \")", ". [x].txt a.txt d d/b.txt d/c.txt d/e d/e/f.txt"},
		{"//go:embed all:d\nvar all embed.FS\nx, err := all.ReadFile(\"d/.no\")\nfmt.Sprint(string(x), err)", "x<nil>"},
		{"var (\n\t//go:embed a.txt\n\tg string\n\th = 3\n)\ng", "aa"},
		{"s := `\n//go:embed nothing\n`\nlen(s)", "20"},
		{"//go:embed no.txt\nvar no string", ":1:1: pattern no.txt: no matching files found"},
		{"func f() {\n\t//go:embed a.txt\n\tvar x string\n\t_ = x\n}", ":2:2: misplaced go:embed directive"},
		{"//go:embed a.txt\n\nfunc f() {}", ":1:1: misplaced go:embed directive"},
		{"//go:embed a.txt\nvar v = \"x\"", "cannot apply to var with initializer"},
		{"//go:embed a.txt d/b.txt\nvar two string", "multiple files for type string"},
		{"//go:embed a.txt\nvar fl float64", "cannot apply to var of type float64"},
	} {
		gives(t, s, i+1, c.cell, c.want)
	}
}

// gives runs a cell, and expects its values or a part of its error.
func gives(t *testing.T, s *Session, n int, cell, want string) {
	t.Helper()
	r := s.Run(context.Background(), n, cell)
	got := fmt.Sprint(r.Values...)
	if r.Err != nil {
		got = r.Err.Value
	}
	if r.Err == nil && got != want || !strings.Contains(got, want) {
		t.Errorf("%q gives %q, expected %q", cell, got, want)
	}
}
