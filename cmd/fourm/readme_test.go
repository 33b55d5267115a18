package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The README's first two snippets run as they stand in a cell of a notebook, the one
// that trains made small, and show a figure.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```go\n")
	demo, rest, _ := strings.Cut(rest, "```")
	_, rest, _ = strings.Cut(rest, "```go\n")
	cell, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(demo, "fourm.Demo()") || !strings.Contains(cell, "viz.Chain(out)") {
		t.Fatalf("the first snippets are %q and %q", demo, cell)
	}
	for _, small := range [][2]string{
		{"Scenes(3000,", "Scenes(60,"},
		{"Steps: 1500,", "Steps: 3,"},
		{`fourm.TrainTokenizers(train, "rgb", "depth")`, "for _, n := range []string{\"rgb\", \"depth\"} {\n\tfourm.TrainTokenizer(train, n, fourm.VQ{Steps: 5, Dim: 32})\n}\nfourm.TrainVocabulary(train)"},
		{"MustSample(7)", "MustSample(2)"},
	} {
		if !strings.Contains(cell, small[0]) {
			t.Fatalf("the snippet has nothing like %s", small[0])
		}
		cell = strings.Replace(cell, small[0], small[1], 1)
	}
	t.Setenv("FOURM_TEST_AS_PROGRAM", "1") // the cells' worker is this binary, too
	for _, source := range []string{demo, cell} {
		runCell(t, source)
	}
}

// runCell runs a notebook of one cell and expects a figure.
func runCell(t *testing.T, source string) {
	t.Helper()
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": []any{
		map[string]any{"id": "snippet", "cell_type": "code", "source": source, "metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil},
	}}
	b, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "readme.ipynb"), filepath.Join(dir, "out.ipynb")
	if err := os.WriteFile(in, b, 0o644); err != nil {
		t.Fatal(err)
	}
	status, said, errs := call2("notebook", "run", in, "-o", out)
	done, err := os.ReadFile(out)
	if status != 0 || err != nil || !strings.Contains(string(done), `"image/png"`) {
		t.Errorf("status %d, %v, printed %q\n%s", status, err, said, errs)
	}
}
