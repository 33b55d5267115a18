package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// besides are the places that write without package disk: what they write is
// for the moment, or is made anew by the program that makes it.
var besides = map[string]string{
	"internal/disk":                     "is it",
	"kernel/symbols/gen":                "makes generated files",
	"fourm/kernels/cpu/gen":             "makes generated files",
	"kernel/gophernotes":                "prepares a build",
	"kernel/gosuite":                    "makes a list that is committed",
	"kernel/inbrowser":                  "takes pictures for a person",
	"kernel/kerneltest":                 "makes inputs of tests",
	"bench/torture":                     "makes inputs of tests",
	"internal/fixture":                  "makes inputs of tests",
	"bench/compare":                     "temporary folders",
	"bench/parity/text.go":              "a temporary folder",
	"bench/gallery":                     "makes generated files",
	"notebooks":                         "are what people write",
	"kernel/session/packages/folder.go": "a folder for the go command, as long as the session lives",
}

// What outlives the process is written through package disk: nothing else
// makes, renames or overwrites a file.
func TestOneWayToTheDisk(t *testing.T) {
	makes := []string{"Create", "CreateTemp", "Mkdir", "MkdirAll", "MkdirTemp", "OpenFile", "Rename", "Symlink", "Link", "Truncate", "WriteFile", "CopyFS"}
	n, used := 0, map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("..", "..")+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case d.IsDir() && (rel == "build" || rel == "out" || rel == "bin" || strings.HasPrefix(d.Name(), ".") && path != "../.."):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(rel, "disktest/"):
			return nil
		}
		for at := range besides {
			if rel == at || strings.HasPrefix(rel, at+"/") {
				used[at] = true
				return nil
			}
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		n++
		ast.Inspect(f, func(x ast.Node) bool {
			s, ok := x.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if p, ok := s.X.(*ast.Ident); ok && p.Name == "os" {
				for _, m := range makes {
					if s.Sel.Name == m {
						t.Errorf("%s:%d: os.%s: what outlives the process goes through internal/disk", rel, files.Position(s.Pos()).Line, m)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, why := range besides {
		if !used[at] {
			t.Errorf("%s (%s) has no files any more", strconv.Quote(at), why)
		}
	}
	t.Logf("%d files", n)
}
