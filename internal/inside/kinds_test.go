//go:build linux

package inside

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/internal/fixture"
)

// What is no plain file is told by its kind, and never waited for.
func TestKinds(t *testing.T) {
	dir := t.TempDir()
	want := map[string]string{"fifo": "FIFO", "in": "FIFO", "socket": "socket", "sub": "folder"}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o666); err != nil {
		t.Skip(err)
	}
	if l, err := net.Listen("unix", filepath.Join(dir, "socket")); err == nil {
		defer l.Close()
	} else {
		delete(want, "socket")
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	link(t, "fifo", filepath.Join(dir, "in"))
	if syscall.Mknod(filepath.Join(dir, "zero"), syscall.S_IFCHR|0o666, 1<<8|5) == nil {
		want["zero"] = "device"
	}
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, kind := range want {
		fixture.Within(t, 5*time.Second, name, func() {
			var no *Refused
			if _, err := d.Read(name, 100); !errors.As(err, &no) || !strings.Contains(no.Why, kind) {
				t.Errorf("%s: %v, expected a %s", name, err, kind)
			}
			if _, err := d.List(name); (err == nil) != (name == "sub") {
				t.Errorf("%s is listed: %v", name, err)
			}
		})
	}
	fixture.Within(t, 5*time.Second, "a FIFO as the folder", func() {
		if _, err := Open(filepath.Join(dir, "fifo")); err == nil {
			t.Error("a FIFO is a folder")
		}
	})
	t.Logf("%d kinds", len(want))
}
