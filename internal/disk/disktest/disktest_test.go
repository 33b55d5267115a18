package disktest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/internal/disk"
)

// found lists what a file holds after each cut of some operations, "-" where
// it is not there.
func found(t *testing.T, was map[string][]byte, name string, ops ...disk.Op) []string {
	t.Helper()
	for i := range ops {
		for _, p := range []*string{&ops[i].Path, &ops[i].To} {
			if *p != "" {
				*p = filepath.Join("/root", *p)
			}
		}
	}
	if was == nil {
		was = map[string][]byte{}
	}
	r := &Recording{root: "/root", ops: ops, was: was}
	var out []string
	r.Cuts(Plan{Seed: 1, Chance: 200}, func(c Cut) {
		s := "-"
		if b, ok := c.files[name]; ok {
			s = string(b)
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	})
	slices.Sort(out)
	return out
}

// What a careless order leaves is among the cuts, and what a careful one leaves
// is nothing else than the old or the new.
func TestWhatIsFound(t *testing.T) {
	old := map[string][]byte{"a": []byte("old")}
	write := func(p, s string, off int64) disk.Op {
		return disk.Op{Kind: disk.Wrote, Path: p, Data: []byte(s), Off: off}
	}
	of := func(k disk.Kind, p string) disk.Op { return disk.Op{Kind: k, Path: p} }
	place := disk.Op{Kind: disk.Renamed, Path: "t", To: "a"}
	folder := of(disk.FlushedFolder, "")
	folder.Path = "."
	for _, c := range []struct {
		what string
		was  map[string][]byte
		ops  []disk.Op
		with []string // these are among what is found
		all  bool     // and nothing else is
	}{
		{"flushed, then renamed", old, []disk.Op{of(disk.Create, "t"), write("t", "new", 0), of(disk.Flushed, "t"), place, folder}, []string{"new", "old"}, true},
		{"renamed and never flushed", old, []disk.Op{of(disk.Create, "t"), write("t", "new", 0), place, folder}, []string{"", "n", "ne", "new", "old"}, true},
		{"written in place", old, []disk.Op{write("a", "NEW", 0), of(disk.Flushed, "a")}, []string{"NEW", "Nld", "NEd", "old"}, false},
		{"new, its folder not flushed", nil, []disk.Op{of(disk.Create, "a"), write("a", "x", 0), of(disk.Flushed, "a")}, []string{"-", "x"}, false},
		{"the second write without the first", nil, []disk.Op{of(disk.Create, "a"), folder, write("a", "x", 0), write("a", "y", 1)}, []string{"", "x", "xy", "\x00y"}, false},
		{"a log", map[string][]byte{"a": []byte("1\n")}, []disk.Op{write("a", "2\n", 2), of(disk.Flushed, "a"), write("a", "3\n", 4)}, []string{"1\n", "1\n2\n", "1\n2\n3\n", "1\n2\n3"}, false},
		{"moved away", old, []disk.Op{{Kind: disk.Renamed, Path: "a", To: "b"}}, []string{"-", "old"}, true},
	} {
		got := found(t, c.was, "a", c.ops...)
		for _, w := range c.with {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q is not among what is found: %q", c.what, w, got)
			}
		}
		if c.all && len(got) != len(c.with) {
			t.Errorf("%s: %q, expected %q", c.what, got, c.with)
		}
	}
}

// What was flushed last is found after it.
func TestFlushedIsFound(t *testing.T) {
	for _, c := range []struct {
		what  string
		write func(dir string) error
		want  string // after the note "done"
	}{
		{"a file", func(dir string) error { return disk.WriteBytes(filepath.Join(dir, "a", "b"), []byte("x")) }, "b=x"},
		{"a log", func(dir string) error {
			l, err := disk.Append(filepath.Join(dir, "a", "log"))
			if err != nil {
				return err
			}
			defer l.Close()
			fmt.Fprint(l, "one")
			fmt.Fprint(l, "two")
			return l.Flush()
		}, "log=onetwo"},
		{"a folder", func(dir string) error {
			f, err := disk.NewFolder(filepath.Join(dir, "a", "set"))
			if err != nil {
				return err
			}
			for _, n := range []string{"x/1", "x/2", "meta"} {
				s, err := f.Begin(n)
				if err != nil {
					return err
				}
				fmt.Fprint(s, n)
				if err := s.Flush(); err != nil {
					return err
				}
				s.Close()
			}
			return f.Place()
		}, "set/meta=meta set/x/1=x/1 set/x/2=x/2"},
	} {
		dir := t.TempDir()
		r, err := Record(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := disk.MkdirAll(filepath.Join(dir, "a")); err != nil {
			t.Fatal(err)
		}
		if err := c.write(dir); err != nil {
			t.Fatal(err)
		}
		disk.Note("done")
		if err := os.WriteFile(filepath.Join(dir, "later"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := disk.WriteBytes(filepath.Join(dir, "later"), nil); err != nil {
			t.Fatal(err)
		}
		r.Stop()
		after, n := 0, 0
		n = r.Cuts(Plan{Seed: 2, Chance: 5}, func(cut Cut) {
			var have []string
			for _, p := range cut.Files() {
				if rel, in := strings.CutPrefix(p, "a/"); in && rel != "" && !strings.HasPrefix(rel, ".") && !strings.HasSuffix(rel, "/") {
					have = append(have, rel+"="+string(cut.files[p]))
				}
			}
			got := strings.Join(have, " ")
			if len(cut.Notes) == 1 {
				after++
				if got != c.want {
					t.Errorf("%s: %v\nfound %s, expected %s", c.what, cut, got, c.want)
				}
			} else if strings.HasPrefix(c.what, "a folder") && strings.Contains(got, "set/") && got != c.want {
				t.Errorf("%s: halved: %v", c.what, cut)
			}
			if c.what == "a folder" && got != c.want { // it can be begun again
				other := filepath.Join(t.TempDir(), "other")
				if err := cut.Put(other); err != nil {
					t.Fatal(err)
				}
				f, err := disk.NewFolder(filepath.Join(other, "a", "set"))
				if err != nil {
					t.Fatalf("%v: %v", cut, err)
				}
				f.Discard()
				if left, _ := os.ReadDir(filepath.Join(other, "a")); len(left) > 0 {
					t.Errorf("%v: then %v is left", cut, left)
				}
			}
		})
		if after == 0 || n < 5 {
			t.Errorf("%s: %d cuts, %d of them afterwards", c.what, n, after)
		}
		t.Logf("%s: %d operations, %d cuts, %d of them afterwards", c.what, r.Len(), n, after)
	}
}
