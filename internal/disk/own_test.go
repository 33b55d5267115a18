//go:build linux || darwin

package disk_test

// Owners, and what the dead leave.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fourmlab/internal/disk"
)

// TestMain lets the test binary be another process: an owner that holds on
// until it is killed, with a file half-written.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DISK_TEST_OWNER"); dir != "" {
		_, err := disk.Own(dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		disk.Write(filepath.Join(dir, "half"), func(w io.Writer) error {
			w.Write([]byte("half of it"))
			fmt.Println("owned")
			time.Sleep(time.Hour)
			return nil
		})
	}
	if dir := os.Getenv("DISK_TEST_FOLDER"); dir != "" {
		f, err := disk.NewFolder(dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		f.Begin("a/b")
		fmt.Println("owned")
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// other starts the test binary as another process and waits for its first line.
func other(t *testing.T, name, dir string) (*exec.Cmd, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), name+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	b := make([]byte, 1024)
	n, _ := out.Read(b)
	return cmd, strings.TrimSpace(string(b[:n]))
}

func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

// A folder has one owner; the second is told of the first, and a dead one, who
// left a file half-written, is succeeded.
func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	cmd, said := other(t, "DISK_TEST_OWNER", dir)
	if said != "owned" {
		t.Fatal(said)
	}
	_, err := disk.Own(dir)
	var busy *disk.Busy
	if !errors.As(err, &busy) || busy.PID != cmd.Process.Pid || busy.Path != dir || time.Since(busy.Since) > time.Minute {
		t.Fatalf("a second owner: %v", err)
	}
	if want := fmt.Sprintf("%s is in use by process %d since ", dir, cmd.Process.Pid); !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it says %q, expected %q", err, want)
	}
	// The living one's file is not cleared away, and another can be written beside it.
	if err := disk.Clear(dir); err != nil || names(t, dir) != ".half.fourm-tmp .owner" {
		t.Errorf("folder has %s (%v)", names(t, dir), err)
	}
	if err := disk.Write(filepath.Join(dir, "half"), put("whole")); err != nil {
		t.Error(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	o, err := disk.Own(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != ".owner half" {
		t.Errorf("after its owner was killed the folder has %s", got)
	}
	if _, err := disk.Own(dir); err == nil || !strings.Contains(err.Error(), "in use by this process") {
		t.Errorf("twice by one process: %v", err)
	}
	o.Release()
	o.Release()
	if got := names(t, dir); got != "half" {
		t.Errorf("after the release the folder has %s", got)
	}
}

// Many who want the same folder have it one after the other.
func TestOwnersTakeTurns(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	var now, turns atomic.Int32
	for range 8 {
		all.Go(func() {
			for range 50 {
				o, err := disk.Own(dir)
				var busy *disk.Busy
				if errors.As(err, &busy) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if now.Add(1) != 1 {
					t.Error("two owners at once")
				}
				turns.Add(1)
				now.Add(-1)
				o.Release()
			}
		})
	}
	all.Wait()
	if turns.Load() == 0 || names(t, dir) != "" {
		t.Errorf("%d turns, left: %s", turns.Load(), names(t, dir))
	}
}

// What a killed writer left is taken over by the next one of the same file.
func TestAbandoned(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		cmd, said := other(t, "DISK_TEST_OWNER", dir)
		if said != "owned" {
			t.Fatal(said)
		}
		cmd.Process.Kill()
		cmd.Wait()
		if got := names(t, dir); got != ".half.fourm-tmp .owner" {
			t.Fatalf("after %d kills the folder has %s", i+1, got)
		}
	}
	if err := disk.Write(filepath.Join(dir, "half"), put("whole")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != ".owner half" {
		t.Errorf("the folder has %s", got)
	}
}

// Many who write the same file leave one of their contents, whole, and nothing
// beside it.
func TestWritersOfOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				if err := disk.Write(path, put(strings.Repeat(fmt.Sprint(i), 1000))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	b, err := os.ReadFile(path)
	if err != nil || len(b) != 1000 || strings.Trim(string(b), string(b[:1])) != "" {
		t.Errorf("%d bytes: %.20q (%v)", len(b), b, err)
	}
	holds(t, path, string(b))
}

func TestFolder(t *testing.T) {
	top := t.TempDir()
	out := filepath.Join(top, "deep", "set")
	for i := range 3 {
		cmd, said := other(t, "DISK_TEST_FOLDER", out)
		if said != "owned" {
			t.Fatal(said)
		}
		if i == 0 {
			var busy *disk.Busy
			if _, err := disk.NewFolder(out); !errors.As(err, &busy) || busy.PID != cmd.Process.Pid {
				t.Errorf("two at once: %v", err)
			}
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	f, err := disk.NewFolder(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"meta", "rgb/0", "rgb/deep/1"} {
		x, err := f.Begin(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(x, name)
		if err := errors.Join(x.Flush(), x.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Place(); err != nil {
		t.Fatal(err)
	}
	f.Discard() // does nothing to what was placed
	if a, b := names(t, filepath.Dir(out)), names(t, out); a != "set" || b != "meta rgb" {
		t.Errorf("beside it: %s; in it: %s", a, b)
	}
	if _, err := disk.NewFolder(out); err == nil || !strings.Contains(err.Error(), "is not empty; nothing is written over") {
		t.Errorf("over another: %v", err)
	}
	if f, err = disk.NewFolder(filepath.Join(top, "other")); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	os.MkdirAll(filepath.Join(top, "own.part", "things"), 0o777)
	if _, err := disk.NewFolder(filepath.Join(top, "own")); err == nil || !strings.Contains(err.Error(), "is in the way") {
		t.Errorf("a person's own folder: %v", err)
	}
	if got := names(t, top); got != "deep own.part" {
		t.Errorf("left: %s", got)
	}
}

// An empty folder keeps its mode, and a link to one stays a link.
func TestFolderKeeps(t *testing.T) {
	big, here := t.TempDir(), t.TempDir()
	real, link := filepath.Join(big, "set"), filepath.Join(here, "set")
	if err := errors.Join(os.Mkdir(real, 0o700), os.Symlink(real, link)); err != nil {
		t.Fatal(err)
	}
	f, err := disk.NewFolder(link)
	if err != nil {
		t.Fatal(err)
	}
	x, err := f.Begin("a")
	if err != nil {
		t.Fatal(err)
	}
	x.Close()
	if err := f.Place(); err != nil {
		t.Fatal(err)
	}
	if modeOf(t, link)&os.ModeSymlink == 0 || modeOf(t, real) != os.ModeDir|0o700 || names(t, real) != "a" {
		t.Errorf("link %v, folder %v with %s", modeOf(t, link), modeOf(t, real), names(t, real))
	}
}
