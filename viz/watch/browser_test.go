package watch

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// measure tells what a browser makes of the page whenever that changes.
const measure = `<script>
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
});
</script>`

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
		inner.ServeHTTP(w, r)
		switch r.URL.Path {
		case "/":
			w.Write([]byte(measure))
		case "/main": // the run goes on between two looks of the page
			if n := asked["/main"]; n == 2 || n == 4 {
				grow(t, dir, 15*n+1, 15*n+30)
			}
		}
	}))
	defer s.Close()
	// Whatever is not on the loopback goes to a proxy that is not there.
	c := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--disable-domain-reliability", "--no-pings",
		"--proxy-server=127.0.0.1:9", "--user-data-dir="+filepath.Join(t.TempDir(), "profile"),
		"--window-size=1000,1200", "--virtual-time-budget=12000", "--dump-dom", s.URL+"/")
	c.WaitDelay = time.Second
	dom, err := c.Output()
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
		if path != "/" && path != "/main" && path != "/curves.png" && path != "/favicon.ico" {
			t.Errorf("the page asked for %s", path)
		}
	}
	t.Logf("asked for %v", asked)
}
