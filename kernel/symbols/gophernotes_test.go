package symbols

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fourmlab/kernel/display"
	"fourmlab/kernel/session"
)

// current tells whether the tables have what package display has; they are
// made behind its changes.
func current(t *testing.T) {
	t.Helper()
	if _, ok := Symbols["fourmlab/kernel/display/display"]["MakeData3"]; !ok {
		t.Skip("the tables are older than package display: make symbols")
	}
}

// shown runs a cell and gives the mime types of its last value, or its error.
func shown(t *testing.T, s *session.Session, n int, cell string) string {
	r := s.Run(t.Context(), n, cell)
	if r.Err != nil {
		return r.Err.Error()
	}
	if len(r.Values) != 1 {
		return ""
	}
	return strings.Join(slices.Sorted(maps.Keys(display.Of(r.Values[0]))), " ")
}

// Cells say what those of gophernotes say, by the same names and imports.
func TestCellsOfGophernotes(t *testing.T) {
	current(t)
	svg := filepath.Join(t.TempDir(), "a.svg")
	if err := os.WriteFile(svg, []byte("<svg/>"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := session.New()
	for i, c := range []struct{ cell, want string }{
		{"import \"image\"\nim := image.NewGray(image.Rect(0, 0, 3, 2))\nvar b []byte = display.Image(im)[display.MIMETypePNG].([]byte)\nDisplay(display.PNG(b))", ""},
		{"display.Any(display.MIMETypePNG, b)", "image/png text/plain"},
		{"display.Auto(b)", "image/png text/plain"},
		{"display.Auto(im)", "image/png text/plain"},
		{"display.File(\"image/svg+xml\", \"" + svg + "\")", "image/svg+xml text/plain"},
		{"display.HTML(`<h1>a</h1>`)", "text/html text/plain"},
		{"display.Image(im)", "Metadata image/png text/plain"},
		{"display.JSON(map[string]interface{}{\"a\": 1})", "application/json text/plain"},
		{"display.JavaScript(\"1\")", "application/javascript text/plain"},
		{"display.Latex(`x^2`)", "text/latex text/plain"},
		{"display.MakeData(\"text/html\", \"<b>\")", "text/html text/plain"},
		{"display.MakeData3(\"text/html\", \"words\", \"<b>\")", "text/html text/plain"},
		{"display.Markdown(\"* a\")", "text/markdown text/plain"},
		{"display.Math(`e^{i\\pi}+1=0`)", "text/latex text/plain"},
		{"display.MIME(display.MIMEMap{\"text/html\": \"<b>\"}, display.MIMEMap{\"a\": 1})", "Metadata text/html text/plain"},
		{"display.PDF([]byte(\"%PDF\"))", "application/pdf text/plain"},
		{"display.SVG(\"<svg/>\")", "image/svg+xml text/plain"},
		{"{\n\tDisplay(display.Markdown(\"* a\"))\n\tDisplay(display.Math(`x`))\n}", ""},
		{"if err := Display(im); err != nil {\n\tpanic(err)\n}", ""},
		{"type S struct{}\nfunc (S) SimpleRender() display.MIMEMap { return display.MIMEMap{display.MIMETypeLatex: `$x$`} }\nS{}", "text/latex text/plain"},
		{"type R struct{}\nfunc (R) Render() display.Data { return display.Data{Data: display.MIMEMap{display.MIMETypeLatex: `$x$`}} }\nR{}", "text/latex text/plain"},
		{"var r display.Renderer = R{}\nvar h display.HTMLer\nh == nil", "text/plain"},
		{"import \"github.com/gopherdata/gophernotes\"\ndisplay.HTML(\"a\")", "text/html text/plain"},
		{"import \"display\"\nvar d display.Data = display.HTML(\"a\")\nd", "text/html text/plain"},
		{"import . \"display\"\nMath(\"x\")", "text/latex text/plain"},
		// Names of a cell's own hide what is there without being asked for.
		{"type Data struct{ A int }\nData{3}", "text/plain"},
		{"Display(Data{4})", ""},
		{"func Display(n int) int { return n + 1 }\nDisplay(1)", "text/plain"},
		// Our own form stays.
		{"display.Data{\"text/html\": \"<b>\", \"text/plain\": \"b\"}", "text/html text/plain"},
	} {
		if got := shown(t, s, i+1, c.cell); got != c.want {
			t.Errorf("%s\nis %q, expected %q", c.cell, got, c.want)
		}
	}
}

// The notebook that explains package display there runs here, but for what it
// fetches and for declarations that are quoted.
func TestGophernotesExample(t *testing.T) {
	current(t)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gopherdata/gophernotes").Output()
	path := filepath.Join(strings.TrimSpace(string(dir)), "examples", "Display.ipynb")
	data, readErr := os.ReadFile(path)
	if err != nil || readErr != nil {
		t.Skipf("gophernotes' module is not here: %v, %v", err, readErr)
	}
	var nb struct {
		Cells []struct {
			Kind   string   `json:"cell_type"`
			Source []string `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	s, ran := session.New(), 0
	for i, c := range nb.Cells {
		source := strings.Join(c.Source, "")
		if c.Kind != "code" || strings.Contains(source, "http.Get") || strings.Contains(source, "// in package \"display\"") || strings.Contains(source, "general interface") || strings.Contains(source, "plot.New()") {
			continue
		}
		ran++
		if got := shown(t, s, i+1, source); !strings.HasSuffix(got, "text/plain") && !strings.Contains(source, "Display(") {
			t.Errorf("%s\nis %q", source, got)
		}
	}
	if ran < 5 {
		t.Errorf("%d cells ran", ran)
	}
}
