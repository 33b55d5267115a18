package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// outputs runs a notebook of the cases, which goes into a folder with the
// given files, and gives what each cell shows or fails with.
func outputs(t *testing.T, name string, files map[string]string) (out []string) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(fixture.Path(t, "cases", "notebooks"), name))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), src, 0o644); err != nil {
		t.Fatal(err)
	}
	for f, text := range files {
		if err := os.WriteFile(filepath.Join(dir, f), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// It runs elsewhere: what it embeds lies beside it all the same.
	_, errs, _ := ran(t, t.TempDir(), "notebook", "run", filepath.Join(dir, name), "-allow-errors", "-o", filepath.Join(dir, "ran.ipynb"))
	got, err := os.ReadFile(filepath.Join(dir, "ran.ipynb"))
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var nb struct {
		Cells []struct {
			Outputs []struct {
				Text, Evalue any
				Data         map[string]any
			}
		}
	}
	if err := json.Unmarshal(got, &nb); err != nil {
		t.Fatal(err)
	}
	for _, c := range nb.Cells {
		var b strings.Builder
		for _, o := range c.Outputs {
			for _, v := range []any{o.Text, o.Evalue, o.Data["text/plain"]} {
				switch v := v.(type) {
				case string:
					b.WriteString(v)
				case []any:
					for _, l := range v {
						b.WriteString(l.(string))
					}
				}
			}
		}
		out = append(out, b.String())
	}
	return out
}

// The notebooks of the cases that are about the engine.
func TestEngineCases(t *testing.T) {
	for _, c := range []struct {
		name string // of the case
		want []string
	}{
		{"C05.ipynb", []string{"\"hello there\"\n", "In [2]:1:1: pattern nosuchfile.txt: no matching files found"}},
		{"C06.ipynb", []string{"11"}},
		{"C06b.ipynb", []string{"85 78\n"}},
		{"C07.ipynb", []string{"In [1]:2:1: comment not terminated"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := outputs(t, c.name, map[string]string{"hello.txt": "hello there"})
			if len(got) != len(c.want) {
				t.Fatalf("%d cells, expected %d", len(got), len(c.want))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("cell %d gives %q, expected %q", i+1, got[i], c.want[i])
				}
			}
		})
	}
}
