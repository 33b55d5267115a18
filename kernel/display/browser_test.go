package display_test

import (
	"encoding/json"
	"html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"

	"fourmlab/kernel/display"
)

// measure tells what a browser makes of each section of the page.
const measure = `<script>
addEventListener("load", () => {
  const out = [...document.querySelectorAll("section")].map(s => ({
    Rows: [...s.querySelectorAll("tr")].map(r => [...r.children].map(c => c.textContent)),
    Pictures: [...s.querySelectorAll("img")].map(i => i.naturalWidth),
    Lines: [...s.querySelectorAll("path")].map(p => p.getBBox().width),
    Tints: [...s.querySelectorAll("td")].map(c => getComputedStyle(c).backgroundColor).filter(c => c != "rgba(0, 0, 0, 0)").length,
    Bars: [...s.querySelectorAll("progress")].map(p => p.position),
    Wide: s.scrollWidth > s.clientWidth,
    Text: s.innerText,
  }));
  const pre = document.createElement("pre");
  pre.id = "measured";
  pre.textContent = JSON.stringify(out);
  document.body.replaceChildren(pre);
});
</script>`

// section is what the browser found in one.
type section struct {
	Rows     [][]string
	Pictures []int
	Lines    []float64
	Tints    int
	Bars     []float64
	Wide     bool
	Text     string
}

// browse has Chromium lay out the HTML of values.
func browse(t *testing.T, values ...any) []section {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium (Debian: apt install chromium)")
	}
	dir := t.TempDir()
	var page strings.Builder
	page.WriteString(`<!doctype html><meta charset="utf-8"><body style="font-family:sans-serif;width:900px">`)
	for _, v := range values {
		page.WriteString("<section>" + display.Of(v)["text/html"].(string) + "</section>\n")
	}
	path := filepath.Join(dir, "page.html")
	if err := os.WriteFile(path, []byte(page.String()+measure), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"), "--dump-dom", "file://"+path)
	c.WaitDelay = time.Second
	dom, err := c.Output()
	m := regexp.MustCompile(`(?s)<pre id="measured">(.*?)</pre>`).FindSubmatch(dom)
	if m == nil {
		t.Skipf("chromium shows nothing here: %v", err)
	}
	var out []section
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &out); err != nil || len(out) != len(values) {
		t.Fatalf("%d sections of %d, %v", len(out), len(values), err)
	}
	return out
}

// A browser shows the cells as they are, and draws every small picture.
func TestBrowser(t *testing.T) {
	points := make([]point, 100)
	for i := range points {
		points[i] = point{X: float64(i), Y: math.NaN(), Name: `<img src=x onerror="alert(1)">&amp;`}
	}
	waves := mat.NewDense(40, 60, nil)
	waves.Apply(func(i, j int, _ float64) float64 { return math.Sin(float64(i)/6) * math.Cos(float64(j)/9) }, waves)
	numbers := make([]float32, 500)
	for i := range numbers {
		numbers[i] = float32(math.Sqrt(float64(i)))
	}
	wide := make([]map[string]string, 3)
	for i := range wide {
		wide[i] = map[string]string{}
		for c := 'a'; c <= 'z'; c++ {
			wide[i][string(c)] = strings.Repeat("w", 200)
		}
	}
	got := browse(t, points, waves, numbers, wide, map[string]int{"日本": 1, "": 2})

	s := got[0]
	if len(s.Rows) != 2+15+1 || s.Rows[0][3] != "Name" || s.Rows[2][3] != points[0].Name || s.Rows[2][2] != "NaN" || s.Rows[17][0] != "99" {
		t.Errorf("structs: %d rows, %q", len(s.Rows), s.Rows)
	}
	if len(s.Lines) != 1 || s.Lines[0] < 50 || len(s.Pictures) != 0 || !strings.Contains(s.Text, "85 more rows") {
		t.Errorf("structs: lines %v, pictures %v", s.Lines, s.Pictures)
	}
	if s := got[1]; len(s.Pictures) != 1 || s.Pictures[0] != 60 || s.Tints < 100 {
		t.Errorf("a matrix: pictures %v, %d tints", s.Pictures, s.Tints)
	}
	if s := got[2]; len(s.Lines) != 1 || s.Lines[0] < 300 || len(s.Rows) != 0 {
		t.Errorf("numbers: lines %v, %d rows", s.Lines, len(s.Rows))
	}
	if s := got[3]; s.Wide || len(s.Rows) != 4 || len(s.Rows[0]) != 1+12+1+4 || len([]rune(s.Rows[1][1])) != 80 {
		t.Errorf("a wide table: beyond its page %v, %d rows", s.Wide, len(s.Rows))
	}
	if s := got[4]; len(s.Rows) != 3 || s.Rows[1][1] != "2" || s.Rows[2][0] != "日本" {
		t.Errorf("a map: %q", s.Rows)
	}
}
