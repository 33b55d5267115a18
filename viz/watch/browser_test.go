package watch

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// measure tells what a browser makes of the page whenever that changes.
const measure = `
addEventListener("load", () => {
  const pre = document.createElement("pre");
  pre.id = "measured"; pre.hidden = true;
  document.body.append(pre);
  const seen = [];
  const note = async () => {
    await Promise.all([...document.images].map(i => i.complete || new Promise(done => { i.onload = i.onerror = done; })));
    const now = JSON.stringify({
      State: document.querySelector(".state")?.innerText || "",
      Pictures: [...document.images].map(i => i.naturalWidth),
      Wide: document.documentElement.scrollWidth > innerWidth,
    });
    if (seen.at(-1) !== now) seen.push(now);
    pre.textContent = "[" + seen.join(",") + "]";
  };
  new MutationObserver(note).observe(document.getElementById("main"), {childList: true});
  note();
});`

// dump opens an address and gives the document as it is after a while of the
// browser's own time. Whatever is not on the loopback goes to a proxy that is
// not there.
func dump(t *testing.T, chromium, address string, after time.Duration) ([]byte, error) {
	t.Helper()
	c := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-domain-reliability", "--no-pings",
		"--proxy-server=127.0.0.1:9", "--user-data-dir="+filepath.Join(t.TempDir(), "profile"),
		"--window-size=1000,1200", fmt.Sprintf("--virtual-time-budget=%d", after.Milliseconds()), "--dump-dom", address)
	c.WaitDelay = time.Second
	return c.Output()
}

// state is what the browser showed at one time.
type state struct {
	State    string
	Pictures []int
	Wide     bool
}

// A browser shows the curves, and shows the run as it goes on without being
// asked, with nothing from anywhere else.
func TestBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium (Debian: apt install chromium)")
	}
	dir := filepath.Join(t.TempDir(), "run")
	put(t, filepath.Join(dir, "run.json"), []byte(`{"Steps": 90}`))
	grow(t, dir, 1, 30)
	var mu sync.Mutex
	asked := map[string]int{}
	inner := Handler(dir, false)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Path]++
		if r.URL.Path == "/measure.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write([]byte(measure))
			return
		}
		inner.ServeHTTP(w, r)
		switch r.URL.Path {
		case "/":
			w.Write([]byte(`<script src="measure.js"></script>`))
		case "/main": // the run goes on between two looks of the page
			if n := asked["/main"]; n == 2 || n == 4 {
				grow(t, dir, 15*n+1, 15*n+30)
			}
		}
	}))
	defer s.Close()
	dom, err := dump(t, chromium, s.URL+"/", 12*time.Second)
	m := regexp.MustCompile(`(?s)<pre id="measured" hidden="">(.*?)</pre>`).FindSubmatch(dom)
	if m == nil {
		t.Skipf("chromium shows nothing here: %v", err)
	}
	var seen []state
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &seen); err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, x := range seen {
		if len(x.Pictures) != 1 || x.Pictures[0] < 1000 || x.Wide {
			t.Errorf("%q: pictures %v, wider than the window %v", x.State, x.Pictures, x.Wide)
		}
		if _, step, _ := strings.Cut(x.State, " "); len(steps) == 0 || steps[len(steps)-1] != step {
			steps = append(steps, step)
		}
	}
	if got := strings.Join(steps, ", "); got != "step 30 of 90, step 60 of 90, step 90 of 90" {
		t.Errorf("the page showed %s", got)
	}
	mu.Lock()
	defer mu.Unlock()
	for path := range asked {
		if path != "/" && path != "/main" && path != "/curves.png" && path != "/favicon.ico" && path != "/watch.js" && path != "/page.css" && path != "/measure.js" {
			t.Errorf("the page asked for %s", path)
		}
	}
	t.Logf("asked for %v", asked)
}

// What is called as a picture and is a page does not read ours when it is
// opened by itself, and what is both is a picture.
func TestBrowserOpensPictures(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium (Debian: apt install chromium)")
	}
	dir := filepath.Join(t.TempDir(), "run")
	grow(t, dir, 1, 30)
	for name, b := range hostile(t) {
		put(t, filepath.Join(dir, name), b)
	}
	p := pngOf(t, 4, 4)
	put(t, filepath.Join(dir, "good.png"), p)
	put(t, filepath.Join(dir, "noted.png"), slices.Concat(p[:33], chunk("tEXt", "Comment\x00"+thief), p[33:]))
	s := httptest.NewServer(Handler(dir, false))
	defer s.Close()
	dom, err := dump(t, chromium, s.URL+"/picture?name=good.png", 3*time.Second)
	if !strings.Contains(string(dom), "<img") {
		t.Skipf("chromium shows no picture here: %v, %s", err, dom)
	}
	n := 0
	for _, name := range []string{"page.png", "page.jpg", "svg.png", "behind.png", "behind.gif", "script.gif", "noted.png"} {
		dom, err := dump(t, chromium, s.URL+"/picture?name="+name, 3*time.Second)
		if err != nil || strings.Contains(string(dom), "stolen") {
			t.Errorf("%s: %v\n%.300s", name, err, dom)
		}
		n++
	}
	t.Logf("%d files opened", n)
}
