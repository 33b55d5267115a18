package watch

// What is known of the runs: read anew where files have changed, and not more
// often than reading takes.

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fourmlab/fourm"
	"fourmlab/fourm/train"
	"fourmlab/viz"
	"fourmlab/viz/page"
)

// entry is one run.
type entry struct {
	name    string // its path below the watched folder; "" where it is that
	run     *fourm.Run
	err     error
	stamp   string    // of its files when they were read
	changed time.Time // when the newest of them was written
	next    time.Time // not to be read before
	picture []byte    // curves
	drawn   string    // stamp of picture
}

// store keeps the runs of a folder. The zero store is empty.
type store struct {
	mu    sync.Mutex
	by    map[string]*entry
	all   []byte // curves of all runs
	drawn string
}

// look gives the runs of a path as they are now, by name.
func (s *store) look(path string) ([]*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh(path)
}

func (s *store) refresh(path string) ([]*entry, error) {
	dirs, err := train.Find(path)
	if err != nil {
		return nil, err
	}
	by := map[string]*entry{}
	var out []*entry
	for _, d := range dirs {
		e := s.by[d]
		if e == nil {
			e = &entry{}
			if rel, err := filepath.Rel(path, d); err == nil && rel != "." {
				e.name = filepath.ToSlash(rel)
			} else if len(dirs) > 1 {
				e.name = "." // a run that has others in its folder
			}
		}
		e.refresh(d)
		by[d] = e
		out = append(out, e)
	}
	s.by = by
	return out, nil
}

// refresh reads the run of a folder where its files are not those of before.
func (e *entry) refresh(dir string) {
	stamp, changed := stampOf(dir)
	if e.run != nil && stamp == e.stamp || time.Now().Before(e.next) {
		return
	}
	began := time.Now()
	run, err := fourm.OpenRun(dir)
	e.next = time.Now().Add(4 * time.Since(began))
	e.stamp, e.changed, e.err = stamp, changed, err
	if err == nil {
		e.run = run
	}
	if e.run == nil {
		e.run = &fourm.Run{Name: filepath.Base(dir), Dir: dir}
	}
}

// stampOf tells states of a folder's files apart, or those of one file.
func stampOf(dir string) (stamp string, newest time.Time) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Sprintln(info.Size(), info.ModTime().UnixNano()), info.ModTime()
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return err.Error(), newest
	}
	for _, f := range list {
		info, err := f.Info()
		if err != nil || f.IsDir() {
			continue
		}
		stamp += fmt.Sprintln(f.Name(), info.Size(), info.ModTime().UnixNano())
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return stamp, newest
}

// find gives the run of a name, as it was last looked at; the only run has
// none.
func (s *store) find(path, name string) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.refresh(path)
	if err != nil {
		return nil
	}
	for _, e := range all {
		if e.name == name || len(all) == 1 {
			return e
		}
	}
	return nil
}

// several is how many runs share one figure of curves: the newest.
const several = 12

// curves draws a run, or all of them; nil where there is nothing to draw.
func (s *store) curves(path, name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.refresh(path)
	if err != nil {
		return nil
	}
	if name == "" && len(all) > 1 {
		runs, stamp := shared(all)
		if s.all == nil || s.drawn != stamp {
			s.all, s.drawn = viz.Curves(runs...).PNG(), stamp
		}
		return s.all
	}
	for _, e := range all {
		if e.name != name && len(all) > 1 {
			continue
		}
		if e.picture == nil || e.drawn != e.stamp {
			e.picture, e.drawn = viz.Curves(e.run).PNG(), e.stamp
		}
		return e.picture
	}
	return nil
}

// shared are the runs of one figure, and what tells its states apart.
func shared(all []*entry) (runs []*fourm.Run, stamp string) {
	picked := newest(all)
	for _, e := range picked {
		r := *e.run
		r.Name = e.name
		runs = append(runs, &r)
		stamp += e.name + "\n" + e.stamp
	}
	return runs, stamp
}

// newest keeps the runs that were written last, in the order given.
func newest(all []*entry) []*entry {
	var out []*entry
	for _, e := range all {
		later := 0
		for _, o := range all {
			if o.changed.After(e.changed) {
				later++
			}
		}
		if later < several && len(e.run.Points) > 0 && len(out) < several {
			out = append(out, e)
		}
	}
	return out
}

// state says in a word how a run stands, and whether it goes on.
func (e *entry) state(now time.Time) (state, mood string) {
	silent := now.Sub(e.changed)
	patience := time.Minute
	if s := page.Speed(e.run); s > 0 {
		patience = max(patience, time.Duration(20/s*float64(time.Second)))
	}
	switch {
	case e.err != nil:
		return "cannot be read", "off"
	case page.Done(e.run):
		return "finished", ""
	case silent > patience:
		return "no news for " + page.Span(silent.Truncate(time.Minute).Seconds()), ""
	case len(e.run.Points) == 0:
		return "beginning", "on"
	}
	return "training", "on"
}
