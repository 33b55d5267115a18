package symbols

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"fourmlab/kernel/session"
)

// unbound says why a package of the standard library is not there for cells.
var unbound = map[string]string{
	"plugin":       "loads compiled code, which the kernel's build cannot share",
	"runtime/cgo":  "for code that cgo writes",
	"runtime/race": "a switch of the compiler",
}

// partly names what an importable package lacks, and why.
var partly = map[string]string{}

// A cell can say every name that the standard library exports, according to
// what the compiler wrote about its packages.
func TestStandardLibrary(t *testing.T) {
	out, err := exec.Command("go", "list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			exported[path] = file
		}
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exported[path]) })
	s := session.New()
	n := 0
	for path := range exported {
		parts := strings.Split(path, "/")
		if slices.Contains(parts, "internal") || parts[0] == "vendor" || unbound[path] != "" || path == "unsafe" {
			continue
		}
		pkg, err := compiled.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		cell := fmt.Sprintf("import p %q\np.", path)
		known := map[string]string{}
		for _, m := range s.Complete(cell, len(cell)).Matches {
			known[m.Text] = m.Kind
		}
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			if !token.IsExported(name) {
				continue
			}
			n++
			if partly[path+"."+name] == "" && known[name] == "" {
				t.Errorf("%s is missing", types.ObjectString(scope.Lookup(name), nil))
			}
		}
	}
	if n < 8000 {
		t.Errorf("only %d names were compared", n)
	}
}

// What the tables cannot hold works: generic functions of packages that are
// compiled.
func TestGenerics(t *testing.T) {
	s := session.New()
	for i, c := range []struct{ code, want string }{
		{"import \"errors\"\nimport \"io/fs\"\nerr := error(&fs.PathError{Op: \"open\"})\ne, ok := errors.AsType[*fs.PathError](fmt.Errorf(\"x: %w\", err))\nfmt.Sprint(e.Op, ok)", "opentrue"},
		{"import \"crypto/pbkdf2\"\nimport \"crypto/sha256\"\nk, _ := pbkdf2.Key(sha256.New, \"p\", []byte(\"s\"), 1, 4)\nfmt.Sprint(len(k))", "4"},
		{"import \"crypto/hkdf\"\nimport \"crypto/sha256\"\nh, _ := hkdf.Key(sha256.New, []byte(\"p\"), []byte(\"s\"), \"i\", 5)\nfmt.Sprint(len(h))", "5"},
		{"import \"hash/maphash\"\nseed := maphash.MakeSeed()\nfmt.Sprint(maphash.Comparable(seed, 3) == maphash.Comparable(seed, 3))", "true"},
	} {
		r := s.Run(t.Context(), i+1, c.code)
		if r.Err != nil {
			t.Errorf("%s: %v %v", c.code, r.Err, r.Err.Trace)
		} else if got := fmt.Sprint(r.Values...); got != c.want {
			t.Errorf("%s: %s, expected %s", c.code, got, c.want)
		}
	}
}
