package train

// Runs as TensorBoard knows them: event files that a run leaves beside its
// history, and those of others, read.

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fourmlab/fourm/train/tfevents"
)

// openEvents begins the event file of a session.
func (l *loop) openEvents() error {
	w, err := tfevents.Create(l.o.Dir, l.step)
	if err != nil {
		return err
	}
	l.events = w
	if l.step > 0 {
		return nil // the session before has told it
	}
	var b strings.Builder
	b.WriteString("| setting | value |\n|---|---|\n")
	for _, k := range slices.Sorted(maps.Keys(l.run.Config)) {
		fmt.Fprintf(&b, "| %s | %s |\n", k, strings.ReplaceAll(l.run.Config[k], "|", `\|`))
	}
	return w.Write(tfevents.Event{Wall: now(), Texts: []tfevents.Text{{Tag: "config", Text: b.String()}}})
}

func now() float64 { return float64(time.Now().UnixNano()) / 1e9 }

// tell writes a point into the event file.
func (l *loop) tell(p Point) error {
	if l.events == nil {
		return nil
	}
	return l.events.Write(tfevents.Event{Step: int64(p.Step), Wall: now(), Scalars: p.scalars()})
}

// eventFiles gives the paths of what is called as an event file.
func eventFiles(dir string, list []fs.DirEntry) []string {
	var out []string
	for _, f := range list {
		if !f.IsDir() && tfevents.IsName(f.Name()) {
			out = append(out, filepath.Join(dir, f.Name()))
		}
	}
	return out
}

// reading is one number of an event file.
type reading struct {
	step int
	wall float64
	v    float64
}

// readEvents reads event files as one run. What a later file has of a tag
// takes the place of what earlier ones have from its first step on, and the
// start of a session ends all that goes beyond its step: so a run that was
// restarted from a checkpoint has each step once.
func readEvents(files []string, open func(path string) (*os.File, error)) (*Run, error) {
	run := &Run{}
	all := map[string][]reading{}
	began, last := 0.0, 0.0
	for _, path := range files {
		f, err := open(path)
		if err != nil {
			return nil, err
		}
		events, note, err := tfevents.ReadFrom(f, path)
		f.Close()
		if err != nil {
			return nil, err
		}
		if note != "" {
			run.Notes = append(run.Notes, note)
		}
		seen := map[string]bool{}
		ahead := 0.0 // seconds by which the clock was set back between sessions
		cut := func(tag string, step int) {
			all[tag] = slices.DeleteFunc(all[tag], func(r reading) bool { return r.step >= step })
		}
		for _, e := range events {
			if e.Start && e.Step > 0 {
				ahead = max(0, last-e.Wall)
				for tag := range all {
					cut(tag, int(e.Step))
				}
			}
			wall := e.Wall + ahead
			last = max(last, wall)
			for _, s := range e.Scalars {
				if !seen[s.Tag] {
					seen[s.Tag] = true
					cut(s.Tag, int(e.Step))
				}
				if began == 0 || wall < began {
					began = wall
				}
				all[s.Tag] = append(all[s.Tag], reading{int(e.Step), wall, s.Value})
			}
		}
	}
	points := gathered{}
	for tag, list := range all {
		for _, r := range list {
			p := points.at(r.step)
			p.Seconds = max(p.Seconds, r.wall-began)
			p.set(tag, r.v)
		}
	}
	run.Points = points.points()
	run.Steps = run.Last().Step
	return run, nil
}
