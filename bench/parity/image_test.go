package parity

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// Every picture and depth of the recorded cases comes out here as there; 8-bit
// pixels exactly.
func TestImages(t *testing.T) {
	root := fixture.Path(t, "parity")
	dirs, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, d := range dirs {
		f := &Fixture{Dir: filepath.Join(root, d.Name()), Name: d.Name(), Kind: "misc"}
		if !f.Has("misc.json") {
			continue
		}
		ran++
		var m map[string]json.RawMessage
		if err := f.JSON("misc.json", &m); err != nil {
			t.Fatal(err)
		}
		r := &Report{}
		if err := images(f, m, r); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if (&printer{w: &out}).fixture(f, r, nil) != passed {
			t.Errorf("\n%s", &out)
		}
		t.Logf("\n%s", &out)
		for _, c := range r.checks {
			if strings.HasPrefix(c.group, "resize") && c.diff > 0 {
				t.Errorf("%s: pixels differ by %g", c.group, c.diff)
			}
		}
		if len(r.checks) < 6 {
			t.Errorf("only %d groups were compared", len(r.checks))
		}
	}
	if ran == 0 {
		t.Skip("no fixture of small parts")
	}
}
