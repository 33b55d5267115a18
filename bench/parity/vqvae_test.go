package parity

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"fourmlab/internal/fixture"
)

// Tokenizers of all kinds, also of those that no recorded case has, agree with
// PyTorch: oblong patches, other grids, several heads, frozen encoders.
func TestTokenizersOfTorch(t *testing.T) {
	fixture.Judged(t, "PyTorch")
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import torch, numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("no Python with PyTorch")
	}
	dir := t.TempDir()
	if out, err := exec.Command(python, "-W", "ignore", "testdata/tokenizers.py", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cases, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for vm, tape := range map[string]bool{"own": false, "tape": true} {
		var out bytes.Buffer
		sum, err := Run([]string{dir}, Options{Tape: tape}, &out)
		if err != nil || sum.Passed != len(cases) || sum.Passed < 10 {
			t.Errorf("%s machine: %d cases, %v (%v)\n%s", vm, len(cases), sum, err, &out)
		}
	}
	t.Logf("%d tokenizers", len(cases))
}
