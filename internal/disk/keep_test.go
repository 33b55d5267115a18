//go:build linux || darwin

package disk_test

// Files keep what people gave them: mode, links, their being no file at all.

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"fourmlab/internal/disk"
)

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestUmaskAndModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	path := filepath.Join(t.TempDir(), "a")
	if err := disk.Write(path, put("x")); err != nil {
		t.Fatal(err)
	}
	if m := modeOf(t, path); m != 0o640 {
		t.Errorf("a new file has mode %v, expected what the umask leaves: -rw-r-----", m)
	}
	for _, mode := range []os.FileMode{0o600, 0o644, 0o666, 0o755, 0o440 | 0o200} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if err := disk.Write(path, func(w io.Writer) error {
			files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
			if len(files) != 1 {
				t.Fatalf("while it is written there are %v", files)
			}
			if m := modeOf(t, files[0]); m.Perm()&^mode != 0 {
				t.Errorf("while a file of mode %v is replaced, its new content has mode %v", mode, m)
			}
			return put("y")(w)
		}); err != nil {
			t.Fatal(err)
		}
		if m := modeOf(t, path); m != mode {
			t.Errorf("a file of mode %v has mode %v after it was replaced", mode, m)
		}
	}
}

func TestOwnerStays(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	path := filepath.Join(t.TempDir(), "a")
	if err := disk.Write(path, put("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 1234, 2345); err != nil {
		t.Fatal(err)
	}
	if err := disk.Write(path, put("y")); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(path)
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 1234 || s.Gid != 2345 {
		t.Errorf("it belongs to %d:%d, expected 1234:2345", s.Uid, s.Gid)
	}
}

// A link stays one, whether it leads to a file, over another link, relative,
// or to what is not there yet.
func TestLinksStay(t *testing.T) {
	big, here := t.TempDir(), t.TempDir()
	link := func(to, name string) string {
		path := filepath.Join(here, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rel, err := filepath.Rel(here, filepath.Join(big, "c"))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(big, "a"), []byte("old"), 0o600)
	for target, path := range map[string]string{
		filepath.Join(big, "a"): link(link(filepath.Join(big, "a"), "a1"), "a2"),
		filepath.Join(big, "b"): link(filepath.Join(big, "b"), "b"),
		filepath.Join(big, "c"): link(rel, "c"),
	} {
		if err := disk.Write(path, put("new")); err != nil {
			t.Fatal(err)
		}
		if modeOf(t, path)&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", path)
		}
		if b, err := os.ReadFile(target); string(b) != "new" {
			t.Errorf("%s holds %q (%v)", target, b, err)
		}
	}
	if m := modeOf(t, filepath.Join(big, "a")); m != 0o600 {
		t.Errorf("what a link leads to has mode %v, expected 0600", m)
	}
	loop := link(filepath.Join(here, "loop"), "loop")
	if err := disk.Write(loop, put("x")); err == nil || !strings.Contains(err.Error(), "too many links") {
		t.Errorf("a link to itself: %v", err)
	}
}

// What is no plain file is written to as it is: never replaced.
func TestDevicesAndPipes(t *testing.T) {
	before := modeOf(t, os.DevNull)
	if err := disk.Write(os.DevNull, put("x")); err != nil {
		t.Error(err)
	}
	if m := modeOf(t, os.DevNull); m != before {
		t.Fatalf("%s was %v, is %v", os.DevNull, before, m)
	}
	if _, err := os.Stat("/proc/self/fd"); err == nil { // as /dev/stdout leads to a pipe
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		link := filepath.Join(t.TempDir(), "stdout")
		if err := os.Symlink(fmt.Sprintf("/proc/self/fd/%d", w.Fd()), link); err != nil {
			t.Fatal(err)
		}
		if err := disk.Write(link, put("words")); err != nil {
			t.Error(err)
		}
		w.Close()
		if b, err := io.ReadAll(r); string(b) != "words" || modeOf(t, link)&os.ModeSymlink == 0 {
			t.Errorf("the pipe behind a link got %q (%v)", b, err)
		}
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Skip(err)
	}
	heard := make(chan string)
	go func() {
		f, err := os.Open(fifo)
		if err != nil {
			heard <- err.Error()
			return
		}
		defer f.Close()
		var b bytes.Buffer
		for b.Len() < 5 { // the writer may open it twice
			io.Copy(&b, f)
		}
		heard <- b.String()
	}()
	if err := disk.Write(fifo, put("words")); err != nil {
		t.Error(err)
	}
	if got := <-heard; got != "words" {
		t.Errorf("the pipe's reader got %q", got)
	}
}

func TestReadOnlyStays(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes everything")
	}
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("old"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := disk.Write(path, put("new")); err == nil {
		t.Error("a file that may not be written was replaced")
	}
	holds(t, path, "old")
}

// A FIFO, a socket, a device, a folder and an endless file are refused at once.
func TestOpenPlain(t *testing.T) {
	dir := t.TempDir()
	fifo, link, zero := filepath.Join(dir, "fifo"), filepath.Join(dir, "link"), filepath.Join(dir, "zero")
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Skip(err)
	}
	os.Symlink(fifo, link)
	os.Symlink("/dev/zero", zero)
	for path, kind := range map[string]string{fifo: "a FIFO", link: "a FIFO", zero: "a device", "/dev/null": "a device", dir: "a folder"} {
		if _, err := disk.Open(path); err == nil || !strings.Contains(err.Error(), kind) || !strings.Contains(err.Error(), path) {
			t.Errorf("Open %s: %v", path, err)
		}
		if _, err := disk.Append(path); err == nil {
			t.Errorf("Append to %s", path)
		}
	}
	plain := filepath.Join(dir, "plain")
	os.WriteFile(plain, []byte("12345678"), 0o644)
	if b, err := disk.Read(plain, 8); string(b) != "12345678" || err != nil {
		t.Errorf("Read: %q, %v", b, err)
	}
	if _, err := disk.Read(plain, 7); err == nil || !strings.Contains(err.Error(), "has 8 bytes, expected at most 7") {
		t.Errorf("Read of a longer file: %v", err)
	}
	if _, err := disk.Read("/proc/self/status", 5); err == nil {
		t.Error("a file whose size is not told was read beyond the limit")
	}
}
