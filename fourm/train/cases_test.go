package train

// Runs as people have them, from the shared folder's cases.

import (
	"strings"
	"testing"

	"fourmlab/internal/fixture"
)

func TestCaseF14(t *testing.T) {
	run, err := Open(fixture.Path(t, "cases", "data", "F14_events_damaged", "zero_tail"))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Points) == 0 || len(run.Notes) != 1 || !strings.Contains(run.Notes[0], "zeros in place of a record") {
		t.Errorf("%d points, notes %q", len(run.Points), run.Notes)
	}
	t.Logf("1 case ran: %d points, %q", len(run.Points), run.Notes)
}

func TestCaseF21(t *testing.T) {
	run, err := Open(fixture.Path(t, "cases", "data", "F21_wandb", "bool.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Points) != 2 || run.Last().Loss != 2 || run.Last().Metrics["done"] != 1 {
		t.Errorf("%+v", run.Points)
	}
	t.Log("1 case ran")
}
