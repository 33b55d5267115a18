//go:build unix

package checkpoint

import (
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// What is no plain file, or claims to be endless, is one sentence at once.
func TestOddFiles(t *testing.T) {
	for _, name := range []string{"a.safetensors", "a.pth", "model.safetensors.index.json"} {
		for kind, path := range fixture.Odd(t, name) {
			fixture.Soon(t, kind+" "+name, func() {
				_, err := Peek(path)
				if err == nil || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
					t.Errorf("%s as %s: %v", kind, name, err)
				}
			})
		}
	}
	for kind, path := range fixture.Odd(t, "config.json") {
		fixture.Soon(t, kind, func() {
			if _, err := ReadConfig(path); err == nil {
				t.Errorf("%s: read as a configuration", kind)
			}
		})
	}
}
