package train

// A power cut costs at most what came after the last checkpoint.

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/fourm/model"
	"fourmlab/internal/disk"
	"fourmlab/internal/disk/disktest"
)

// Training is cut off after each operation on its files, with what a file
// system may have kept of the operations before it; from each folder that is
// found it goes on, from the last checkpoint that was there or a later one, to
// the same end, bit by bit.
func TestPowerCut(t *testing.T) {
	data := things(t, 20)
	o := options(12)
	o.ValEvery, o.Val = 4, data
	x := small(t)
	whole := fit(t, x, data, o)
	o.Dir = filepath.Join(t.TempDir(), "deep", "run")
	record := func(dir string, stopAfter int) *disktest.Recording {
		o := o
		o.Dir = dir
		o.OnStep = func(p Point) bool {
			if p.Step%4 == 0 { // its checkpoint has been written
				disk.Note(fmt.Sprint(p.Step))
			}
			return p.Step != stopAfter
		}
		if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
			t.Fatal(err)
		}
		r, err := disktest.Record(filepath.Dir(dir))
		if err != nil {
			t.Fatal(err)
		}
		fit(t, small(t), data, o)
		r.Stop()
		return r
	}
	lost, mended := 0, 0
	room := disktest.Folder(t)
	goOn := func(c disktest.Cut, at int) *Run {
		dir := filepath.Join(room, "found")
		if err := c.Put(dir); err != nil {
			t.Fatal(err)
		}
		o := o
		o.Dir = filepath.Join(dir, "run")
		began := 0
		o.OnStep = func(p Point) bool {
			if began == 0 {
				began = p.Step
			}
			return true
		}
		y := small(t)
		run, err := Fit(y, data, o)
		if err != nil {
			t.Fatalf("%v\n%v", c, err)
		}
		if began > 0 && began <= at {
			t.Errorf("%v\nit goes on with step %d, though the checkpoint of step %d was written", c, began, at)
		}
		if began == 1 {
			lost++
		}
		if len(run.Notes) > 0 {
			mended++
		}
		for _, n := range run.Notes {
			if strings.Contains(n, "are lost") {
				t.Errorf("%v\n%s", c, n)
			}
		}
		sameRun(t, whole, run, x, y)
		last, err := model.Load(filepath.Join(o.Dir, "last.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		sameRun(t, whole, run, x, last)
		return run
	}
	last := func(c disktest.Cut) (step int) {
		for _, n := range c.Notes {
			fmt.Sscan(n, &step)
		}
		return step
	}
	r := record(o.Dir, 0)
	n := r.Cuts(plan(1, 2), func(c disktest.Cut) { goOn(c, last(c)) })
	t.Logf("%d operations, %d different folders found, %d of them before the first checkpoint, %d histories mended", r.Len(), n, lost, mended)
	if n < 20 || lost == 0 || mended == 0 {
		t.Error("too little was cut")
	}

	// A run that goes on is cut off, too.
	dir := filepath.Join(t.TempDir(), "again", "run")
	record(dir, 6)
	r = record(dir, 0)
	n = r.Cuts(plan(3, 0), func(c disktest.Cut) { goOn(c, max(last(c), 6)) })
	t.Logf("a second session: %d operations, %d different folders found", r.Len(), n)
}

// plan makes some cuts, or in the long form all and many by chance.
func plan(seed uint64, chance int) disktest.Plan {
	if os.Getenv("FOURM_TORTURE") != "" {
		return disktest.Plan{Seed: seed, Chance: 20}
	}
	return disktest.Plan{Seed: seed, Chance: chance, Every: 5}
}

// What other hands, or file systems that lie, do to a history: the run goes on
// from its checkpoint, says what it left out, and ends as if nothing had been.
func TestMendedHistory(t *testing.T) {
	data := things(t, 20)
	o := options(12)
	o.ValEvery, o.Val = 4, data
	x := small(t)
	whole := fit(t, x, data, o)
	o.Dir = filepath.Join(t.TempDir(), "run")
	first := o
	first.OnStep = func(p Point) bool { return p.Step < 8 }
	fit(t, small(t), data, first)
	good, err := os.ReadFile(filepath.Join(o.Dir, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(good), "\n")
	later, _ := json.Marshal(Point{Step: 9, Loss: 123})
	zeros := strings.Repeat("\x00", 4096)
	for name, c := range map[string]struct {
		history string // "-": none
		says    string
		points  int
	}{
		"as it was":             {string(good), "", 12},
		"longer":                {string(good) + string(later) + "\n", "goes on to step 9, the checkpoint is that of step 8", 12},
		"longer and torn":       {string(good) + string(later)[:9], "1 line cannot be read and is left out, the first is line 9", 12},
		"short":                 {strings.Join(lines[:5], ""), "2 steps of 8 are lost", 10},
		"short and torn":        {strings.Join(lines[:5], "") + lines[5][:20], "2 steps of 8 are lost", 10},
		"empty":                 {"", "7 steps of 8 are lost", 5},
		"gone":                  {"-", "7 steps of 8 are lost", 5},
		"zeros at the end":      {strings.Join(lines[:7], "") + zeros, "1 line cannot be read and is left out, the first is line 8", 12},
		"zeros in the middle":   {strings.Join(lines[:2], "") + zeros + strings.Join(lines[4:], ""), "3 steps of 8 are lost", 9},
		"rubbish in the middle": {strings.Join(lines[:2], "") + "rubbish\n" + strings.Join(lines[2:], ""), "1 line cannot be read and is left out, the first is line 3", 12},
		"steps twice":           {string(good) + string(good), "", 12},
	} {
		t.Run(name, func(t *testing.T) {
			p := o
			p.Dir = filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(p.Dir, os.DirFS(o.Dir)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(p.Dir, "history.jsonl")
			if err := os.WriteFile(path, []byte(c.history), 0o644); err != nil {
				t.Fatal(err)
			}
			if c.history == "-" {
				os.Remove(path)
			}
			y := small(t)
			run := fit(t, y, data, p)
			if said := run.String(); !strings.Contains(said, c.says) || c.says == "" && len(run.Notes) > 0 {
				t.Errorf("it says %q, expected %q in it", said, c.says)
			}
			if len(run.Points) != c.points || run.LastVal().ValLoss != whole.LastVal().ValLoss {
				t.Errorf("%d points, the last validation %g; expected %d and %g", len(run.Points), run.LastVal().ValLoss, c.points, whole.LastVal().ValLoss)
			}
			if c.points == 12 {
				sameRun(t, whole, run, x, y)
			} else {
				whole := *whole
				whole.Points = run.Points
				sameRun(t, &whole, run, x, y)
			}
			again, err := Open(p.Dir)
			if err != nil || len(again.Points) != c.points || len(again.Notes) > 0 {
				t.Errorf("read again: %v, %v", again, err)
			}
		})
	}
}
