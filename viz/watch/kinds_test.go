//go:build linux

package watch

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/internal/fixture"
)

// One FIFO, device or folder under the name of one of a run's files stops
// nobody, and is told.
func TestKinds(t *testing.T) {
	files := []string{"history.jsonl", "run.json", "events.out.tfevents.1", "x.png", "sub/x.jpg", "table.csv", "config.yaml", "best.safetensors"}
	kinds := map[string]func(path string) error{
		"FIFO":   func(p string) error { return syscall.Mkfifo(p, 0o666) },
		"device": func(p string) error { return syscall.Mknod(p, syscall.S_IFCHR|0o666, 1<<8|5) },
		"folder": func(p string) error { return os.Mkdir(p, 0o777) },
	}
	n := 0
	for _, file := range files {
		for kind, make := range kinds {
			top := t.TempDir()
			grow(t, filepath.Join(top, "good"), 1, 30)
			evil := filepath.Join(top, "evil", file)
			if err := os.MkdirAll(filepath.Dir(evil), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := make(evil); err != nil {
				t.Logf("no %s here: %v", kind, err)
				continue
			}
			n++
			// With and without a run beside it, and as the path itself.
			for _, more := range []bool{false, true} {
				if more && file == "history.jsonl" {
					put(t, filepath.Join(top, "evil", "run.json"), []byte(`{"Steps": 9}`))
				} else if more {
					grow(t, filepath.Join(top, "evil"), 1, 3)
				}
				fixture.Within(t, 20*time.Second, file+" "+kind, func() {
					h := Handler(top, false)
					for _, path := range []string{"/", "/main", "/?run=good", "/curves.png"} {
						if code, body, _ := ask(t, h, path); code != http.StatusOK || path != "/curves.png" && !strings.Contains(body, "30") {
							t.Errorf("%s, %s: %s: status %d\n%s", file, kind, path, code, body)
						}
					}
					_, all, _ := ask(t, h, "/")
					_, one, _ := ask(t, h, "/?run=evil")
					shown := strings.HasPrefix(file, "history") || strings.HasPrefix(file, "run.") || strings.HasPrefix(file, "events") && kind != "folder"
					told := strings.Contains(all+one, "evil/"+file+" is a "+kind)
					if more && (strings.HasSuffix(file, ".png") || strings.HasSuffix(file, ".jpg")) {
						shown = kind != "folder"
					}
					if more && strings.HasPrefix(file, "events") {
						shown = false // the history is read in its place
					}
					if shown && !told {
						t.Errorf("%s, %s, a run beside it %v: not told on\n%s", file, kind, more, all+one)
					}
					ask(t, h, "/picture?run=evil&name="+file)
				})
			}
			fixture.Within(t, 20*time.Second, file+" "+kind+" itself", func() { ask(t, Handler(evil, false), "/") })
		}
	}
	t.Logf("%d files that are none", n)
}

// A folder of another user hides no run. It is carried out without root's
// rights.
func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := os.MkdirTemp("", "nobody") // that anybody may go through
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		top := filepath.Join(dir, "runs")
		if err := os.MkdirAll(filepath.Join(top, "lost+found"), 0o700); err != nil { // root's
			t.Fatal(err)
		}
		grow(t, filepath.Join(top, "good"), 1, 30)
		put(t, filepath.Join(top, "good", "x.png"), pngOf(t, 4, 4))
		put(t, filepath.Join(top, "good", "locked.png"), pngOf(t, 4, 4))
		if err := os.MkdirAll(filepath.Join(top, "good", "private"), 0o700); err != nil {
			t.Fatal(err)
		}
		for path, mode := range map[string]os.FileMode{top: 0o755, filepath.Join(top, "good"): 0o755, filepath.Join(top, "lost+found"): 0o700, filepath.Join(top, "good", "locked.png"): 0o600, filepath.Join(top, "good", "private"): 0o700} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		program := filepath.Join(dir, "test")
		if err := os.WriteFile(program, b, 0o755); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(program, "-test.run=^TestUnreadable$", "-test.v")
		c.Dir = dir
		c.Env = []string{"FOURM_TEST_RUNS=" + top, "TMPDIR=" + dir}
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := c.CombinedOutput()
		switch {
		case err != nil && len(out) == 0:
			t.Skipf("root cannot be another here: %v", err)
		case err != nil || !strings.Contains(string(out), "--- PASS"):
			t.Errorf("as another user: %v\n%s", err, out)
		}
		return
	}
	top := os.Getenv("FOURM_TEST_RUNS")
	if top == "" {
		t.Skip("needs root, to make a folder of another user")
	}
	code, body, _ := ask(t, Handler(top, false), "/")
	for _, want := range []string{"step 30 of 30", "lost&#43;found: permission denied, left out", "private: permission denied", "locked.png: permission denied", "picture?name=x.png"} {
		if code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("status %d, no %q on\n%s", code, want, body)
		}
	}
}
