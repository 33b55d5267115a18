//go:build unix

package datasets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

// What is no plain file, or claims to be endless, is left out and noted, or is
// one sentence, at once; wherever it lies in a folder of pictures or in a set.
func TestOddFiles(t *testing.T) {
	for _, at := range []string{"a.png", "a.txt", "captions.csv", "captions.jsonl"} {
		for kind, path := range fixture.Odd(t, at) {
			dir := filepath.Dir(path)
			put(t, filepath.Join(dir, "good.png"), photo(t, 9))
			fixture.Soon(t, "pack, "+kind+" as "+at, func() {
				rep, err := Pack(dir, filepath.Join(t.TempDir(), "out"), PackOptions{})
				if err == nil && rep.Samples != 1 {
					t.Errorf("pack, %s as %s: %v", kind, at, rep)
				}
				if err != nil && (!strings.Contains(err.Error(), at) || strings.Contains(err.Error(), "\n")) {
					t.Errorf("pack, %s as %s: %v", kind, at, err)
				}
			})
		}
	}
	for _, at := range []string{"rgb/b.png", "rgb/shard-0.tar", "depth/a.npy", "meta.jsonl", "caption/a.txt", "crop_settings/a.npy", "shard-0.tar"} {
		for kind, path := range fixture.Odd(t, filepath.Base(at)) {
			dir := t.TempDir()
			put(t, filepath.Join(dir, "rgb", "a.png"), photo(t, 9))
			to := filepath.Join(dir, filepath.FromSlash(at))
			if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path, to); err != nil {
				t.Fatal(err)
			}
			fixture.Soon(t, "check, "+kind+" as "+at, func() {
				rep, err := Check(dir)
				if err != nil || len(rep.String()) > 3000 {
					t.Errorf("check, %s as %s: %.300v (%v)", kind, at, rep, err)
				}
			})
		}
	}
}
