//go:build unix

package main

import (
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// Every command that is given a file answers at once, in one line, where it is
// none to read.
func TestOddFiles(t *testing.T) {
	n := 0
	for name, commands := range map[string][][]string{
		"a.go":          {{"run"}, {"notebook", "from-script"}},
		"a.ipynb":       {{"notebook", "run"}, {"notebook", "test"}, {"notebook", "to-script"}},
		"a.yaml":        {{"ablate"}},
		"a.safetensors": {{"peek"}},
		"a.pth":         {{"peek"}},
	} {
		for kind, path := range fixture.Odd(t, name) {
			for _, c := range commands {
				fixture.Soon(t, strings.Join(c, " ")+" of a "+kind, func() {
					n++
					status, _, errs := call2(append(c, path)...)
					if said := strings.TrimSpace(errs); status != 1 || said == "" || strings.Contains(said, "\n") || len(said) > 500 {
						t.Errorf("%v of a %s: status %d, %q", c, kind, status, said)
					}
				})
			}
		}
	}
	t.Logf("%d commands", n)
}
