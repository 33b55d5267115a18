package tarfile

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

type file struct {
	name string
	data []byte
}

func made(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.data))}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.data)
	}
	w.Close()
	return b.Bytes()
}

// bytesOf reads a member back.
func bytesOf(t *testing.T, all []byte, m Member) []byte {
	t.Helper()
	if m.Data != nil {
		return m.Data
	}
	if m.Off < 0 || m.Off+m.Size > int64(len(all)) {
		t.Fatalf("%+v in %d bytes", m, len(all))
	}
	return all[m.Off : m.Off+m.Size]
}

// Archives as GNU tar makes them: with holes in its old form and the new ones,
// hard and symbolic links, names longer than a header has room for, several
// joined.
func TestAsTar(t *testing.T) {
	if err := exec.Command("tar", "--version").Run(); err != nil {
		t.Skipf("no tar: %v", err)
	}
	dir := t.TempDir()
	long := filepath.Join(dir, string(bytes.Repeat([]byte("long"), 40)))
	body := append(bytes.Repeat([]byte{0}, 1<<18), "at the end"...)
	for name, b := range map[string][]byte{"z.txt": []byte("plain"), long[len(dir)+1:]: []byte("far")} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "hole.bin"))
	if err != nil {
		t.Fatal(err)
	}
	f.WriteAt(body[1<<18:], 1<<18)
	f.Close()
	if err := os.Link(filepath.Join(dir, "z.txt"), filepath.Join(dir, "zz.txt")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("z.txt", filepath.Join(dir, "a.txt")); err != nil {
		t.Skip(err)
	}
	want := map[string]string{"hole.bin": string(body), "z.txt": "plain", "zz.txt": "plain", "a.txt": "plain", filepath.Base(long): "far"}
	for _, form := range [][]string{{"--format=gnu"}, {"--format=pax", "--sparse-version=1.0"}, {"--format=pax", "--sparse-version=0.1"}, {"--format=pax", "--sparse-version=0.0"}} {
		first, second := filepath.Join(dir, "1.tar"), filepath.Join(dir, "2.tar")
		for path, names := range map[string][]string{first: {"a.txt", "hole.bin", "z.txt"}, second: {"zz.txt", filepath.Base(long), "z.txt"}} {
			args := append([]string{"-C", dir, "--sparse", "-cf", path}, form...)
			if out, err := exec.Command("tar", append(args, names...)...).CombinedOutput(); err != nil {
				t.Skipf("no GNU tar: %v %s", err, out)
			}
		}
		a, err := os.ReadFile(first)
		b, err2 := os.ReadFile(second)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		joined := filepath.Join(dir, "joined.tar")
		if err := os.WriteFile(joined, append(a, b...), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Open(joined)
		if err != nil {
			t.Errorf("%v: %v", form, err)
			continue
		}
		seen := map[string]bool{}
		for _, m := range got.Members {
			seen[m.Name] = true
			if got := string(bytesOf(t, append(a, b...), m)); got != want[m.Name] {
				t.Errorf("%v: %s is %d bytes, expected %d", form, m.Name, len(got), len(want[m.Name]))
			}
		}
		if len(seen) != len(want) {
			t.Errorf("%v: %v", form, seen)
		}
	}
}

func FuzzIndex(f *testing.F) {
	one := made(f, file{"a.png", []byte("x")}, file{"b/c.depth.png", nil})
	f.Add([]byte{})
	f.Add(one)
	f.Add(append(one[:len(one):len(one)], made(f, file{"d.png", []byte("y")})...))
	f.Add(append(made(f, file{"caf\xe9.png", []byte("x")}), 'x'))
	f.Add(bytes.Replace(one, []byte("\x000ustar"), []byte("\x00Sustar"), 1))
	f.Add(bytes.Replace(one, []byte("\x000"), []byte("\x001"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		members, _ := Index(bytes.NewReader(b), int64(len(b)))
		for _, m := range members {
			if len(bytesOf(t, b, m)) != int(m.Size) {
				t.Errorf("%+v", m)
			}
		}
	})
}
