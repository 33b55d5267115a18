//go:build unix

package text

import (
	"testing"

	"fourmlab/internal/fixture"
)

// What is no plain file, or claims to be endless, is one sentence at once.
func TestOddFiles(t *testing.T) {
	for kind, path := range fixture.Odd(t, "tokenizer.json") {
		fixture.Soon(t, kind, func() {
			if _, err := Open(path); err == nil {
				t.Errorf("%s: read as a vocabulary", kind)
			}
		})
	}
}
