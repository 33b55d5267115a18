package parity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fourmlab/internal/fixture"
)

// Every fixture that there is passes by both machines; those of kinds that
// cannot be run yet are only skipped.
func TestFixtures(t *testing.T) {
	root := fixture.Path(t, "parity")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		for vm, tape := range map[string]bool{"own": false, "tape": true} {
			t.Run(e.Name()+"/"+vm, func(t *testing.T) {
				var out bytes.Buffer
				sum, err := Run([]string{filepath.Join(root, e.Name())}, Options{Tape: tape}, &out)
				if errors.Is(err, ErrNone) {
					t.Skip("no fixture")
				}
				if err != nil || sum.Failed > 0 {
					t.Errorf("%v\n%s", err, &out)
				}
				if sum.Passed > 0 {
					ran++
				}
				t.Logf("\n%s", &out)
			})
		}
	}
	t.Logf("%d runs of fixtures", ran)
}
