package symbols

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"fourmlab/kernel/display"
	"fourmlab/kernel/session"
)

// A cell reads runs of others, draws them, and makes a page of one.
func TestRunsInCells(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "theirs.csv")
	if err := os.WriteFile(table, []byte("step,train/loss,accuracy\n1,3,0.1\n2,2,0.4\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := session.New()
	for i, c := range []struct{ cell, want string }{
		{fmt.Sprintf("run, err := fourm.OpenRun(%q)\nrun.Last().Metrics[\"accuracy\"]", table), "0.4"},
		{"viz.Curves(run)", "viz.Curves: 1600x892 pixels"},
		{"viz.Follow(run)\nviz.Live(run).String()[:8]", "viz.Live"},
		{fmt.Sprintf("viz.Report(run, \"a note\", viz.Curves(run)).Save(%q)", filepath.Join(dir, "r.html")), ""},
		{fmt.Sprintf("run.SaveCSV(%q)\nall, _ := fourm.OpenRuns(%q)\nlen(all)", filepath.Join(dir, "again.csv"), table), "1"},
	} {
		r := s.Run(t.Context(), i+1, c.cell)
		if r.Err != nil {
			t.Errorf("%s: %v", c.cell, r.Err)
			continue
		}
		if c.want == "" {
			continue
		}
		if len(r.Values) != 1 || fmt.Sprint(display.Of(r.Values[0])["text/plain"]) != c.want {
			t.Errorf("%s: %v, expected %s", c.cell, r.Values, c.want)
		}
	}
	for _, f := range []string{"r.html", "again.csv"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
}
