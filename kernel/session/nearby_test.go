package session

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/kernel/session/script"
)

// tree writes files into a folder of the test.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A notebook imports what a file of its module could: the module's packages,
// what it requires and replaces, and modules of its go.work. A script as well.
func TestModuleAround(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to ask about modules")
	}
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "")
	dir := tree(t, map[string]string{
		"go.work":                    "go 1.26\n\nuse (\n\t./mine\n\t./other\n)\n",
		"mine/go.mod":                "module mine\n\ngo 1.26\n\nrequire example.com/dep v1.2.3\n\nreplace example.com/dep => ../dep\n",
		"mine/lib/lib.go":            "package lib\n\nimport \"example.com/dep\"\n\nvar n int\n\nfunc Next() int { n++; return n }\n\ntype T[E any] struct{ V E }\n\nfunc (t T[E]) String() string { return dep.Name }\n",
		"mine/internal/own/own.go":   "package own\n\nconst Secret = 7\n",
		"mine/notes/deep/keep.txt":   "",
		"dep/go.mod":                 "module example.com/dep\n",
		"dep/dep.go":                 "package dep\n\nconst Name = \"replaced\"\n",
		"other/go.mod":               "module other\n\ngo 1.26\n",
		"other/o.go":                 "package other\n\nfunc F() string { return \"work\" }\n",
		"other/internal/far/far.go":  "package far\n\nconst X = 1\n",
		"mine/bad/bad.go":            "package bad\n\nfunc {\n",
		"mine/notes/deep/program.go": "package main\n\nimport (\n\t\"fmt\"\n\n\t\"mine/lib\"\n\t\"other\"\n)\n\nfunc main() { fmt.Println(lib.T[int]{}, lib.Next(), other.F()) }\n",
	})
	s := New()
	defer s.Close()
	s.Folder = filepath.Join(dir, "mine", "notes", "deep")
	for i, c := range []struct{ cell, want string }{
		{"import \"mine/lib\"\nfmt.Sprint(lib.T[int]{}, lib.Next())", "replaced 1"},
		{"import \"example.com/dep\"\nfmt.Sprint(dep.Name, lib.Next())", "replaced2"},
		{"import \"mine/internal/own\"\nown.Secret", "7"},
		{"import \"other\"\nother.F()", "work"},
		{"import \"other/internal/far\"\nfar.X", "use of internal package other/internal/far not allowed"},
		{"import \"mine/none\"\nnone.X", "module mine, in which this lies, has no package mine/none"},
		{"import \"mine/bad\"\nbad.X", "bad.go:3:6"},
		{"import \"nowhere\"\nnowhere.X", "package nowhere is not linked into this kernel, and no module has such a name"},
		{"lib.Next()", "3"},
	} {
		gives(t, s, i+1, c.cell, c.want)
	}
	path := filepath.Join(s.Folder, "program.go")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := script.Check(path, src)
	if err != nil {
		t.Fatal(err)
	}
	flags := flag.CommandLine // the program has its own
	defer func() { flag.CommandLine = flags }()
	if out := capture(t, func() { err = p.Run(nil, nil) }); err != nil || out != "replaced 1 work\n" {
		t.Errorf("the script prints %q, %v", out, err)
	}
	alone := filepath.Join(t.TempDir(), "alone.go")
	if _, err := script.Check(alone, src); err == nil || !strings.Contains(err.Error(), "alone.go:6:2: package mine/lib is not linked in, and no module around the program has it") {
		t.Errorf("without a module: %v", err)
	}
}
