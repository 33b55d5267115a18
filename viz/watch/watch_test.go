package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"fourmlab/fourm"
)

// grow adds steps to the history of a folder.
func grow(t *testing.T, dir string, from, to int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "history.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := from; i <= to; i++ {
		l := 1 + 5/float64(i)
		p := fourm.Point{Step: i, Seconds: 0.1 * float64(i), Loss: l, Losses: map[string]float64{"tok_rgb": l + 0.5, "caption": l - 0.5}}
		if i%10 == 0 {
			p.Val, p.ValLoss = map[string]float64{"tok_rgb": l, "caption": l}, l
		}
		if err := json.NewEncoder(f).Encode(p); err != nil {
			t.Fatal(err)
		}
	}
}

// put writes a file of a folder.
func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// ask gets an address of the server.
func ask(t *testing.T, h http.Handler, path string, head ...string) (int, string, http.Header) {
	t.Helper()
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080"+path, nil)
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

// The page of a run follows it from before its folder exists to its end, tells
// what is broken, and says nothing twice.
func TestOneRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "alpha_1")
	s := &server{path: dir}
	h := s.guarded(http.HandlerFunc(s.main))
	look := func(want ...string) string {
		t.Helper()
		for _, e := range s.known.by {
			e.next = time.Time{} // as if time had passed
		}
		code, body, _ := ask(t, h, "/main")
		for _, w := range want {
			if code != http.StatusOK || !strings.Contains(body, w) {
				t.Errorf("status %d, no %q on\n%s", code, w, body)
			}
		}
		return body
	}
	look("no such folder yet", dir, "waiting")
	put(t, filepath.Join(dir, ".keep"), nil)
	look("as soon as it begins")
	put(t, filepath.Join(dir, "run.json"), []byte(`{"Steps": 200, "Model": {"Dim": 48}, "Margin": {"tok_rgb": 5, "caption": 6}}`))
	look("beginning", "step 0 of 200", `<td>Dim</td><td class="v">48</td>`)
	grow(t, dir, 1, 60)
	body := look("training", "step 60 of 200", "1.083", "steps a second", "time left", "14 s", "curves.png", "<td>rgb</td>", "78 %")
	_, _, head := ask(t, h, "/main")
	if code, b, _ := ask(t, h, "/main", "If-None-Match", head.Get("ETag")); code != http.StatusNotModified || b != "" {
		t.Errorf("the same again: status %d, %d bytes", code, len(b))
	}
	source := regexp.MustCompile(`curves\.png[^"]*`)
	before := source.FindString(body)
	grow(t, dir, 61, 120)
	body = look("step 120 of 200")
	if source.FindString(body) == before {
		t.Error("the picture of other curves has the same address")
	}
	if code, _, _ := ask(t, h, "/main", "If-None-Match", head.Get("ETag")); code != http.StatusOK {
		t.Errorf("after the run has grown: status %d", code)
	}
	history, err := os.ReadFile(filepath.Join(dir, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "history.jsonl"), append([]byte("<b>rubbish</b>\n"), history...))
	look("cannot be read", "history.jsonl: line 1", "step 120 of 200")
	put(t, filepath.Join(dir, "history.jsonl"), history)
	grow(t, dir, 121, 200)
	if body = look("finished", "step 200 of 200"); strings.Contains(body, "time left") {
		t.Error("a finished run has time left")
	}
	if body = look(); strings.Contains(body, "rubbish") {
		t.Error("what was broken is still told")
	}
	past := time.Now().Add(-3 * time.Hour)
	put(t, filepath.Join(dir, "run.json"), []byte(`{"Steps": 900}`))
	for _, f := range []string{"history.jsonl", "run.json", ".keep"} {
		if err := os.Chtimes(filepath.Join(dir, f), past, past); err != nil {
			t.Fatal(err)
		}
	}
	look("no news for 3 h 0 min")
}

// A folder of runs has a page with all of them, each with a page of its own;
// curves and pictures are served, other files are not.
func TestSeveral(t *testing.T) {
	root := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.png")
	var im bytes.Buffer
	if err := png.Encode(&im, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	put(t, secret, im.Bytes())
	grow(t, filepath.Join(root, "a"), 1, 30)
	grow(t, filepath.Join(root, "sub", "b & c"), 1, 20)
	put(t, filepath.Join(root, "broken", "run.json"), []byte("{"))
	put(t, filepath.Join(root, "a", "samples", "x.png"), im.Bytes())
	put(t, filepath.Join(root, "a", "last.safetensors"), []byte("weights"))
	if err := os.Symlink(secret, filepath.Join(root, "a", "link.png")); err != nil {
		t.Fatal(err)
	}
	h := Handler(root, false)
	for path, want := range map[string][]string{
		"/":                       {"<!DOCTYPE html>", "3 runs", `href="./?run=a"`, `href="./?run=sub%2Fb&#43;%26&#43;c"`, "curves.png", "cannot be read", "run.json", `<script src="watch.js">`, `<link rel="stylesheet" href="page.css">`},
		"/main":                   {"3 runs", "30 / 30"},
		"/?run=a":                 {"all runs", "step 30 of 30", "samples/x.png", "picture?name=samples%2Fx.png&amp;run=a"},
		"/?run=sub%2Fb%20%26%20c": {"<h1>b &amp; c</h1>", "step 20 of 20"},
		"/?run=gone":              {"no run &#34;gone&#34;"},
	} {
		code, body, head := ask(t, h, path)
		for _, w := range want {
			if code != http.StatusOK || !strings.Contains(body, w) {
				t.Errorf("%s: status %d, no %q on\n%s", path, code, w, body[strings.Index(body, "<main")+1:])
			}
		}
		if p := head.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(body, "//") && regexp.MustCompile(`(?:src|href)="[a-z]*:?//`).MatchString(body) {
			t.Errorf("%s may ask for things from elsewhere (%s)", path, p)
		}
	}
	for path, want := range map[string]int{
		"/curves.png": 200, "/curves.png?run=a": 200, "/curves.png?run=gone": 404, "/picture?run=a&name=samples/x.png": 200,
		"/picture?run=a&name=last.safetensors": 404, "/picture?run=a&name=../../secret.png": 404, "/picture?run=a&name=link.png": 404,
		"/picture?run=gone&name=x.png": 404, "/run.json": 404, "/../secret": 404,
	} {
		code, body, _ := ask(t, h, path)
		if code == http.StatusMovedPermanently || code == http.StatusTemporaryRedirect {
			code = 404 // to a path without dots, which there is not
		}
		if code != want {
			t.Errorf("%s: status %d, expected %d", path, code, want)
		}
		if want == 200 {
			if _, err := png.Decode(strings.NewReader(body)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// Only this machine is served, and only under its own name, unless it is asked
// for otherwise.
func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true, "[::1]:0": true, "0.0.0.0:0": false, ":0": false, "[::]:0": false, "192.0.2.1:80": false, "example.org:80": false, "127.0.0.1": false,
	} {
		l, err := Listen(addr, false)
		if l != nil {
			l.Close()
		}
		if want != (err == nil) && !(want && strings.Contains(fmt.Sprint(err), "assign requested address")) { // a machine without IPv6
			t.Errorf("%s: %v", addr, err)
		}
	}
	l, err := Listen(":0", true)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for host, want := range map[string]int{"127.0.0.1:1": 200, "localhost": 200, "[::1]:80": 200, "evil.example": 403, "192.0.2.1:80": 403} {
		for remote, want := range map[bool]int{false: want, true: 200} {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = host
			w := httptest.NewRecorder()
			Handler(t.TempDir(), remote).ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("host %s, remote %v: status %d, expected %d", host, remote, w.Code, want)
			}
			io.Copy(io.Discard, w.Body)
		}
	}
}
