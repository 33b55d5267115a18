package disk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/disk"
)

// holds checks what a file holds and that nothing lies beside it.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("file holds %q, expected %q (%v)", got, want, err)
	}
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(list) != 1 {
		t.Errorf("folder holds %v, expected the file alone (%v)", list, err)
	}
}

func put(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	for _, s := range []string{"first", "second, which is longer", ""} {
		if err := disk.Write(path, put(s)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, s)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&^0o666 != 0 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
}

// What was there stays whole when writing fails, as on a full disk, or when
// the writer panics.
func TestFailureKeepsTheOld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	if err := disk.Write(path, put("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	err := disk.Write(path, func(w io.Writer) error {
		put("half of the new")(w)
		return full
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	holds(t, path, "old")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		disk.Write(path, func(w io.Writer) error {
			put("half")(w)
			panic("broken")
		})
	}()
	holds(t, path, "old")
}

func TestNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "a.json")
	called := false
	err := disk.Write(path, func(io.Writer) error { called = true; return nil })
	if !errors.Is(err, os.ErrNotExist) || called {
		t.Errorf("error %v, called %v", err, called)
	}
}

// Names as long as a file system allows, and names without a folder.
func TestNames(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := disk.Write("bare", put("x")); err != nil {
		t.Fatal(err)
	}
	wd, _ := os.Getwd()
	holds(t, filepath.Join(wd, "bare"), "x")
	long := filepath.Join(t.TempDir(), strings.Repeat("n", 250))
	if err := disk.Write(long, put("y")); err != nil {
		t.Fatal(err)
	}
	holds(t, long, "y")
	dir := t.TempDir()
	if err := disk.Write(dir, put("z")); err == nil {
		t.Error("a folder was written over")
	}
}
