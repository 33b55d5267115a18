package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/notebook"
)

// TestMain lets the test binary be "fourm run" as well.
func TestMain(m *testing.M) {
	kerneltest.Main(m, map[string]func(args []string) error{"run": func(args []string) error {
		return Script{Path: args[1], Engine: args[0], Args: args[2:], Verbose: true}.Run()
	}})
}

// executeTo runs a notebook and writes it in both forms.
func executeTo(ctx context.Context, in, out, page string, o Options) (*notebook.File, error) {
	nb, err := notebook.Read(in)
	if err != nil {
		return nil, err
	}
	failure := Execute(ctx, nb, o)
	html, err := nb.Page()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(page, html, 0o644); err != nil {
		return nil, err
	}
	if err := nb.Write(out); err != nil {
		return nil, err
	}
	return nb, failure
}

func TestNotebook(t *testing.T) {
	dir := t.TempDir()
	in := kerneltest.Notebook(t, dir,
		"# A tour\n\nText with *emphasis*, `code` and [a link](https://go.dev).\n\n* one\n* two\n  * deep\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n```go\nfunc f() {}\n```\n",
		"x := 41\nfmt.Println(\"printed\")\nx + 1",
		"## Training",
		"n := demo.Train(4)\nn",
		"import \"image\"\nimport \"image/color\"\nim := image.NewRGBA(image.Rect(0, 0, 200, 80))\nfor y := range 80 { for x := range 200 { im.Set(x, y, color.RGBA{uint8(x), uint8(3*y), 120, 255}) } }\nim",
	)
	out, page := filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "out.html")
	var progress bytes.Buffer
	_, err := executeTo(context.Background(), in, out, page, Options{Progress: &progress})
	if err != nil {
		t.Fatal(err)
	}
	if p := progress.String(); !strings.Contains(p, "[2/3] Training ... 0.") || strings.Count(p, "\n") != 3 {
		t.Errorf("progress %q", p)
	}
	nb, err := notebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	if o := nb.Cells[1].Outputs; len(o) != 2 || o[0].Text() != "printed\n" || o[1].Text() != "42" {
		t.Errorf("outputs %v", o)
	}
	if o := nb.Cells[3].Outputs; len(o) != 2 || o[0].Text() != "step 4" {
		t.Errorf("a display is not folded: %v", o)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"<title>A tour</title>", "<em>emphasis</em>", `<a href="https://go.dev">a link</a>`, "<td>2</td>", `src="data:image/png;base64,`, `<span class="k">`, "<li>deep</li>"} {
		if !strings.Contains(string(html), w) {
			t.Errorf("no %q in the page", w)
		}
	}
	if strings.Contains(string(html), "<script") || strings.Contains(string(html), "<link") {
		t.Error("the page is not self-contained")
	}
	validate(t, out)
}

func TestNotebookThatFails(t *testing.T) {
	dir := t.TempDir()
	in := kerneltest.Notebook(t, dir, "x := 1", "x + nope", "x")
	out, page := filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "out.html")
	_, err := executeTo(context.Background(), in, out, page, Options{})
	if err == nil || !strings.Contains(err.Error(), "cell 2 of 3") || !strings.Contains(err.Error(), "undefined: nope") {
		t.Errorf("error %v", err)
	}
	for _, f := range []string{out, page} {
		if data, err := os.ReadFile(f); err != nil || !strings.Contains(string(data), "undefined: nope") {
			t.Errorf("%s does not tell of the failure, %v", f, err)
		}
	}
	validate(t, out)
}

// validate asks nbformat, where it is installed.
func validate(t *testing.T, path string) {
	t.Helper()
	if exec.Command(kerneltest.Python, "-c", "import nbformat").Run() != nil {
		return
	}
	if out, err := exec.Command(kerneltest.Python, "-c", "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], 4))", path).CombinedOutput(); err != nil {
		t.Errorf("not valid: %s", out)
	}
}

// What a run makes of tags, failures, folders and the clock.
func TestExecute(t *testing.T) {
	tagged := func(nb *notebook.File, i int, tag string) {
		raw, _ := json.Marshal(map[string]any{"cells": []any{map[string]any{"cell_type": "code", "source": nb.Cells[i].Source, "metadata": map[string]any{"tags": []string{tag}}}}, "nbformat": 4, "nbformat_minor": 5})
		one, err := notebook.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		nb.Cells[i] = one.Cells[0]
	}
	read := func(cells ...string) *notebook.File {
		nb, err := notebook.Read(kerneltest.Notebook(t, t.TempDir(), cells...))
		if err != nil {
			t.Fatal(err)
		}
		return nb
	}

	nb := read("x := 1", "panic(3)", "x + 1")
	tagged(nb, 1, "raises-exception")
	if err := Execute(context.Background(), nb, Options{}); err != nil || nb.Cells[1].Outputs[0].Kind() != "error" || nb.Cells[2].Outputs[0].Text() != "2" {
		t.Errorf("raises-exception: %v, %v", err, nb.Cells[2].Outputs)
	}
	nb = read("x := 1", "x = 5", "x")
	tagged(nb, 1, "skip-execution")
	if err := Execute(context.Background(), nb, Options{}); err != nil || nb.Cells[2].Outputs[0].Text() != "1" || nb.Cells[1].Count != 0 {
		t.Errorf("skip-execution: %v, %v", err, nb.Cells[2].Outputs)
	}
	nb = read("nope", "7")
	if err := Execute(context.Background(), nb, Options{AllowErrors: true}); err != nil || nb.Cells[1].Outputs[0].Text() != "7" {
		t.Errorf("AllowErrors: %v, %v", err, nb.Cells[1].Outputs)
	}
	dir := t.TempDir()
	nb = read(`os.WriteFile("here", nil, 0o644)`)
	if err := Execute(context.Background(), nb, Options{Dir: dir}); err != nil {
		t.Error(err)
	} else if _, err := os.Stat(filepath.Join(dir, "here")); err != nil {
		t.Errorf("Dir: %v", err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	nb = read("fmt.Println(1)", "for {}", "3")
	err := Execute(ctx, nb, Options{})
	if !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "cell 2 of 3") {
		t.Errorf("a loop without an end: %v", err)
	}
	if o := nb.Cells[1].Outputs; len(o) != 1 || o[0]["ename"] != "interrupted" || nb.Cells[0].Outputs[0].Text() != "1\n" || nb.Cells[2].Outputs != nil {
		t.Errorf("outputs of what was stopped: %v", o)
	}

	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(time.Second, cancel)
	err = Execute(ctx, read("for {}"), Options{})
	var f *engine.Failure
	if !errors.As(err, &f) || f.Name != "interrupted" || errors.Is(err, ErrTimeout) {
		t.Errorf("a run that was stopped: %v", err)
	}

	nb = read("1", "func f(n int) int { return f(n+1) + 1 }\nf(0)", "3")
	if err := Execute(context.Background(), nb, Options{AllowErrors: true}); err != nil && (!strings.Contains(err.Error(), "fatal") || !strings.Contains(err.Error(), "cell 2 of 3")) {
		t.Errorf("a stack without an end: %v", err)
	}
}

// A cell that is skipped keeps what it showed.
func TestSkippedKeepsOutputs(t *testing.T) {
	nb, err := notebook.Decode([]byte(`{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {"tags": ["skip-execution"]},
		"execution_count": 7, "source": "x", "outputs": [{"output_type": "stream", "name": "stdout", "text": "kept"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := Execute(context.Background(), nb, Options{}); err != nil {
		t.Fatal(err)
	}
	if c := nb.Cells[0]; c.Count != 7 || len(c.Outputs) != 1 {
		t.Errorf("count %d, outputs %v", c.Count, c.Outputs)
	}
}
