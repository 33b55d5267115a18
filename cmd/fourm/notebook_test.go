package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/kernel/notebook"
)

// cellsOf writes a notebook; the first cell holds its parameters.
func cellsOf(t *testing.T, path string, cells ...string) {
	t.Helper()
	var list []map[string]any
	for i, c := range cells {
		meta := map[string]any{}
		if i == 0 {
			meta["tags"] = []string{"parameters"}
		}
		list = append(list, map[string]any{"cell_type": "code", "metadata": meta, "source": c, "outputs": []any{}})
	}
	data, err := json.Marshal(map[string]any{"cells": list, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// A notebook is run with parameters, tested against itself, and turned into a
// program and back; the exit status tells what became of it.
func TestNotebookUses(t *testing.T) {
	t.Setenv("FOURM_TEST_AS_PROGRAM", "1")
	dir := t.TempDir()
	in, out, page := filepath.Join(dir, "in.ipynb"), filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "o", "out.html")
	cellsOf(t, in, "steps, name := 3, \"a\"\nlr := 0.5", "fmt.Println(name)\nfloat64(steps) * lr")
	last := func(path string) string {
		nb, err := notebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		outputs := nb.Cells[len(nb.Cells)-1].Outputs
		return outputs[0].Text() + outputs[len(outputs)-1].Text()
	}
	for _, c := range []struct {
		args   string
		status int
		says   string
		last   string
	}{
		{"run IN -o OUT -html PAGE", 0, "OUT\nPAGE\n", "a\n1.5"},
		{"run -p steps=4 -p lr=2 -p name=12 IN -o OUT", 0, "OUT\n", "12\n8"},
		{"IN -p steps=5 -o OUT", 0, "OUT\n", "a\n2.5"},
		{"run IN -p step=4 -o OUT", 2, `did you mean "steps"?`, ""},
		{"run IN -p steps=many -o OUT", 1, `cannot use "many"`, ""},
		{"test IN", 1, "keeps no outputs", ""},
		{"test IN -update", 0, "0 outputs compared", "a\n1.5"},
		{"test IN", 0, "2 outputs compared, 0 differences", ""},
		{"test IN -p steps=4", 1, `cell 3 (fmt.Println(name)): text/plain: "1.5" is kept, found "2"`, ""},
		{"test IN -p steps=4 -rtol 0.5", 0, "0 differences", ""},
	} {
		names := strings.NewReplacer("IN", in, "OUT", out, "PAGE", page)
		status, said, errs := call2(append([]string{"notebook"}, strings.Fields(names.Replace(c.args))...)...)
		if status != c.status || !strings.Contains(said+errs, names.Replace(c.says)) {
			t.Errorf("%s: status %d, expected %d with %q:\n%s%s", c.args, status, c.status, c.says, said, errs)
			continue
		}
		if c.last == "" {
			continue
		}
		path := out
		if strings.HasPrefix(c.args, "test") {
			path = in
		}
		if got := last(path); got != c.last {
			t.Errorf("%s: the last cell gave %q, expected %q", c.args, got, c.last)
		}
	}

	cellsOf(t, in, "1", "for {}", "3")
	if status, said, errs := call2("notebook", "run", in, "-o", out, "-timeout", "1s"); status != 3 || !strings.Contains(errs, "cell 2 of 3 (for {}): the time is over") || said != out+"\n" {
		t.Errorf("out of time: status %d: %s%s", status, said, errs)
	}
	cellsOf(t, in, "1", "panic(\"no\")", "3")
	if status, _, errs := call2("notebook", "run", in, "-o", out); status != 1 || !strings.Contains(errs, "panic: no") {
		t.Errorf("a cell that fails: status %d: %s", status, errs)
	}
	if status, _, errs := call2("notebook", "run", in, "-o", out, "-allow-errors"); status != 0 || last(out) != "33" {
		t.Errorf("-allow-errors: status %d: %s", status, errs)
	}

	script := filepath.Join(dir, "s.go")
	cellsOf(t, in, "x := 2", "func double() int { return 2 * x }", "double()")
	if status, said, errs := call2("notebook", "to-script", in, "-o", script); status != 0 {
		t.Errorf("to-script: status %d: %s%s", status, said, errs)
	}
	if status, said, _ := call2("notebook", "from-script", script); status != 0 || !strings.Contains(said, "x := 2") || !strings.Contains(said, `"double()"`) {
		t.Errorf("from-script: status %d: %s", status, said)
	}
	if status, _, errs := call2("notebook", "to-script", in, "-o", "x.py"); status != 2 || !strings.Contains(errs, "ends in .go") {
		t.Errorf("to-script to .py: status %d: %s", status, errs)
	}
}
