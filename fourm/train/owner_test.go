package train

// Whose a run's folder is, and in what order its sessions are.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmlab/internal/disk"
)

// The second training in a folder is told of the first and changes nothing;
// after the first has ended, the third one goes on.
func TestOneOwner(t *testing.T) {
	data := things(t, 20)
	o := options(12)
	o.Dir = filepath.Join(t.TempDir(), "run")
	x := small(t)
	second := o
	o.OnStep = func(p Point) bool {
		if p.Step == 3 {
			var busy *disk.Busy
			run, err := Fit(small(t), data, second)
			if !errors.As(err, &busy) || busy.PID != os.Getpid() || !strings.Contains(err.Error(), o.Dir) || len(run.Points) > 0 {
				t.Errorf("a second one: %v, %v", run, err)
			}
		}
		return true
	}
	whole := fit(t, x, data, o)
	y := small(t)
	sameRun(t, whole, fit(t, y, data, second), x, y)
	if left, _ := filepath.Glob(filepath.Join(o.Dir, ".*")); left != nil {
		t.Errorf("left: %v", left)
	}
}

// Sessions are read in their order, also when the clock was set back between
// them: by names made under such a clock, and by those that Fit makes.
func TestClockSetBack(t *testing.T) {
	data := things(t, 20)
	o := options(20)
	o.Val, o.Dir = data, filepath.Join(t.TempDir(), "a")
	session := func(stop int) {
		o.OnStep = func(p Point) bool { return p.Step < stop }
		fit(t, small(t), data, o)
	}
	session(8)
	ahead := filepath.Join(o.Dir, "events.out.tfevents.4102444800.00000.fourm.v2") // 2100
	if err := os.Rename(sessions(t, o.Dir)[0], ahead); err != nil {
		t.Fatal(err)
	}
	session(13)
	session(99)
	files := sessions(t, o.Dir)
	for i, f := range files {
		if want := fmt.Sprintf("4102444800.%05d", i); !strings.Contains(f, want) {
			t.Errorf("session %d is %s, expected %s in its name", i+1, f, want)
		}
	}
	want, err := Open(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string) {
		t.Helper()
		got, err := readEvents(sessions(t, o.Dir), disk.Open)
		if err != nil {
			t.Fatal(err)
		}
		near(t, what, got.Points, want.Points, 1e-6)
		for i := 1; i < len(got.Points); i++ {
			if got.Points[i].Seconds < got.Points[i-1].Seconds {
				t.Errorf("%s: step %d comes before the one before it", what, i+1)
			}
		}
	}
	check("as Fit names them")
	// Names as a clock that went back gives them: the second session's is
	// before the first one's.
	if err := os.Rename(files[1], filepath.Join(o.Dir, "events.out.tfevents.0000000100.000.fourm.v2")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(files[2], filepath.Join(o.Dir, "events.out.tfevents.0000000200.000.fourm.v2")); err != nil {
		t.Fatal(err)
	}
	check("as the clock names them")
}
