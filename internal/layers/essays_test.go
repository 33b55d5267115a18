package layers

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// speechless are packages whose snippet cannot be an Example: they take the
// testing.T of a test.
var speechless = map[string]bool{"internal/fixture": true, "kernel/kerneltest": true}

// A stranger finds the room for a change on one page: the folder of every package
// stands on it.
func TestFoldersAreOnThePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tree, _ := strings.Cut(string(page), "## Where each lives")
	tree, _, _ = strings.Cut(tree, "\n## ")
	known := map[string]bool{}
	for _, word := range strings.FieldsFunc(tree, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		known[word] = true
	}
	out, err := exec.Command("go", "list", "fourmlab/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for _, path := range strings.Fields(string(out)) {
		path = strings.TrimPrefix(path, module)
		if strings.HasPrefix(path, "build/") || strings.Contains(path, "/scripts/") {
			continue // made, not kept; or a program to read
		}
		for _, folder := range strings.Split(path, "/") {
			if !known[folder] {
				t.Errorf("%s is not on the page: %q is missing in docs/architecture.md, \"Where each lives\"", path, folder)
			}
		}
	}
}

// Every package says what it is for in one comment with a snippet, and has an
// example that compiles; a program says how it is called.
func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}|{{.Dir}}|{{.Name}}|{{len .GoFiles}}", "fourmlab/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(line, "|")
		path, dir, name := strings.TrimPrefix(f[0], module), f[1], f[2]
		if strings.HasPrefix(path, "build/") || f[3] == "0" {
			continue // made, not kept; or tests alone
		}
		n++
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		comments, examples, code := []string{}, 0, false
		for _, file := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case strings.HasSuffix(file, "_test.go"):
				examples += len(doc.Examples([]*ast.File{tree}...))
			case tree.Doc != nil && !strings.HasPrefix(filepath.Base(file), "z_"):
				comments = append(comments, tree.Doc.Text())
			}
			code = code || !strings.HasSuffix(file, "_test.go") && len(tree.Decls) > 0
		}
		begins := "Package " + name + " "
		if name == "main" {
			begins = ""
		}
		switch {
		case len(comments) != 1:
			t.Errorf("%s has %d package comments, expected one", path, len(comments))
		case !strings.HasPrefix(comments[0], begins):
			t.Errorf("the comment of %s begins with %.40q, expected %q", path, comments[0], begins)
		case !strings.Contains(comments[0], "\n\t"):
			t.Errorf("the comment of %s has no snippet", path)
		}
		if examples == 0 && code && name != "main" && !speechless[path] {
			t.Errorf("%s has no Example", path)
		}
	}
	t.Logf("%d packages", n)
}
