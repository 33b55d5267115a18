package tarfile

import (
	"archive/tar"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// archive is a tar of empty members: "a" is a file, "b>a" a hard link.
func archive(t *testing.T, members []string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m, Mode: 0o644, Typeflag: tar.TypeReg}
		if name, to, ok := strings.Cut(m, ">"); ok {
			h.Name, h.Linkname, h.Typeflag = name, to, tar.TypeLink
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plainLinks gives the names in the order in which they come when all waiting
// links are looked at again after each member.
func plainLinks(members []string) (out []string) {
	by := map[string]bool{}
	var waiting [][2]string
	list := func(name string) { by[path.Clean(name)] = true; out = append(out, name) }
	for _, m := range members {
		name, to, link := strings.Cut(m, ">")
		if link {
			waiting = append(waiting, [2]string{name, path.Clean(to)})
		} else {
			list(name)
		}
		for again := true; again; {
			again = false
			var left [][2]string
			for _, l := range waiting {
				if by[l[1]] {
					list(l[0])
					again = true
				} else {
					left = append(left, l)
				}
			}
			waiting = left
		}
	}
	return out
}

func TestLinksInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for range 3000 {
		var members []string
		for range 1 + r.IntN(14) {
			name := string(rune('a' + r.IntN(8)))
			if r.IntN(3) > 0 {
				name += ">" + string(rune('a'+r.IntN(8)))
			}
			members = append(members, name)
		}
		b := archive(t, members)
		list, _ := Index(bytes.NewReader(b), int64(len(b)))
		var got []string
		for _, m := range list {
			got = append(got, m.Name)
		}
		if want := plainLinks(members); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v: %v, expected %v", members, got, want)
		}
	}
}

// Links that wait for a member that never comes cost no more than others, and
// an archive of a terabyte of zeros is not read to its end.
func TestLargeArchives(t *testing.T) {
	began := time.Now()
	var members []string
	for i := range 60_000 {
		members = append(members, fmt.Sprintf("l%d>none", i), fmt.Sprint("m", i))
	}
	b := archive(t, members)
	list, err := Index(bytes.NewReader(b), int64(len(b)))
	if err == nil || len(list) != 60_000 {
		t.Errorf("%d members (%v)", len(list), err)
	}
	path := filepath.Join(t.TempDir(), "a.tar")
	if err := os.WriteFile(path, archive(t, []string{"a", "b"}), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip(err)
	}
	a, err := Open(path)
	if len(a.Members) != 2 || err == nil || !strings.Contains(err.Error(), "of zeros behind the archive") {
		t.Errorf("%d members and a terabyte of zeros: %v", len(a.Members), err)
	}
	if spent := time.Since(began); spent > time.Minute {
		t.Errorf("it took %v", spent)
	}
}
