package train

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fourmlab/fourm/train/tfevents"
)

// write puts files into a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// sessions lists the event files of a folder, one a session.
func sessions(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := eventFiles(dir, list)
	tfevents.Order(out)
	return out
}

// near tells whether two runs have the same numbers, as float32 keeps them.
func near(t *testing.T, what string, got, want []Point, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d points, expected %d", what, len(got), len(want))
	}
	for i := range want {
		a, b := got[i].scalars(), want[i].scalars()
		if got[i].Step != want[i].Step || len(a) != len(b) {
			t.Fatalf("%s: step %d has %v, expected step %d with %v", what, got[i].Step, a, want[i].Step, b)
		}
		for k := range b {
			if a[k].Tag != b[k].Tag || math.Abs(a[k].Value-b[k].Value) > tolerance*math.Abs(b[k].Value) {
				t.Errorf("%s: step %d: %v, expected %v", what, want[i].Step, a[k], b[k])
			}
		}
		if !reflect.DeepEqual(got[i].Losses == nil, want[i].Losses == nil) || (got[i].Val == nil) != (want[i].Val == nil) {
			t.Errorf("%s: step %d: %+v, expected %+v", what, want[i].Step, got[i], want[i])
		}
	}
}

// A run is the same whether it is read from its history, from the event files
// that it left for TensorBoard, or from its table, also where it was
// interrupted and went on.
func TestOneRunThreeWays(t *testing.T) {
	data := things(t, 20)
	o := options(20)
	o.Val, o.Dir = data, filepath.Join(t.TempDir(), "a")
	for _, stop := range []int{7, 13, 99} {
		o.OnStep = func(p Point) bool { return p.Step < stop }
		fit(t, small(t), data, o)
	}
	run, err := Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if run.Name != "a" || run.Steps != 20 || len(run.Points) != 20 || run.Marginal["tok_tone"] == 0 || run.Config["Model.Dim"] == "" || run.Config["LR"] == "" || run.Config["Env.Go"] == "" || run.Config["Step"] != "" {
		t.Errorf("%s: %v, settings %v", run.Name, run, run.Config)
	}
	events := sessions(t, o.Dir)
	if len(events) != 3 {
		t.Fatalf("event files %v, expected one a session", events)
	}
	board := t.TempDir()
	for _, f := range events {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		write(t, board, map[string]string{filepath.Base(f): string(b)})
	}
	other, err := Open(board)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "TensorBoard", other.Points, run.Points, 1e-6)
	for i := range other.Points {
		if s := other.Points[i].Seconds; s < 0 || i > 0 && s < other.Points[i-1].Seconds {
			t.Errorf("step %d after %g s", i+1, s)
		}
	}
	table := filepath.Join(t.TempDir(), "a.csv")
	if err := run.SaveCSV(table); err != nil {
		t.Fatal(err)
	}
	third, err := Open(table)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "table", third.Points, run.Points, 0)
	if third.Last().Seconds != run.Last().Seconds || third.Name != "a" {
		t.Errorf("%s: %v", third.Name, third)
	}
	o.Dir, o.NoEvents = t.TempDir(), true
	fit(t, small(t), data, o)
	if left := sessions(t, o.Dir); left != nil {
		t.Errorf("event files %v, asked for none", left)
	}
	text, _, err := tfevents.Read(events[0])
	if err != nil || len(text) < 2 || len(text[1].Texts) != 1 || !strings.Contains(text[1].Texts[0].Text, "| Model.Dim | ") {
		t.Errorf("the settings are not told: %+v, %v", text[:2], err)
	}
}

// events writes an event file of train/loss by hand.
func events(t *testing.T, path string, list ...tfevents.Event) {
	t.Helper()
	w, err := tfevents.Create(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(w.Name(), path); err != nil {
		t.Fatal(err)
	}
}

func loss(step int64, v float64) tfevents.Event {
	return tfevents.Event{Step: step, Wall: float64(1000 + step), Scalars: []tfevents.Scalar{{Tag: "train/loss", Value: v}}}
}

// Event files of a folder are one run: what a later one has counts from its
// first step on; one that tells other numbers takes nothing away.
func TestEventFiles(t *testing.T) {
	const name = "events.out.tfevents."
	val := tfevents.Event{Step: 2, Wall: 1010, Scalars: []tfevents.Scalar{{Tag: "val/loss", Value: 7}}}
	for what, c := range map[string]struct {
		files [][]tfevents.Event
		want  map[int]float64
	}{
		"one":             {[][]tfevents.Event{{loss(1, 5), loss(2, 4)}}, map[int]float64{1: 5, 2: 4}},
		"a step again":    {[][]tfevents.Event{{loss(1, 5), loss(1, 6)}}, map[int]float64{1: 6}},
		"gone on":         {[][]tfevents.Event{{loss(1, 5), loss(2, 4)}, {loss(3, 3)}}, map[int]float64{1: 5, 2: 4, 3: 3}},
		"restarted":       {[][]tfevents.Event{{loss(1, 5), loss(2, 4), loss(3, 3), loss(4, 2)}, {loss(3, 9)}}, map[int]float64{1: 5, 2: 4, 3: 9}},
		"begun, not told": {[][]tfevents.Event{{loss(1, 5), loss(2, 4)}, {{Step: 2, Start: true}}}, map[int]float64{1: 5}},
		"two writers":     {[][]tfevents.Event{{loss(1, 5), loss(2, 4), loss(3, 3)}, {val}}, map[int]float64{1: 5, 2: 4, 3: 3}},
	} {
		dir := filepath.Join(t.TempDir(), "run7")
		for i, f := range c.files {
			events(t, filepath.Join(dir, name+string(rune('0'+i))), f...)
		}
		run, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int]float64{}
		for _, p := range run.Points {
			got[p.Step] = p.Loss
		}
		if !reflect.DeepEqual(got, c.want) || run.Name != "run7" {
			t.Errorf("%s: %v, expected %v", what, got, c.want)
		}
		if what == "two writers" && run.LastVal().ValLoss != 7 {
			t.Errorf("%s: validation %v", what, run.LastVal())
		}
	}
}

// Tables as people export them.
func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []Point
	}{
		"ours.csv": {"step,seconds,train/loss,train/tone_loss,val/loss\n1,0.5,5,6,\n2,1,4,5,4.5\n", []Point{
			{Step: 1, Seconds: 0.5, Loss: 5, Losses: map[string]float64{"tok_tone": 6}},
			{Step: 2, Seconds: 1, Loss: 4, Losses: map[string]float64{"tok_tone": 5}, Val: map[string]float64{}, ValLoss: 4.5}}},
		"wandb.csv": {"\ufeff\"Step\",\"lively-sun-3 - train/loss\",\"lively-sun-3 - train/loss__MIN\",\"lively-sun-3 - train/loss__MAX\"\n\"10\",\"2.5\",\"2\",\"3\"\n", []Point{{Step: 10, Loss: 2.5}}},
		"history.csv": {"_step,_runtime,train_loss,val_loss,lr,accuracy\n3,7.5,1,,0.1,0.9\n4,8,,2,0.1,\n", []Point{
			{Step: 3, Seconds: 7.5, Loss: 1, LR: 0.1, Metrics: map[string]float64{"accuracy": 0.9}},
			{Step: 4, Seconds: 8, Loss: math.NaN(), LR: 0.1, Val: map[string]float64{}, ValLoss: 2}}},
		"run-a-tag-train_loss.csv": {"Wall time,Step,Value\n1700000000.5,1,3\n1700000002.5,2,2\n", []Point{{Step: 1, Loss: 3}, {Step: 2, Seconds: 2, Loss: 2}}},
		"my - run.csv":             {"Step,my - long - name - train/loss,my - long - name - _step\n1,2,1\n", []Point{{Step: 1, Loss: 2}}},
		"words.csv":                {"step,loss,done,note,empty\n0,1,False,,\n1,2,True,good,\n", []Point{{Loss: 1, Metrics: map[string]float64{"done": 0}}, {Step: 1, Loss: 2, Metrics: map[string]float64{"done": 1}}}},
		"keras.csv":                {"epoch,loss,val_loss\n0,2,3\n", []Point{{Loss: 2, Val: map[string]float64{}, ValLoss: 3}}},
		"lightning.csv":            {"epoch,step,train_loss,val_loss\n0,9,2,\n0,9,,3\n", []Point{{Step: 9, Loss: 2, Val: map[string]float64{}, ValLoss: 3, Metrics: map[string]float64{"epoch": 0}}}},
		"gap.csv":                  {"step,loss,gpu\n,,7\n1,2,\n", []Point{{Step: 1, Loss: 2}}},
		"limits.csv":               {"step,accuracy\n1.0,Infinity\n2,None\n", []Point{{Step: 1, Loss: math.NaN(), Metrics: map[string]float64{"accuracy": math.Inf(1)}}}},
		"utf16.csv":                {"\xff\xfes\x00t\x00e\x00p\x00,\x00l\x00o\x00s\x00s\x00\n\x001\x00,\x002\x00\n\x00", []Point{{Step: 1, Loss: 2}}},
		"semi.csv":                 {"step;Loss/train;Loss/test\n1;3;4\n", []Point{{Step: 1, Loss: 3, Val: map[string]float64{}, ValLoss: 4}}},
		"tabs.tsv":                 {"global_step\tloss\n5\t1e-3\n1\tnan\n", []Point{{Step: 1, Loss: math.NaN()}, {Step: 5, Loss: 1e-3}}},
		"parts.csv":                {"step,train/tone_loss,train/glow_loss\n1,2,4\n", []Point{{Step: 1, Loss: 3, Losses: map[string]float64{"tok_tone": 2, "glow": 4}}}},
	} {
		things(t, 1) // registers tone
		dir := t.TempDir()
		write(t, dir, map[string]string{name: c.text})
		run, err := Open(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range run.Points {
			if math.IsNaN(run.Points[i].Loss) && i < len(c.want) && math.IsNaN(c.want[i].Loss) {
				run.Points[i].Loss, c.want[i].Loss = 0, 0
			}
		}
		if !reflect.DeepEqual(run.Points, c.want) {
			t.Errorf("%s:\n%+v, expected\n%+v", name, run.Points, c.want)
		}
		if s := run.String(); strings.Contains(s, "NaN") {
			t.Errorf("%s prints as %s", name, s)
		}
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"words.csv": "step,loss,note\n1,2,good\n2,1,\n,,\n", "old.csv": "step,caf\xe9\n1,2\n"})
	if run, err := Open(filepath.Join(dir, "words.csv")); err != nil || len(run.Notes) != 2 || !strings.Contains(run.Notes[0], `column "note" holds words`) || !strings.Contains(run.Notes[1], "rows without a step, passed over: 1") {
		t.Errorf("%v (%v)", run, err)
	}
	if run, err := Open(filepath.Join(dir, "old.csv")); err == nil || !strings.Contains(err.Error(), "old.csv: line 1: byte 9 of it (9 of the file) is 0xe9") {
		t.Errorf("%v (%v)", run, err)
	}
	write(t, dir, map[string]string{"two.csv": "Step,a - train/loss,b - train/loss\n1,2,\n2,,3\n"})
	runs, err := OpenAll(filepath.Join(dir, "two.csv"))
	if err != nil || len(runs) != 2 || runs[0].Name != "a" || runs[1].Name != "b" || runs[1].Last().Loss != 3 {
		t.Errorf("%v, %v", runs, err)
	}
}

// What cannot be read is told with the file, what was expected and what is
// there; what was cut off is left out with a note.
func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	line := `{"step":1,"loss":2,"losses":{}}` + "\n"
	write(t, dir, map[string]string{
		"empty.csv": "", "none.csv": "a,b\n1,2\n", "only.csv": "step\n1\n", "word.csv": "step,loss\n1,high\n", "half.csv": "step,loss\n1.5,2\n",
		"short.csv": "step,loss\n1\n", "quote.csv": "step,loss\n1,\"x\"y\n", "two.csv": "Step,a - loss,b - loss\n1,2,3\n", "x.png": "PNG",
		"noise.tfevents": strings.Repeat("noise", 9), "nothing/readme.txt": "x", "void/.keep": "",
		"runs/a/history.jsonl": line, "runs/b/history.jsonl": line + "rubbish\n" + line, "runs/c/history.jsonl": line + line[:9],
		"badjson/run.json": "{", "badjson/history.jsonl": line, "begun/run.json": `{"Steps": 50}`,
	})
	for path, want := range map[string][]string{
		"gone":           {"no such file or folder", "expected a run's folder"},
		"empty.csv":      {"empty.csv", "expected a header with a step column"},
		"none.csv":       {`columns ["a" "b"]`, "expected one called step"},
		"only.csv":       {"expected names of numbers beside the step"},
		"word.csv":       {"line 2", `loss is "high"`, "expected a number"},
		"half.csv":       {"line 2", `step is "1.5"`, "expected a whole number"},
		"short.csv":      {"line 2 has 1 values, the header has 2"},
		"quote.csv":      {"quote.csv", "line 2"},
		"two.csv":        {"2 runs (a, b)", "fourm.OpenRuns"},
		"x.png":          {"x.png", "no kind of file that holds a run"},
		"noise.tfevents": {"noise.tfevents", "at offset 0", "checksum"},
		"nothing":        {"expected history.jsonl", "it has readme.txt"},
		"runs":           {"a folder of runs (a, b, c)", "fourm.OpenRuns"},
		"runs/b":         {"history.jsonl: line 2", "expected a step of training"},
		"badjson":        {"run.json", "expected the settings of a run"},
	} {
		run, err := Open(filepath.Join(dir, path))
		if err == nil {
			t.Errorf("%s: no error, %v", path, run)
			continue
		}
		for _, w := range append(want, "fourm.OpenRun: ") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, expected %q in it", path, err, w)
			}
		}
	}
	cut, err := Open(filepath.Join(dir, "runs/c"))
	if err != nil || len(cut.Points) != 1 || len(cut.Notes) != 1 || !strings.Contains(cut.String(), "line 2 is cut off") {
		t.Errorf("a line that is cut off: %v, %v", cut, err)
	}
	begun, err := Open(filepath.Join(dir, "begun"))
	if err != nil || begun.Steps != 50 || len(begun.Points) != 0 {
		t.Errorf("a run without a step: %v, %v", begun, err)
	}
	runs, err := OpenAll(filepath.Join(dir, "runs"))
	if err == nil || !strings.Contains(err.Error(), "line 2") || len(runs) != 2 || runs[0].Name != "a" || runs[1].Name != "c" {
		t.Errorf("%v, %v", runs, err)
	}
	if _, err := OpenAll(filepath.Join(dir, "void")); err == nil || !strings.Contains(err.Error(), "no run, expected") {
		t.Errorf("an empty folder: %v", err)
	}
}

// Of a run without marginals, as others leave it, nothing is compared with them.
func TestScoresWithoutMarginals(t *testing.T) {
	r := &Run{Points: []Point{{Step: 1, Val: map[string]float64{"rgb": 2, "depth": 1}}}, Marginal: map[string]float64{"rgb": 4}}
	want := []string{"depth 1.000 – –", "rgb 2.000 4.000 50%"}
	for i, line := range strings.Split(r.Scores().String(), "\n")[1:] {
		if got := strings.Join(strings.Fields(line), " "); got != want[i] {
			t.Errorf("%q, expected %q", got, want[i])
		}
	}
}
