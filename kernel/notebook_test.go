package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a notebook of cells; those that begin with # or * are text.
func writeNotebook(t *testing.T, dir string, cells ...string) string {
	t.Helper()
	var list []map[string]any
	for _, c := range cells {
		kind := "code"
		if strings.HasPrefix(c, "#") {
			kind = "markdown"
		}
		cell := map[string]any{"cell_type": kind, "metadata": map[string]any{}, "source": strings.SplitAfter(c, "\n")}
		if kind == "code" {
			cell["outputs"], cell["execution_count"] = []any{}, nil
		}
		list = append(list, cell)
	}
	data, err := json.Marshal(map[string]any{"cells": list, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 4})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "in.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNotebook(t *testing.T) {
	dir := t.TempDir()
	in := writeNotebook(t, dir,
		"# A tour\n\nText with *emphasis*, `code` and [a link](https://go.dev).\n\n* one\n* two\n  * deep\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n```go\nfunc f() {}\n```\n",
		"x := 41\nfmt.Println(\"printed\")\nx + 1",
		"## Training",
		"n := demo.Train(4)\nn",
		"import \"image\"\nimport \"image/color\"\nim := image.NewRGBA(image.Rect(0, 0, 200, 80))\nfor y := range 80 { for x := range 200 { im.Set(x, y, color.RGBA{uint8(x), uint8(3*y), 120, 255}) } }\nim",
	)
	out, page := filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "out.html")
	var progress bytes.Buffer
	if err := Notebook(context.Background(), in, out, page, &progress); err != nil {
		t.Fatal(err)
	}
	if p := progress.String(); !strings.Contains(p, "[2/3] Training ... 0.") || strings.Count(p, "\n") != 3 {
		t.Errorf("progress %q", p)
	}
	nb, err := readNotebook(out)
	if err != nil {
		t.Fatal(err)
	}
	outputs := func(i int) (list []map[string]any) {
		json.Unmarshal(nb.cells[i].rest["outputs"], &list)
		return list
	}
	if o := outputs(1); len(o) != 2 || o[0]["text"] != "printed\n" || o[1]["data"].(map[string]any)["text/plain"] != "42" {
		t.Errorf("outputs %v", o)
	}
	if o := outputs(3); len(o) != 2 || o[0]["data"].(map[string]any)["text/plain"] != "step 4" {
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
	in := writeNotebook(t, dir, "x := 1", "x + nope", "x")
	out, page := filepath.Join(dir, "out.ipynb"), filepath.Join(dir, "out.html")
	err := Notebook(context.Background(), in, out, page, nil)
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
	if exec.Command(python, "-c", "import nbformat").Run() != nil {
		return
	}
	if out, err := exec.Command(python, "-c", "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], 4))", path).CombinedOutput(); err != nil {
		t.Errorf("not valid: %s", out)
	}
}
