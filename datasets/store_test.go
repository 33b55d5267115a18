package datasets

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/fourm/modality"
)

// A sample is written as files that a set of folders reads back as the same values.
func TestStore(t *testing.T) {
	dir := t.TempDir()
	s := Scenes(1, 3).MustSample(0)
	if err := Store(filepath.Join(dir, "a"), s, map[string][]byte{"scores.json": []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	var names []string
	list, err := os.ReadDir(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name())
	}
	for _, want := range []string{"rgb.png", "depth.png", "semseg.png", "caption.txt", "box.json", "palette.json", "scores.json"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s among %v", want, names)
		}
	}
	for name, file := range map[string]string{"depth": "depth.png", "semseg": "semseg.png", "rgb": "rgb.png"} {
		data, err := os.ReadFile(filepath.Join(dir, "a", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "set", name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "set", name, "s.png"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ds, err := Open(filepath.Join(dir, "set"))
	if err != nil {
		t.Fatal(err)
	}
	back := ds.MustSample(0)
	for _, name := range []string{"rgb", "depth", "semseg"} {
		a, b := s.Values[name].(*modality.Picture), back.Values[name].(*modality.Picture)
		for i := range a.Pix {
			if d := a.Pix[i] - b.Pix[i]; d > 0.002 || d < -0.002 {
				t.Fatalf("%s: pixel %d is %g, was %g", name, i, b.Pix[i], a.Pix[i])
			}
		}
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "a", "caption.txt")); strings.TrimSpace(string(text)) != s.Text("caption") {
		t.Errorf("caption %q", text)
	}
	if err := Store(filepath.Join(dir, "a"), s, nil); err == nil {
		t.Error("a folder that is there was written over")
	}
}
