package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/datasets"
	"fourmlab/fourm"
)

// A set is generated from by the command line: a folder a sample, and a table; what is
// there stays, what is missing is made, as it would have been; another order is refused.
func TestGenerate(t *testing.T) {
	if err := fourm.SceneTokenizers("depth", "semseg"); err != nil {
		t.Fatal(err)
	}
	if err := fourm.TrainVocabulary(datasets.Scenes(50, 1)); err != nil {
		t.Fatal(err)
	}
	c := fourm.Tiny("depth", "semseg", "caption")
	c.Dim, c.Heads, c.Encoder, c.Decoder = 16, 2, 1, 1
	dir := t.TempDir()
	model, out := filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "made")
	if err := fourm.New(c).Save(model); err != nil {
		t.Fatal(err)
	}
	args := []string{"generate", "scenes", "-model", model, "-plan", "depth -> semseg(2, T=0.5) -> caption(T=0.3)", "-n", "20", "-seed", "5", "-o", out}
	status, said, errs := call2(args...)
	if status != 0 || !strings.Contains(said, "mean of 20 samples") || !strings.Contains(errs, "16 of 20") {
		t.Fatalf("status %d: %s%s", status, said, errs)
	}
	file := func(i, name string) string {
		all, err := filepath.Glob(filepath.Join(out, i+"_*", name))
		if err != nil || len(all) != 1 {
			t.Fatalf("%s of sample %s: %v, %v", name, i, all, err)
		}
		data, err := os.ReadFile(all[0])
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	table, err := os.Open(filepath.Join(out, "table.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil || len(rows) != 21 || rows[0][0] != "key" || rows[20][1] != "24" || len(rows[0]) < 4 {
		t.Errorf("the table has %d rows, the first %v: %v", len(rows), rows[0], err)
	}
	before := map[string]string{}
	for _, i := range []string{"00003", "00004", "00017"} {
		before[i] = file(i, "semseg.png") + file(i, "caption.txt") + file(i, "scores.json")
		gone, _ := filepath.Glob(filepath.Join(out, i+"_*"))
		if err := os.RemoveAll(gone[0]); err != nil {
			t.Fatal(err)
		}
	}
	if status, said, errs := call2(args...); status != 0 || !strings.Contains(said, "mean of 20 samples") {
		t.Fatalf("status %d: %s%s", status, said, errs)
	}
	for i, was := range before {
		if now := file(i, "semseg.png") + file(i, "caption.txt") + file(i, "scores.json"); now != was {
			t.Errorf("sample %s is another when it is made again", i)
		}
	}
	for want, more := range map[string][]string{
		"was made with":                                           {"scenes", "-model", model, "-plan", "depth -> semseg(3)", "-n", "20", "-o", out},
		`"eight" is neither steps`:                                {"scenes", "-model", model, "-plan", "depth -> semseg(eight)", "-o", filepath.Join(dir, "b")},
		"needs -plan PLAN or -preset NAME":                        {"scenes", "-model", model, "-o", filepath.Join(dir, "b")},
		"needs -model FILE and -o DIR":                            {"scenes", "-plan", "depth -> semseg"},
		`no preset "rgb -> depht" (did you mean "rgb -> depth"?)`: {"scenes", "-model", model, "-preset", "rgb -> depht", "-o", filepath.Join(dir, "b")},
		`"normal" is no output of this model`:                     {"scenes", "-model", model, "-plan", "depth -> normal(3)", "-o", filepath.Join(dir, "c")},
	} {
		if status, _, errs := call2(append([]string{"generate"}, more...)...); status == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: status %d, %s, expected %q", more, status, errs, want)
		}
	}
	if status, said, _ := call2("generate", "-presets"); status != 0 || !strings.Contains(said, "super-resolution: tok_clip@224 + ") {
		t.Errorf("status %d: %s", status, said)
	}
}
