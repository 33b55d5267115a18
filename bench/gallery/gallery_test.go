package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page is that of today's examples.
func TestPageIsCurrent(t *testing.T) {
	root := filepath.Join("..", "..")
	want, err := gallery(root)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(want, []byte("<img ")); n < 20 {
		t.Errorf("%d pictures, expected 20 or more", n)
	}
	got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(where)))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the examples say (%v): run make gallery", where, err)
	}
}

// An example without a comment, a call or a golden picture is named.
func TestIncompleteExamples(t *testing.T) {
	for name, src := range map[string]string{
		"no comment": "func ExampleX() {}\nfunc TestX(t *testing.T) { golden(t, ExampleX, \"x\") }",
		"no call":    "// What it is for.\nfunc ExampleX() {}\nfunc TestX(t *testing.T) { golden(t, ExampleX, \"x\") }",
		"no picture": "// What it is for.\n//\n//\tviz.X()\nfunc ExampleX() {}",
		"no file":    "// What it is for.\n//\n//\tviz.X()\nfunc ExampleX() {}\nfunc TestX(t *testing.T) { golden(t, ExampleX, \"x\") }",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "viz", "x_example_test.go")
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("package viz_test\n\nimport \"testing\"\n\n"+src+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := gallery(dir); err == nil || !strings.Contains(err.Error(), "ExampleX") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
