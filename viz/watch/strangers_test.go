package watch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourmlab/internal/fixture"
)

// thief reads a page of the watch, where it runs, and shows that it did.
const thief = `<!DOCTYPE html><html><body><svg onload="steal()"></svg><script>
function steal() { fetch("/main").then(r => r.text()).then(t => { document.documentElement.innerHTML = "<pre>sto" + "len " + t.length + "</pre>"; }); }
steal();
</script></body></html>`

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func chunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// hostile are files that are called as pictures and are none, or not only.
func hostile(t *testing.T) map[string][]byte {
	t.Helper()
	p := pngOf(t, 4, 4)
	var j, g bytes.Buffer
	if err := jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&g, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	huge := slices.Clone(p)
	binary.BigEndian.PutUint32(huge[16:], 60000)
	binary.BigEndian.PutUint32(huge[20:], 60000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("/main").then(r => r.text()).then(t => { document.documentElement.textContent = "sto" + "len"; })</script></svg>`
	return map[string][]byte{
		"page.png":    []byte(thief),
		"page.jpg":    []byte("\xef\xbb\xbf  \n" + thief),
		"page.gif":    []byte("\x00" + thief),
		"page.webp":   []byte("RIFF" + thief),
		"svg.png":     []byte(svg),
		"xml.png":     []byte("<?xml version=\"1.0\"?>" + svg),
		"script.png":  []byte("fetch('/main')"),
		"pdf.png":     []byte("%PDF-1.4\n"),
		"nothing.png": nil,
		"zeros.png":   make([]byte, 4096),
		"noise.jpg":   []byte("\xff\xd8\xff\xe0 and so on"),
		"head.png":    p[:33],
		"cut.jpg":     j.Bytes()[:j.Len()-9],
		"cut.gif":     g.Bytes()[:g.Len()-3],
		"damaged.png": append(p[:len(p)-1:len(p)-1], 0),
		"behind.png":  append(slices.Clone(p), thief...),
		"behind.jpg":  append(j.Bytes(), thief...),
		"behind.gif":  append(g.Bytes(), thief...),
		"joined.png":  append(slices.Clone(p), p...),
		"zip.png":     append(slices.Clone(p), "PK\x03\x04"...),
		"script.gif":  []byte("GIF89a/*" + strings.Repeat("\x00", 20) + "*/=1;fetch('/main')//<script>" + thief),
		"huge.png":    huge,
	}
}

// A picture is what its bytes decode to, whatever it is called; what is none
// is not served, and the page says so.
func TestPicturesByContent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	grow(t, dir, 1, 3)
	p := pngOf(t, 4, 4)
	var j, g bytes.Buffer
	if err := jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&g, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	webp := []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")
	noted := append(append(slices.Clone(p[:33]), chunk("tEXt", "Comment\x00"+thief)...), p[33:]...)
	good := map[string]struct {
		b    []byte
		kind string
	}{
		"a.png": {p, "image/png"}, "b.jpg": {p, "image/png"}, "c.png": {j.Bytes(), "image/jpeg"}, "d.JPEG": {j.Bytes(), "image/jpeg"}, "e.gif": {g.Bytes(), "image/gif"},
		"f.png": {g.Bytes(), "image/gif"}, "g.webp": {webp, "image/webp"}, "sub/h.png": {append(slices.Clone(p), 0, 0, 0), "image/png"}, "i.png": {noted, "image/png"},
	}
	for name, c := range good {
		put(t, filepath.Join(dir, name), c.b)
	}
	evil := hostile(t)
	h := Handler(dir, false)
	for name, c := range good {
		code, body, head := ask(t, h, "/picture?name="+name)
		if code != http.StatusOK || body != string(c.b) || head.Get("Content-Type") != c.kind {
			t.Errorf("%s: status %d, %s, %d bytes", name, code, head.Get("Content-Type"), len(body))
		}
	}
	n := 0
	for name, b := range evil {
		n++
		dir := filepath.Join(t.TempDir(), "run")
		grow(t, dir, 1, 3)
		put(t, filepath.Join(dir, name), b)
		put(t, filepath.Join(dir, "sub", name), b)
		put(t, filepath.Join(dir, "good.png"), p)
		h := Handler(dir, false)
		for _, at := range []string{name, "sub/" + name} {
			code, body, head := ask(t, h, "/picture?name="+at)
			if code != http.StatusNotFound || strings.Contains(head.Get("Content-Type"), "html") || strings.Contains(body, "fetch") {
				t.Errorf("%s: status %d, %s, %.80q", at, code, head.Get("Content-Type"), body)
			}
			if _, body, _ := ask(t, h, "/"); !strings.Contains(body, at+" ") || !strings.Contains(body, ", left out") || strings.Contains(body, "picture?name="+name) || !strings.Contains(body, "picture?name=good.png") {
				t.Errorf("%s: not noted, or shown, on\n%s", at, body[strings.Index(body, "<main")+1:])
			}
		}
	}
	t.Logf("%d files that are no pictures, %d that are", n, len(good))
}

// Every answer says that it is nothing else than it says, and what may run.
func TestHeaders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	grow(t, dir, 1, 3)
	put(t, filepath.Join(dir, "a.png"), pngOf(t, 4, 4))
	h := Handler(dir, false)
	for path, want := range map[string]string{
		"/": "text/html", "/?run=gone": "text/html", "/main": "text/html", "/watch.js": "text/javascript", "/page.css": "text/css",
		"/curves.png": "image/png", "/picture?name=a.png": "image/png", "/picture?name=gone.png": "text/plain", "/picture": "text/plain", "/favicon.ico": "text/plain", "/run.json": "text/plain",
	} {
		_, body, head := ask(t, h, path)
		if got := head.Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s, expected %s", path, got, want)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
			if got := head.Get(name); got != want {
				t.Errorf("%s: %s is %q, expected %q", path, name, got, want)
			}
		}
		policy := head.Get("Content-Security-Policy")
		isPage := strings.HasPrefix(path, "/?") || path == "/"
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "sandbox") == isPage || strings.Contains(policy, "script-src 'self'") != isPage {
			t.Errorf("%s: policy %q", path, policy)
		}
		if isPage && (strings.Contains(body, "<style") || strings.Contains(body, "style=") || strings.Contains(body, "<script>")) {
			t.Errorf("%s brings style or script that its policy forbids", path)
		}
	}
	if code, _, head := ask(t, h, "/", "Host", "evil.example"); code != http.StatusOK || head.Get("X-Content-Type-Options") == "" { // httptest takes the host of the address
		t.Errorf("status %d", code)
	}
}

// A folder that may not be read, links out of the folder and files without end
// leave the other runs as they are, and are told.
func TestFoldersOfStrangers(t *testing.T) {
	top, outside := t.TempDir(), t.TempDir()
	grow(t, filepath.Join(top, "good"), 1, 30)
	put(t, filepath.Join(top, "good", "x.png"), pngOf(t, 4, 4))
	grow(t, outside, 1, 77)
	put(t, filepath.Join(outside, "secret.png"), pngOf(t, 4, 4))
	for at, to := range map[string]string{
		"linked": outside, "history/history.jsonl": filepath.Join(outside, "history.jsonl"), "endless/history.jsonl": "/dev/zero", "endless/run.json": "/dev/zero",
		"endless/events.out.tfevents.1": "/dev/zero", "endless/x.png": "/dev/zero", "shown/secret.png": filepath.Join(outside, "secret.png"), "shown/sub": outside, "shown/proc.png": "/proc/self/environ",
	} {
		at = filepath.Join(top, at)
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, at); err != nil {
			t.Skip(err)
		}
	}
	grow(t, filepath.Join(top, "shown"), 1, 20)
	put(t, filepath.Join(top, "huge", "history.jsonl"), []byte(`{"step":1}`))
	if err := os.Truncate(filepath.Join(top, "huge", "history.jsonl"), 50<<30); err != nil {
		t.Fatal(err)
	}
	h := Handler(top, false)
	fixture.Within(t, 20*time.Second, "pages", func() {
		code, body, _ := ask(t, h, "/")
		for _, want := range []string{"30 / 30", "20 / 20", "5 runs", "linked is a link that leads out of the folder, left out", "history/history.jsonl is a link that leads out", "endless/history.jsonl is a link that leads out", "huge/history.jsonl has 53687091200 bytes"} {
			if code != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("status %d, no %q on\n%s", code, want, body[strings.Index(body, "<main")+1:])
			}
		}
		if strings.Contains(body, "77") && strings.Contains(body, "77 / 77") {
			t.Error("a run elsewhere is shown")
		}
		_, body, _ = ask(t, h, "/?run=shown")
		for _, want := range []string{"step 20 of 20", "shown/secret.png is a link that leads out", "shown/proc.png is a link that leads out"} {
			if !strings.Contains(body, want) {
				t.Errorf("no %q on\n%s", want, body[strings.Index(body, "<main")+1:])
			}
		}
		for path, want := range map[string]int{"/curves.png": 200, "/picture?run=good&name=x.png": 200, "/picture?run=shown&name=secret.png": 404, "/picture?run=shown&name=sub/secret.png": 404, "/picture?run=linked&name=secret.png": 404, "/picture?run=endless&name=x.png": 404} {
			if code, _, _ := ask(t, h, path); code != want {
				t.Errorf("%s: status %d, expected %d", path, code, want)
			}
		}
	})
	fixture.Within(t, 20*time.Second, "a linked folder by its name", func() {
		if _, body, _ := ask(t, Handler(filepath.Join(top, "linked"), false), "/"); !strings.Contains(body, "step 77 of 77") || !strings.Contains(body, "picture?name=secret.png") {
			t.Errorf("a folder that is named is not followed:\n%s", body)
		}
	})
}

// A run that takes long to read holds up no other.
func TestLongRead(t *testing.T) {
	top := t.TempDir()
	grow(t, filepath.Join(top, "good"), 1, 30)
	var b bytes.Buffer
	for i := range 1 << 20 {
		fmt.Fprintf(&b, `{"step":%d,"loss":1,"losses":{"a":1,"b":2,"c":3,"d":4}}`+"\n", i)
	}
	put(t, filepath.Join(top, "long", "history.jsonl"), b.Bytes())
	h := Handler(top, false)
	began := time.Now()
	_, body, _ := ask(t, h, "/")
	if took := time.Since(began); took > patience+8*time.Second || !strings.Contains(body, "30 / 30") {
		t.Errorf("after %v\n%s", took, body)
	}
	for range 100 {
		if _, body, _ = ask(t, h, "/main"); strings.Contains(body, "1048575 / 1048575") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("never read:\n%s", body)
}

// Numbers that no run has are shown, or are not, and stop nothing.
func TestExtremes(t *testing.T) {
	top := t.TempDir()
	for name, lines := range map[string][]string{
		"a": {`{"step":9223372036854775807,"loss":1e308}`, `{"step":-9223372036854775808,"loss":-1e308,"seconds":1e308}`},
		"b": {`{"step":1,"loss":1e-308,"seconds":-1e300,"tokens":-5}`, `{"step":2,"loss":0,"seconds":1e300,"val":{"x":1e308},"val_loss":1e308}`, `{"step":2}`, `{"step":1}`},
		"c": {`{"step":4611686018427387904,"seconds":1e-300,"lr":-1e308,"grad_norm":1e308}`, `{"step":0,"losses":{"":1}}`},
		"d": {`{"step":5}`, `{"step":5}`, `{"step":5,"val":{}}`},
	} {
		put(t, filepath.Join(top, name, "history.jsonl"), []byte(strings.Join(lines, "\n")+"\n"))
		put(t, filepath.Join(top, name, "run.json"), []byte(`{"Steps": -3, "Margin": {"x": -1, "": 0}}`))
	}
	h := Handler(top, false)
	fixture.Within(t, 20*time.Second, "pages", func() {
		for _, path := range []string{"/", "/curves.png", "/?run=a", "/?run=b", "/?run=c", "/?run=d", "/curves.png?run=a", "/curves.png?run=b", "/curves.png?run=c", "/curves.png?run=d"} {
			code, body, _ := ask(t, h, path)
			if code != http.StatusOK || strings.Contains(body, "value=\"-") {
				t.Errorf("%s: status %d\n%.3000s", path, code, body)
			}
		}
	})
}

// Thousands of modalities, settings and files cost a page no more than many.
func TestTooMany(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	var b, env bytes.Buffer
	for s := range 3 {
		fmt.Fprintf(&b, `{"step":%d,"loss":1,"losses":{"x":1`, s)
		for i := range 5000 {
			fmt.Fprintf(&b, `,"a%d":%d`, i, i)
		}
		b.WriteString("}}\n")
	}
	for i := range 5000 {
		fmt.Fprintf(&env, `"a%d": "b", `, i)
	}
	put(t, filepath.Join(dir, "history.jsonl"), b.Bytes())
	put(t, filepath.Join(dir, "run.json"), []byte(`{"Steps": 9, "Env": {`+env.String()+`"long": "`+strings.Repeat("x", 1<<20)+`"}}`))
	for i := range 1000 {
		put(t, filepath.Join(dir, fmt.Sprintf("a%d.png", i)), []byte("none"))
	}
	h := Handler(dir, false)
	fixture.Within(t, 20*time.Second, "many modalities", func() {
		_, body, _ := ask(t, h, "/")
		for _, want := range []string{"The first 256 of 5001 are shown.", "The first 256 of 500", "a0.png is no picture", "and 57 more files that are called as pictures"} {
			if !strings.Contains(body, want) {
				t.Errorf("no %q on %d bytes of page", want, len(body))
			}
		}
		if len(body) > 100000 {
			t.Errorf("a page of %d bytes", len(body))
		}
		if code, _, _ := ask(t, h, "/curves.png"); code != http.StatusOK {
			t.Errorf("curves: status %d", code)
		}
	})
}

// Names that strangers gave stand on the page as text.
func TestNamesOfStrangers(t *testing.T) {
	const evil = "<script>alert(1)<\u200b\x1b[2J\u202egnp"
	top := filepath.Join(t.TempDir(), "top\x1b[2J\u202e")
	name := strings.ReplaceAll(evil, "/", "")
	for _, run := range []string{name, "javascript:alert(1)", "a'b\"c&d", "caf\xe9"} {
		grow(t, filepath.Join(top, run), 1, 3)
		put(t, filepath.Join(top, run, "x"+name+".png"), pngOf(t, 4, 4))
		put(t, filepath.Join(top, run, "run.json"), []byte(`{"Steps": 3, "Schedule": "<img src=x onerror=alert(1)>\u202e", "Name": "</title><script>alert(2)</script>", "Env": {"<b>": "</td><script>"}}`))
	}
	h := Handler(top, false)
	_, body, _ := ask(t, h, "/")
	pages := []string{body}
	links := 0
	for _, run := range []string{name, "javascript:alert(1)", "a'b\"c&d", "caf\xe9"} {
		code, body, _ := ask(t, h, "/"+strings.TrimPrefix(string(link("./", "run", run)), "./"))
		if code != http.StatusOK || !strings.Contains(body, "step 3 of 3") {
			t.Errorf("%q: status %d\n%s", run, code, body)
		}
		pages = append(pages, body)
		if code, _, head := ask(t, h, "/"+string(link("picture", "run", run, "name", "x"+name+".png"))); code != http.StatusOK || head.Get("Content-Type") != "image/png" {
			t.Errorf("the picture of %q: status %d", run, code)
		}
		links++
	}
	for _, body := range pages {
		if strings.Contains(body, "<script>") || strings.Contains(body, "<img src=x") || strings.Contains(body, "<b>\"") || strings.Contains(body, `href="javascript`) || strings.ContainsAny(body, "\x1b\u202e\u200b") {
			t.Errorf("it does more than be read:\n%q", body)
		}
	}
	t.Logf("%d names", links)
}
