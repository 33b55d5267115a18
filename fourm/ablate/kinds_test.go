//go:build linux

package ablate

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A FIFO or an endless file in an experiment's folder is an error that names
// it, and is not waited for.
func TestNoPlainFile(t *testing.T) {
	n := 0
	for _, file := range []string{"config.yaml", "results.jsonl"} {
		for kind, lay := range map[string]func(path string) error{
			"FIFO":          func(p string) error { return syscall.Mkfifo(p, 0o666) },
			"device":        func(p string) error { return os.Symlink("/dev/zero", p) },
			"folder":        func(p string) error { return os.Mkdir(p, 0o777) },
			"bytes, expect": func(p string) error { return os.WriteFile(p, nil, 0o666) },
		} {
			r := &run{exp: Experiment{Dir: t.TempDir()}}
			path := filepath.Join(r.exp.Dir, file)
			if file == "results.jsonl" {
				if err := r.begin(); err != nil {
					t.Fatal(err)
				}
			}
			if err := lay(path); err != nil {
				t.Fatal(err)
			}
			if kind == "bytes, expect" {
				if err := os.Truncate(path, 50<<30); err != nil {
					t.Skip(err)
				}
			}
			n++
			said := ""
			done := begun(func() {
				if err := r.begin(); err != nil {
					said = err.Error()
				}
			})
			select {
			case <-done:
			case <-time.After(10 * time.Second):
				t.Fatalf("%s, %s: still waiting", file, kind)
			}
			if !strings.Contains(said, kind) || !strings.Contains(said, path) {
				t.Errorf("%s, %s: %q", file, kind, said)
			}
		}
	}
	t.Logf("%d files", n)
}

// begun runs f and closes what it gives.
func begun(f func()) chan bool {
	done := make(chan bool)
	go func() { defer close(done); f() }()
	return done
}
