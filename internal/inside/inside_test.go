package inside

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put writes a file and the folders above it.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, path); err != nil {
		t.Skipf("no links here: %v", err)
	}
}

// Links are followed inside the folder and nowhere else, however they are
// written; what they would lead to is not so much as looked for.
func TestLinks(t *testing.T) {
	top := t.TempDir()
	put(t, filepath.Join(top, "secret"), "key")
	put(t, filepath.Join(top, "elsewhere", "b.txt"), "key")
	put(t, filepath.Join(top, "disk", "run", "a.txt"), "a")
	put(t, filepath.Join(top, "disk", "run", "sub", "b.txt"), "b")
	link(t, filepath.Join("disk", "run"), filepath.Join(top, "run")) // the folder is on another disk
	real, err := filepath.EvalSymlinks(filepath.Join(top, "disk", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"in":           "a.txt",
		"in-sub":       "sub/b.txt",
		"in-dots":      "sub/../a.txt",
		"in-absolute":  filepath.Join(real, "a.txt"),
		"in-named":     filepath.Join(top, "run", "sub", "b.txt"),
		"in-round":     "../run/a.txt",
		"in-chain":     "in-sub",
		"folder":       "sub",
		"sub/up":       "../a.txt",
		"sub/twice":    "../folder/up",
		"out":          "../../secret",
		"out-absolute": filepath.Join(top, "secret"),
		"out-chain":    "out",
		"out-folder":   filepath.Join(top, "elsewhere"),
		"out-dots":     "sub/../../../secret",
		"out-link":     "folder/../../../secret",
		"out-beside":   real + "2/a.txt",
		"out-nothing":  "../../nothing",
		"proc":         "/proc/self/environ",
		"endless":      "/dev/zero",
		"nothing":      "gone.txt",
		"round":        "round-2",
		"round-2":      "round",
		"itself":       ".",
	} {
		link(t, to, filepath.Join(real, name))
	}
	const out, gone, round = "leads out of the folder", "is a link to nothing", "leads back to itself"
	for _, dir := range []string{filepath.Join(top, "run"), real} {
		d, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for name, want := range map[string]string{
			"a.txt": "a", "sub/b.txt": "b", "./sub/./b.txt": "b", "in": "a", "in-sub": "b", "in-dots": "a", "in-absolute": "a", "in-round": "a", "in-chain": "b",
			"folder/b.txt": "b", "sub/up": "a", "sub/twice": "a", "itself/itself/a.txt": "a",
			"out": out, "out-absolute": out, "out-chain": out, "out-folder/b.txt": out, "out-dots": out, "out-link": out, "out-beside": out, "out-nothing": out,
			"../../secret": out, "/secret": "", "proc": out, "endless": out, "nothing": gone, "round": round, "missing": "", "a.txt/b": "",
		} {
			b, err := d.Read(name, 100)
			var no *Refused
			switch {
			case want == "" && (err == nil || errors.As(err, &no)):
				t.Errorf("%s: %q, %v, expected that it is not there", name, b, err)
			case len(want) == 1 && (err != nil || string(b) != want):
				t.Errorf("%s: %q, %v, expected %q", name, b, err, want)
			case len(want) > 1 && (!errors.As(err, &no) || !strings.Contains(no.Why, want) || no.Path != filepath.Join(dir, name)):
				t.Errorf("%s: %q, %v, expected that it %s", name, b, err, want)
			}
		}
		if b, err := d.Read("in-named", 100); (err == nil) != (dir != real) || err == nil && string(b) != "b" {
			t.Errorf("a link by the folder's other name, from %s: %q, %v", dir, b, err)
		}
		if _, err := d.List("out-folder"); err == nil {
			t.Error("a folder elsewhere is listed")
		}
		if l, err := d.List("folder"); err != nil || len(l) != 3 || l[0].Name() != "b.txt" {
			t.Errorf("a folder of the folder: %v, %v", l, err)
		}
	}
}

// A file is at most as long as is asked for, and a folder is one.
func TestSizes(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a"), "12345")
	f, err := os.Create(filepath.Join(dir, "huge"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(50 << 30); err != nil {
		t.Skip(err)
	}
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if b, err := d.Read("a", 5); err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	for name, limit := range map[string]int64{"a": 4, "huge": 1 << 30} {
		var no *Refused
		if _, err := d.Read(name, limit); !errors.As(err, &no) || !strings.Contains(no.Why, "bytes, expected at most") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "a")); err == nil {
		t.Error("a file is opened as a folder")
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
