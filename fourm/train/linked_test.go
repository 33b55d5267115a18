package train

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A checkpoint may lie on a big disk, behind a link; a stranger's link that
// would have this process write over something else is refused, and that stays.
func TestLinkedFiles(t *testing.T) {
	data := things(t, 20)
	o := options(8)
	o.Dir = filepath.Join(t.TempDir(), "run")
	big := t.TempDir()
	if err := os.Mkdir(o.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(big, "last.safetensors"), filepath.Join(o.Dir, "last.safetensors")); err != nil {
		t.Fatal(err)
	}
	first := o
	first.OnStep = func(p Point) bool { return p.Step < 5 }
	fit(t, small(t), data, first)
	for _, name := range []string{"history.jsonl", "state.safetensors", "run.json"} {
		if err := os.Rename(filepath.Join(o.Dir, name), filepath.Join(big, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(big, name), filepath.Join(o.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if run := fit(t, small(t), data, o); len(run.Points) != 8 {
		t.Errorf("%d points", len(run.Points))
	}
	for _, name := range []string{"history.jsonl", "state.safetensors", "last.safetensors", "run.json"} {
		info, err := os.Lstat(filepath.Join(o.Dir, name))
		if err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more (%v)", name, err)
		}
		if info, err := os.Lstat(filepath.Join(big, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is not on the big disk (%v)", name, err)
		}
	}
	home := t.TempDir()
	for name, of := range map[string]struct{ file, text string }{
		"history.jsonl":    {"bashrc", "alias ls=rm\n"},
		"run.json":         {"settings.json", `{"editor": "vi"}`},
		"best.safetensors": {"thesis.tex", `\documentclass{book}`},
		"last.safetensors": {"notes.json", `{"a": {"long": "enough to have a length of its own"}}`},
	} {
		dir := filepath.Join(t.TempDir(), "theirs")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		mine := filepath.Join(home, of.file)
		if err := os.WriteFile(mine, []byte(of.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(mine, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		p := o
		p.Dir = dir
		if _, err := Fit(small(t), data, p); err == nil || !strings.Contains(err.Error(), name+" is a link to "+mine) {
			t.Errorf("%s: %v", name, err)
		}
		if b, _ := os.ReadFile(mine); string(b) != of.text {
			t.Errorf("%s holds %q", mine, b)
		}
	}
	dir := filepath.Join(t.TempDir(), "theirs")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(home, "profile"), filepath.Join(dir, "history.jsonl")); err != nil {
		t.Fatal(err)
	}
	o.Dir = dir
	if _, err := Fit(small(t), data, o); err == nil {
		t.Error("a file was made outside the folder")
	}
	if _, err := os.Lstat(filepath.Join(home, "profile")); err == nil {
		t.Error("a file is there outside the folder")
	}
}
