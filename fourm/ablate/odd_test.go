//go:build unix

package ablate

import (
	"testing"

	"fourmlab/internal/fixture"
)

// What is no plain file, or claims to be endless, is one sentence at once.
func TestOddFiles(t *testing.T) {
	for kind, path := range fixture.Odd(t, "e.yaml") {
		fixture.Soon(t, kind, func() {
			if _, err := Load(path); err == nil {
				t.Errorf("%s: read as an experiment", kind)
			}
		})
	}
}
