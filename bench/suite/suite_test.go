package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// The lines of go test, and what is said in the end, of a module made for it:
// tests that pass, fail, panic, are skipped, do not build.
func TestSuite(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module m\ngo 1.26\n",
		"a/a.go": "package a\n",
		"a/a_test.go": "package a\nimport \"testing\"\nfunc TestGood(t *testing.T) { t.Log(\"" + fixture.Mark + "a real thing\"); t.Run(\"sub\", func(t *testing.T) {}) }\n" +
			"func TestSkip(t *testing.T) { t.Log(\"" + fixture.Mark + "a real thing\"); t.Skip(\"no thing: here\") }\nfunc TestSkip2(t *testing.T) { t.Skip(\"no thing: here\") }\n",
		"b/b_test.go": "package b\nimport \"testing\"\nfunc TestBad(t *testing.T) { t.Error(\"it is wrong\") }\n",
		"c/c_test.go": "package c\nimport \"testing\"\nfunc TestFell(t *testing.T) { panic(\"it fell\") }\n",
		"d/d_test.go": "package d\nfunc Broken() { return 1 }\n",
		"e/e.go":      "package e\n",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	run := func(packages ...string) (string, *suite) {
		cmd := exec.Command("go", append([]string{"test", "-json"}, packages...)...)
		cmd.Dir = dir
		text, _ := cmd.Output() // it ends with 1 where a test fails
		var out bytes.Buffer
		s := newSuite(&out)
		if err := s.read(bytes.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		s.sum()
		return out.String(), s
	}
	out, s := run("./...")
	for _, want := range []string{"ok  \tm/a\t", "--- FAIL: TestBad", "it is wrong", "FAIL\tm/b", "panic: it fell", "FAIL\tm/c", "d_test.go:2:", "FAIL\tm/d [build failed]", "?   \tm/e\t[no test files]",
		"judged by a real thing: 1 tests ran, 1 skipped\n", "skipped 2: no thing: here\n", "2 passed, 2 failed, 2 skipped\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if s.failed != 2 || strings.Contains(out, "TestGood") {
		t.Errorf("%d failed:\n%s", s.failed, out)
	}
	if out, s = run("./a"); s.failed != 0 || strings.Contains(out, "FAIL") {
		t.Errorf("%d failed:\n%s", s.failed, out)
	}
}
