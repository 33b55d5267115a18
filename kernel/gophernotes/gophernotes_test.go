package gophernotes_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"fourmlab/kernel/kerneltest"
)

// The real gophernotes, built with the lab's packages, runs cells.
func TestGophernotes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a second binary")
	}
	dir := t.TempDir()
	overlay := filepath.Join(dir, "overlay.json")
	build := exec.Command("sh", "-c", `go run ./kernel/gophernotes/overlay >"$1" && go build -overlay "$1" -o "$2" ./build/gophernotes`, "sh", overlay, filepath.Join(dir, "gophernotes"))
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	kerneltest.Jupyter(t, "jupyter_client", "testdata/gophernotes.py", filepath.Join(dir, "gophernotes"))
}
