//go:build unix

package notebook

import (
	"testing"

	"fourmlab/internal/fixture"
)

// What is no plain file, or claims to be endless, is one sentence at once.
func TestNoPlainFiles(t *testing.T) {
	for kind, path := range fixture.Odd(t, "a.ipynb") {
		fixture.Soon(t, kind, func() {
			if _, err := Read(path); err == nil {
				t.Errorf("%s: read as a notebook", kind)
			}
		})
	}
}
