package kernel

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const python = "/usr/bin/python3" // the system's, which has jupyter_client

// client runs a script of testdata with a real front end's client library.
func client(t *testing.T, args ...string) {
	t.Helper()
	if exec.Command(python, "-c", "import jupyter_client").Run() != nil {
		t.Skip("no jupyter_client for " + python + " (Debian: apt install python3-jupyter-client)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, args...).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

func TestJupyter(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"message", "signal"} {
		t.Run(mode, func(t *testing.T) { client(t, "testdata/client.py", self, mode) })
	}
}

// What cells do to the page, as a front end sees it.
func TestJupyterDisplay(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	client(t, "testdata/display.py", self)
}

// The real gophernotes, built with the lab's packages, runs cells.
func TestGophernotes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a second binary")
	}
	dir := t.TempDir()
	overlay := filepath.Join(dir, "overlay.json")
	build := exec.Command("sh", "-c", `go run ./kernel/gophernotes/overlay >"$1" && go build -overlay "$1" -o "$2" ./build/gophernotes`, "sh", overlay, filepath.Join(dir, "gophernotes"))
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	client(t, "testdata/gophernotes.py", filepath.Join(dir, "gophernotes"))
}

func TestInstall(t *testing.T) {
	for env, want := range map[string]string{"JUPYTER_DATA_DIR": "kernels/fourm", "XDG_DATA_HOME": "jupyter/kernels/fourm"} {
		dir := t.TempDir()
		t.Setenv("JUPYTER_DATA_DIR", "")
		t.Setenv(env, dir)
		got, err := Install("")
		if err != nil || len(got) != 1 || got[0] != filepath.Join(dir, want) {
			t.Errorf("%s: %v, %v", env, got, err)
		}
		var spec kernelspec
		data, err := os.ReadFile(filepath.Join(dir, want, "kernel.json"))
		if err != nil || json.Unmarshal(data, &spec) != nil || spec.Language != "go" || !filepath.IsAbs(spec.Argv[0]) {
			t.Errorf("%s: %s, %v", env, data, err)
		}
	}
}
