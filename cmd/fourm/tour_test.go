package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The notebooks run from their first cell to their last, made small: every cell
// works, the figures are there, and both files are written.
func TestTour(t *testing.T) {
	runSmall(t, "01_tour", [][2]string{
		{`Scenes\(\d+,`, `Scenes(150,`},
		{`Steps: \d+,`, `Steps: 6,`},
		{`test.Head\(\d+\)`, `test.Head(3)`},
		{`fourm.TrainTokenizers\(train, ([^)]*)\)`, `for _, n := range []string{$1} { fourm.TrainTokenizer(train, n, fourm.VQ{Steps: 8, Dim: 32}) }\nfourm.TrainVocabulary(train)`},
	}, 12, 10)
}

func TestTokenizerNotebook(t *testing.T) {
	runSmall(t, "03_tokenizers", [][2]string{
		{`Scenes\(1000,`, `Scenes(40,`},
		{`Scenes\(100,`, `Scenes(12,`},
		{`\bSteps: \d+,`, `Steps: 6,`},
		{`DecoderSteps: \d+`, `DecoderSteps: 2`},
		{`test.Head\(\d+\)`, `test.Head(3)`},
	}, 12, 12)
}

func TestMaskingNotebook(t *testing.T) {
	runSmall(t, "02_masking", [][2]string{{`i < 10;`, `i < 2;`}, {`, 400\)`, `, 20)`}}, 10, 8)
}

func TestUncertaintyNotebook(t *testing.T) {
	runSmall(t, "06_uncertainty", [][2]string{
		{`i < 20;`, `i < 2;`},
		{`, 10\)`, `, 2)`},
		{`16, agrees`, `3, agrees`},
		{`Results\[:4\]`, `Results[:2]`},
		{`Head\(20\)`, `Head(2)`},
	}, 15, 8)
}

// runSmall runs a notebook in which patterns are replaced.
func runSmall(t *testing.T, name string, changes [][2]string, leastCells, leastPictures int) {
	t.Helper()
	src, err := os.ReadFile("../../notebooks/" + name + ".ipynb")
	if err != nil {
		t.Fatal(err)
	}
	for _, small := range changes {
		re := regexp.MustCompile(small[0])
		if !re.Match(src) {
			t.Fatalf("%s has nothing like %s", name, small[0])
		}
		src = re.ReplaceAll(src, []byte(strings.ReplaceAll(small[1], "\n", `\n`)))
	}
	dir := t.TempDir()
	in, out, page := filepath.Join(dir, "tour.ipynb"), filepath.Join(dir, "o", "tour.ipynb"), filepath.Join(dir, "o", "tour.html")
	if err := os.WriteFile(in, src, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FOURM_TEST_AS_PROGRAM", "1") // the cells' worker is this binary, too
	status, said, errs := call2("notebook", in, "-o", out, "--html="+page)
	if status != 0 || said != out+"\n"+page+"\n" {
		t.Fatalf("status %d, printed %q\n%s", status, said, errs)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			Type    string `json:"cell_type"`
			Outputs []struct {
				Type string         `json:"output_type"`
				Data map[string]any `json:"data"`
			}
		}
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	cells, pictures := 0, 0
	for _, c := range nb.Cells {
		if c.Type != "code" {
			continue
		}
		cells++
		for _, o := range c.Outputs {
			if o.Type == "error" {
				t.Errorf("cell %d failed: %v", cells, o)
			}
			if o.Data["image/png"] != nil {
				pictures++
			}
		}
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(html, []byte("data:image/png;base64,")); cells < leastCells || pictures < leastPictures || n != pictures {
		t.Errorf("%d cells with %d pictures, %d on the page", cells, pictures, n)
	}
	t.Logf("%d cells, %d pictures", cells, pictures)
}
