//go:build linux

package viz_test

import (
	"encoding/base64"
	"html"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmlab/fourm"
	"fourmlab/viz"
)

// A report holds the pictures of its run's folder and nothing else: not what a
// link leads to, nor what is only called as a picture.
func TestReportKeepsInside(t *testing.T) {
	dir, home := t.TempDir(), t.TempDir()
	key := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"
	png := viz.Sample(scene(3)).PNG()
	put := func(path string, b []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(filepath.Join(home, "id_rsa"), []byte(key))
	put(filepath.Join(home, "photo.png"), viz.Sample(scene(4)).PNG())
	put(filepath.Join(dir, "good.png"), png)
	put(filepath.Join(dir, "sub", "good.png"), png)
	put(filepath.Join(dir, "key.png"), []byte(key))
	put(filepath.Join(dir, "page.png"), []byte("<script>alert(1)</script>"))
	put(filepath.Join(dir, "behind.png"), append(png[:len(png):len(png)], key...))
	put(filepath.Join(dir, "huge.png"), nil)
	if err := os.Truncate(filepath.Join(dir, "huge.png"), 50<<30); err != nil {
		t.Skip(err)
	}
	rel, err := filepath.Rel(dir, filepath.Join(home, "photo.png"))
	if err != nil {
		t.Fatal(err)
	}
	links := map[string]string{
		"a.png": filepath.Join(home, "id_rsa"), "b.png": filepath.Join(home, "photo.png"), "c.png": rel, "d.jpg": "b.png", "e.png": "folder/photo.png",
		"f.png": "/dev/zero", "g.png": "/proc/self/environ", "h.png": "gone.png", "i.png": "i.png", "folder": home, "z-in.png": "sub/good.png", "z-absolute.png": filepath.Join(dir, "good.png"),
	}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "x.png"), 0o666); err != nil {
		t.Skip(err)
	}
	run := training("a", 1, 1)
	run.Dir = dir
	var text string
	done := make(chan bool)
	go func() { defer close(done); text = html.UnescapeString(string(viz.Report(run).Bytes())) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("still waiting")
	}
	if n := strings.Count(text, base64.StdEncoding.EncodeToString(png)); n != 4 {
		t.Errorf("%d of the folder's pictures, expected 4", n)
	}
	if n := strings.Count(text, "src=\"data:"); n != 1+4 || strings.Count(text, "src=\"data:image/png;base64,") != n {
		t.Errorf("%d pictures, expected the curves and 4", n)
	}
	for _, secret := range []string{key, string(viz.Sample(scene(4)).PNG()), "PATH="} {
		if strings.Contains(text, secret) || len(secret) > 9 && strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(secret))) {
			t.Errorf("%.30q is on the page", secret)
		}
	}
	said := 0
	for _, name := range []string{"a.png", "b.png", "behind.png", "c.png", "d.jpg", "e.png", "f.png", "g.png"} {
		if strings.Contains(text, filepath.Join(dir, name)+" ") {
			said++
		} else {
			t.Errorf("%s is not noted", name)
		}
	}
	if !strings.Contains(text, "more files that are called as pictures, left out") {
		t.Error("the others are not counted")
	}
	// The folder of a run may be a link to another disk.
	link := filepath.Join(t.TempDir(), "run")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	run.Dir = link
	if n := strings.Count(html.UnescapeString(string(viz.Report(run).Bytes())), base64.StdEncoding.EncodeToString(png)); n != 4 {
		t.Errorf("through a link: %d of the folder's pictures, expected 4", n)
	}
	if r := (&fourm.Run{Dir: filepath.Join(dir, "x.png")}); len(viz.Report(r).Bytes()) == 0 {
		t.Error("no page of a run whose folder is none")
	}
}
