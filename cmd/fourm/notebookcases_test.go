package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/fixture"
	"fourmlab/kernel/notebook"
)

// notebookCase runs a notebook of the cases and gives what it became.
func notebookCase(t *testing.T, name string, args ...string) (*notebook.File, string) {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.ipynb")
	_, errs, code := ran(t, dir, append([]string{"notebook", "run", fixture.Path(t, "cases", "notebooks", name+".ipynb"), "-o", out, "-html", "page.html"}, args...)...)
	if code != 0 {
		t.Fatalf("%s: exit status %d: %s", name, code, errs)
	}
	nb, err := notebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	return nb, string(page)
}

// printed is the text of a cell's outputs.
func printed(c *notebook.Cell) string {
	var b strings.Builder
	for _, o := range c.Outputs {
		b.WriteString(o.Text())
	}
	return b.String()
}

// C04: a picture without bounds is a normal value.
func TestCaseC04(t *testing.T) {
	nb, _ := notebookCase(t, "C04")
	o := nb.Cells[1].Outputs[0]
	if picture, _ := o.Data()["image/png"].(string); !strings.Contains(o.Text(), "*image.Uniform, 2000000000 × 2000000000") || picture == "" || len(picture) > 10000 {
		t.Errorf("image.White is %s, and a picture of %d letters", o.Text(), len(picture))
	}
	if got := printed(nb.Cells[2]); got != "42" {
		t.Errorf("behind it: %q", got)
	}
}

// N01: metadata that is null. N02: ids that are double, missing or none.
func TestCasesN(t *testing.T) {
	nb, _ := notebookCase(t, "N01")
	if got := printed(nb.Cells[0]); got != "2" {
		t.Errorf("N01 gave %q", got)
	}
	nb, _ = notebookCase(t, "N02")
	seen := map[string]bool{}
	for i, c := range nb.Cells {
		if seen[c.ID] || c.ID == "" || strings.ContainsAny(c.ID, " !") || printed(c) != string(rune('1'+i)) {
			t.Errorf("N02, cell %d: id %q, output %q", i+1, c.ID, printed(c))
		}
		seen[c.ID] = true
	}
	if len(seen) != 5 || !seen["cell-2"] || !seen["cell-1"] {
		t.Errorf("N02: ids %v", seen)
	}
}

// P01: the first tagged cell has the parameters. P02: imports stand in it.
func TestCasesP(t *testing.T) {
	nb, _ := notebookCase(t, "P01", "-p", "a=5")
	if got := printed(nb.Cells[len(nb.Cells)-1]); got != "5 2\n" || !nb.Cells[1].Tagged("injected-parameters") {
		t.Errorf("P01 gave %q", got)
	}
	_, errs, code := ran(t, t.TempDir(), "notebook", "run", fixture.Path(t, "cases", "notebooks", "P01.ipynb"), "-p", "b=5")
	if code != 2 || !strings.Contains(errs, `no parameter "b"`) {
		t.Errorf("P01, a parameter of the second cell: exit status %d: %s", code, errs)
	}
	for value, want := range map[string]string{"3*time.Minute": "3m0s\n", "90s": "1m30s\n"} {
		nb, _ = notebookCase(t, "P02", "-p", "wait="+value)
		if got := printed(nb.Cells[len(nb.Cells)-1]); got != want {
			t.Errorf("P02 with %s gave %q", value, got)
		}
	}
}

// V01b: a return ends its cell and not the program. V02: what is written comes
// back from the program.
func TestCasesV(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"V01b", "V02"} {
		if _, errs, code := ran(t, dir, "notebook", "to-script", fixture.Path(t, "cases", "notebooks", name+".ipynb"), "-o", name+".go"); code != 0 {
			t.Fatalf("%s: %s", name, errs)
		}
	}
	out, errs, code := ran(t, dir, "run", "V01b.go")
	if out != "enough\nnext cell\n" || code != 0 {
		t.Errorf("V01b printed %q, exit status %d: %s", out, code, errs)
	}
	if _, err := exec.LookPath("go"); err == nil {
		c := exec.Command("go", "run", filepath.Join(dir, "V01b.go"))
		if out, err := c.CombinedOutput(); string(out) != "enough\nnext cell\n" || err != nil {
			t.Errorf("V01b, compiled, printed %q: %v", out, err)
		}
	}
	if _, errs, code := ran(t, dir, "notebook", "from-script", "V02.go", "-o", "V02.ipynb"); code != 0 {
		t.Fatal(errs)
	}
	want, err := notebook.Read(fixture.Path(t, "cases", "notebooks", "V02.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := notebook.Read(filepath.Join(dir, "V02.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Cells) != len(want.Cells) {
		t.Fatalf("V02: %d cells, expected %d", len(got.Cells), len(want.Cells))
	}
	loose := strings.NewReplacer("\n\n", "\n")
	for i, c := range want.Cells {
		back := got.Cells[i]
		a, b := c.Source, back.Source
		if c.Kind == "code" { // gofmt puts lines between declarations
			a, b = loose.Replace(a), loose.Replace(b)
		}
		if a != b || c.Kind != back.Kind || c.Tagged("keep") != back.Tagged("keep") || c.Tagged("skip-execution") != back.Tagged("skip-execution") {
			t.Errorf("V02, cell %d came back as %s\n%s\nfrom %s\n%s", i+1, back.Kind, back.Source, c.Kind, c.Source)
		}
	}
}

// H01: an attachment is in the page itself.
func TestCaseH01(t *testing.T) {
	_, page := notebookCase(t, "H01")
	if !strings.Contains(page, `<img alt="dot" src="data:image/png;base64,iVBORw0KGgo`) || strings.Contains(page, `src="#"`) {
		t.Errorf("the page is %s", page[strings.Index(page, "<main>"):])
	}
}
