//go:build unix

package disk

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a person pipes is read; what never ends or never begins is refused at
// once.
func TestGiven(t *testing.T) {
	dir := t.TempDir()
	file, fifo, sock := filepath.Join(dir, "a"), filepath.Join(dir, "fifo"), filepath.Join(dir, "sock")
	if err := os.WriteFile(file, []byte("package main"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(fifo, 0o666); err != nil {
		t.Skip(err)
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: sock}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file: "", dir: "is a folder", fifo: "is a FIFO that nobody writes into", "/dev/zero": "is a device", sock: "no such device", filepath.Join(dir, "none"): "no such file",
	} {
		began := time.Now()
		b, err := Given(path, 1<<20)
		if want == "" {
			if err != nil || string(b) != "package main" {
				t.Errorf("%s: %q, %v", path, b, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, expected one that it %s", path, err, want)
		}
		if spent := time.Since(began); spent > 5*time.Second {
			t.Errorf("%s took %v", path, spent)
		}
	}
	if _, err := Given(file, 3); err == nil || !strings.Contains(err.Error(), "12 bytes") {
		t.Errorf("12 bytes where 3 are allowed: %v", err)
	}

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text := bytes.Repeat([]byte("x"), 1<<18) // more than a pipe holds
	go func() {
		time.Sleep(50 * time.Millisecond) // who writes may be slow
		w.Write(text)
		w.Close()
	}()
	path := fmt.Sprint("/dev/fd/", r.Fd())
	if b, err := Given(path, 1<<20); err != nil || !bytes.Equal(b, text) {
		t.Errorf("a pipe: %d bytes, %v", len(b), err)
	}
}
