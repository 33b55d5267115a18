package ablate

// A power cut costs an ablation at most what came after a checkpoint of one of
// its cells; results that were written stay.

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/disk/disktest"
)

func TestPowerCut(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	if err := os.MkdirAll(filepath.Dir(e.Dir), 0o777); err != nil {
		t.Fatal(err)
	}
	r, err := disktest.Record(filepath.Dir(e.Dir))
	if err != nil {
		t.Fatal(err)
	}
	carryOut(t, e, data)
	r.Stop()
	want, err := os.ReadFile(filepath.Join(e.Dir, "results.csv"))
	if err != nil {
		t.Fatal(err)
	}
	room := disktest.Folder(t)
	plan := disktest.Plan{Seed: 1, Every: 60}
	if os.Getenv("FOURM_TORTURE") != "" {
		plan = disktest.Plan{Seed: 1, Every: 3, Chance: 1}
	}
	n := r.Cuts(plan, func(c disktest.Cut) {
		found := e
		found.Dir = filepath.Join(room, "found", "run")
		if err := c.Put(filepath.Dir(found.Dir)); err != nil {
			t.Fatal(err)
		}
		ab, err := Run(found, data)
		if err != nil {
			t.Fatalf("%v\n%v", c, err)
		}
		got, err := os.ReadFile(filepath.Join(found.Dir, "results.csv"))
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\n%v\n%s\nexpected\n%s", c, err, got, want)
		}
		for _, n := range ab.Rows {
			if n.finished() != len(e.Seeds) {
				t.Errorf("%v: %v", c, ab)
			}
		}
	})
	t.Logf("%d operations, %d different folders found", r.Len(), n)
	if n < 10 {
		t.Error("too little was cut")
	}
}

// Results that cannot be read, or stand twice, are measured again or once.
func TestMendedResults(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	carryOut(t, e, data)
	path := filepath.Join(e.Dir, "results.jsonl")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	csv, _ := os.ReadFile(filepath.Join(e.Dir, "results.csv"))
	lines := strings.SplitAfter(string(good), "\n")
	for name, text := range map[string]string{
		"torn":         strings.Join(lines[:3], "") + lines[3][:30],
		"zeros":        strings.Repeat("\x00", 100) + "\n" + strings.Join(lines[1:], ""),
		"short":        lines[0],
		"twice":        string(good) + string(good),
		"of elsewhere": string(good) + `{"label":"another","seed":1}` + "\n",
		"empty":        "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		ab := carryOut(t, e, data)
		if ab.Interrupted {
			t.Errorf("%s: interrupted", name)
		}
		if got, _ := os.ReadFile(filepath.Join(e.Dir, "results.csv")); string(got) != string(csv) {
			t.Errorf("%s: results.csv is\n%s\nexpected\n%s", name, got, csv)
		}
	}
}

// One folder below runs/, whatever the experiment is called.
func TestFolderOfName(t *testing.T) {
	for name, want := range map[string]string{
		"input_alpha": "input_alpha", "my experiment": "my experiment", "Größe": "Größe",
		"a/b": "a_b", "/etc/x": "_etc_x", "..": "_.", "../../x": "_._.._x", ".hidden": "_hidden", `C:\x`: "C__x", "a\x00b\nc": "a_b_c", "\xff": "_",
		strings.Repeat("é", 200): strings.Repeat("é", 100),
	} {
		got := folderOf(name)
		if got != want {
			t.Errorf("%q: %q, expected %q", name, got, want)
		}
		if rel, err := filepath.Rel("runs", filepath.Join("runs", got)); err != nil || rel != got || strings.ContainsRune(got, '/') || len(got) > 255 {
			t.Errorf("%q leads to %q", name, filepath.Join("runs", got))
		}
		e := Experiment{Name: name, Modalities: []string{"shade", "says"}}
		things(t, 1)
		if dir := e.check().Dir; filepath.Dir(dir) != "runs" {
			t.Errorf("the experiment %q goes to %s", name, dir)
		}
	}
}

// A stranger's folder cannot have results written over what is not theirs.
func TestLinkedResults(t *testing.T) {
	data := things(t, 24)
	e := tiny(t)
	carryOut(t, e, data)
	for _, name := range []string{"results.csv", "results.jsonl", "table.md", "bars.png", "config.yaml"} {
		theirs := e
		theirs.Dir = filepath.Join(t.TempDir(), "run")
		if err := os.CopyFS(theirs.Dir, os.DirFS(e.Dir)); err != nil {
			t.Fatal(err)
		}
		mine := filepath.Join(t.TempDir(), "mine")
		path := filepath.Join(theirs.Dir, name)
		if err := os.WriteFile(mine, []byte("all of my work\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		os.Remove(path)
		if err := os.Symlink(mine, path); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(theirs, data); err == nil || !strings.Contains(err.Error(), name) && name != "config.yaml" {
			t.Errorf("%s: %v", name, err)
		}
		if b, _ := os.ReadFile(mine); string(b) != "all of my work\n" {
			t.Errorf("%s: what it leads to holds %q", name, b)
		}
	}
}
