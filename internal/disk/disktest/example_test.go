package disktest_test

import (
	"fmt"
	"os"
	"path/filepath"

	"fourmlab/internal/disk"
	"fourmlab/internal/disk/disktest"
)

// Whatever a power cut leaves of a file that is written anew, it is the old one
// or the new one.
func Example() {
	dir, err := os.MkdirTemp("", "cut")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	place, other := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, d := range []string{place, other} {
		if err := os.Mkdir(d, 0o755); err != nil {
			panic(err)
		}
	}
	if err := disk.WriteBytes(filepath.Join(place, "x"), []byte("old")); err != nil {
		panic(err)
	}
	r, err := disktest.Record(place)
	if err != nil {
		panic(err)
	}
	if err := disk.WriteBytes(filepath.Join(place, "x"), []byte("new")); err != nil {
		panic(err)
	}
	r.Stop()
	seen := map[string]bool{}
	r.Cuts(disktest.Plan{Seed: 1}, func(c disktest.Cut) {
		if err := c.Put(other); err != nil {
			panic(err)
		}
		b, err := os.ReadFile(filepath.Join(other, "x"))
		if err != nil {
			panic(err)
		}
		seen[string(b)] = true
	})
	fmt.Println(len(seen), seen["old"], seen["new"])
	// Output: 2 true true
}
