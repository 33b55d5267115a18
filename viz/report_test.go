package viz_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fourmlab/fourm"
	"fourmlab/viz"
)

func ExampleReport() {
	run := training("a", 1, 1)
	run.Config = map[string]string{"Model.Dim": "64", "LR": "0.001"}
	report := viz.Report(run, viz.Sample(scene(1)).Titled("One scene"), scene(2), run.Scores())
	if err := report.Save("testdata/report.html"); err != nil {
		panic(err)
	}
	defer os.Remove("testdata/report.html")
	fmt.Println(strings.Split(report.String(), ",")[0])
	// Output: viz.Report: a
}

// A report holds all that it shows, and asks for nothing from elsewhere.
func TestReport(t *testing.T) {
	dir := t.TempDir()
	png := viz.Sample(scene(3)).PNG()
	if err := os.MkdirAll(filepath.Join(dir, "samples"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.png", filepath.Join("samples", "b.png"), ".hidden.png"} {
		if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := training("seed <7>", 1, 1)
	run.Dir, run.Err = dir, errors.New("the disk is full")
	run.Notes = []string{"the last record is cut off"}
	run.Config = map[string]string{"Model.Dim": "64", "LR": "0.001", "Env.Go": "go1.26", "Accum": "0"}
	html := string(viz.Report(run, scene(1), run.Scores(), "a note").Bytes())
	for _, want := range []string{
		"<title>seed &lt;7&gt;</title>", "the disk is full", "the last record is cut off", "Curves", "Sample scene-1", "Scores", "a note",
		"<td>Dim</td><td class=\"v\">64</td>", "Environment", "go1.26", "step 600 of 600", "samples/b.png", "<td>depth</td>", "training loss",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if strings.Contains(html, "Accum") || strings.Contains(html, ".hidden.png") {
		t.Error("a setting that stands for nothing, or a hidden file, is shown")
	}
	sources := regexp.MustCompile(`(?:src|href)="([^"]{0,40})`).FindAllStringSubmatch(html, -1)
	n := 0
	for _, s := range sources {
		if !strings.HasPrefix(s[1], "data:image/png;base64,") {
			t.Errorf("the page asks for %s", s[1])
		}
		n++
	}
	if n != 2+2 {
		t.Errorf("%d pictures, expected 2 figures and 2 files", n)
	}
	for _, r := range []*fourm.Run{{}, {Points: []fourm.Point{{Step: 1}}}} {
		if len(viz.Report(r).Bytes()) == 0 {
			t.Error("no page of an empty run")
		}
	}
}
