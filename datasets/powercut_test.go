package datasets

// A set that is being packed is there wholly or not at all, whatever the power
// does; and what was said to be packed is there.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/disk"
	"fourmlab/internal/disk/disktest"
)

// members gives all that a folder of shards holds.
func members(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	for _, f := range []string{"meta.jsonl", "line/shard-00000.tar", "edge/shard-00000.tar"} {
		b, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil {
			return "halved: " + err.Error()
		}
		fmt.Fprintf(&out, "%s %x\n", f, b)
	}
	return out.String()
}

func TestPackPowerCut(t *testing.T) {
	dir, top := t.TempDir(), t.TempDir()
	for i := range 6 {
		for _, mod := range []string{"line", "edge"} {
			put(t, filepath.Join(dir, mod, fmt.Sprintf("k%d.png", i)), pngOf(t, 8, 8, uint8(i)))
		}
	}
	put(t, filepath.Join(dir, "captions.csv"), []byte("file,caption\nk0,a\nk1,b\nk2,c\nk3,d\nk4,e\nk5,f\n"))
	r, err := disktest.Record(top)
	if err != nil {
		t.Fatal(err)
	}
	pack := func(out string) error {
		_, err := Pack(dir, out, PackOptions{Size: 8})
		return err
	}
	if err := pack(filepath.Join(top, "sets", "out")); err != nil {
		t.Fatal(err)
	}
	disk.Note("packed")
	r.Stop()
	want := members(t, filepath.Join(top, "sets", "out"))
	if strings.HasPrefix(want, "halved") {
		t.Fatal(want)
	}
	room := disktest.Folder(t)
	again, whole := 0, 0
	n := r.Cuts(disktest.Plan{Seed: 1, Chance: 3}, func(c disktest.Cut) {
		found := filepath.Join(room, "found")
		if err := c.Put(found); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(found, "sets", "out")
		if _, err := os.Stat(out); errors.Is(err, os.ErrNotExist) {
			if len(c.Notes) > 0 {
				t.Fatalf("it was said to be packed, and is gone: %v", c)
			}
			again++
			if err := pack(out); err != nil {
				t.Fatalf("%v\n%v", c, err)
			}
		} else {
			whole++
		}
		if got := members(t, out); got != want {
			t.Fatalf("%v\n%.200s", c, got)
		}
		list, _ := os.ReadDir(filepath.Join(found, "sets"))
		for _, e := range list {
			if e.Name() != "out" && e.Name() != ".out.owner" {
				t.Errorf("%v\n%s is left over", c, e.Name())
			}
		}
	})
	t.Logf("%d operations, %d different folders found: %d packed again, %d whole", r.Len(), n, again, whole)
	if again < 10 || whole < 1 {
		t.Error("too little was cut")
	}
}
