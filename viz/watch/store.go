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
	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/human"
	"fourmlab/internal/inside"
	"fourmlab/viz"
	"fourmlab/viz/page"
)

// entry is one run.
type entry struct {
	name    string // its path below the watched folder; "" where it is that
	run     *fourm.Run
	err     error
	stamp   string        // of its files when they were read; "" where they were not yet
	changed time.Time     // when the newest of them was written
	next    time.Time     // not to be read before
	reading chan struct{} // closed when it has been read; nil: nobody reads it
}

// store keeps the runs of a folder. The zero store is empty.
type store struct {
	mu    sync.Mutex
	by    map[string]*entry
	drawn map[string]drawing // by the name of a run; "" is of all

	dirs, notes []string // as they were found last
	again       time.Time
}

// drawing is a figure of curves, and what its runs were when it was drawn.
type drawing struct {
	stamp string
	png   []byte
}

// patience is how long a page waits for runs that are being read; one that
// takes longer is shown as it was, or as being read.
const patience = 2 * time.Second

// readers is how many runs are read at once.
var readers = make(chan struct{}, 4)

// rescan gives the runs of a path as they are now, by name, and what Find notes.
func (s *store) rescan(path string) (all []*entry, notes []string, err error) {
	dirs, notes, err := s.find(path)
	if err != nil {
		return nil, nil, err
	}
	stamps := make([]stamp, len(dirs))
	for i, d := range dirs {
		stamps[i] = stampOf(d)
	}
	var waits []chan struct{}
	by := map[string]*entry{}
	s.mu.Lock()
	for i, d := range dirs {
		e := s.by[d]
		if e == nil {
			e = &entry{run: &fourm.Run{Name: filepath.Base(d), Dir: d}}
			if rel, err := filepath.Rel(path, d); err == nil && rel != "." {
				e.name = filepath.ToSlash(rel)
			} else if len(dirs) > 1 {
				e.name = "." // a run that has others in its folder
			}
		}
		by[d] = e
		s.refresh(e, d, stamps[i])
		if e.reading != nil {
			waits = append(waits, e.reading)
		}
	}
	s.by = by
	s.mu.Unlock()
	enough := time.After(patience)
	for _, w := range waits {
		select {
		case <-w:
			continue
		case <-enough:
		}
		break
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range dirs {
		e := *by[d]
		all = append(all, &e)
	}
	return all, notes, nil
}

// refresh begins to read the run of a folder where its files are not those of
// before.
func (s *store) refresh(e *entry, dir string, now stamp) {
	if e.reading != nil || now.files == e.stamp || time.Now().Before(e.next) {
		return
	}
	done := make(chan struct{})
	e.reading = done
	go func() {
		readers <- struct{}{}
		began := time.Now()
		run, err := fourm.OpenRun(dir)
		<-readers
		s.mu.Lock()
		defer s.mu.Unlock()
		e.next = time.Now().Add(4 * time.Since(began))
		e.stamp, e.changed, e.err = now.files, now.newest, err
		if err == nil {
			e.run = run
		}
		e.reading = nil
		close(done)
	}()
}

// find lists the folders of runs, and not more often than looking for them
// takes.
func (s *store) find(path string) (dirs, notes []string, err error) {
	s.mu.Lock()
	if time.Now().Before(s.again) {
		defer s.mu.Unlock()
		return s.dirs, s.notes, nil
	}
	s.mu.Unlock()
	began := time.Now()
	if dirs, notes, err = train.Find(path); err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirs, s.notes, s.again = dirs, notes, time.Now().Add(4*time.Since(began))
	return dirs, notes, nil
}

// stamp tells states of a run's files apart.
type stamp struct {
	files  string
	newest time.Time
}

// stampOf looks at the files that are read, in a folder or as one.
func stampOf(dir string) (out stamp) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return stamp{fmt.Sprintln(info.Size(), info.ModTime().UnixNano()), info.ModTime()}
	}
	d, err := inside.Open(dir)
	if err != nil {
		return stamp{files: err.Error()}
	}
	defer d.Close()
	list, err := d.List(".")
	if err != nil {
		return stamp{files: err.Error()}
	}
	for _, f := range list {
		name := f.Name()
		if name != "history.jsonl" && name != "run.json" && !tfevents.IsName(name) {
			continue
		}
		info, err := d.Stat(name)
		if err != nil {
			out.files += fmt.Sprintln(name, err)
			continue
		}
		out.files += fmt.Sprintln(name, info.Size(), info.ModTime().UnixNano(), info.Mode())
		if info.ModTime().After(out.newest) {
			out.newest = info.ModTime()
		}
	}
	out.files += "."
	return out
}

// one gives the run of a name, as it was last looked at; the only run has
// none.
func (s *store) one(path, name string) *entry {
	all, _, err := s.rescan(path)
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
	all, _, err := s.rescan(path)
	if err != nil {
		return nil
	}
	var runs []*fourm.Run
	stamp := ""
	if name == "" && len(all) > 1 {
		runs, stamp = shared(all)
	}
	for _, e := range all {
		if len(runs) == 0 && (e.name == name || len(all) == 1) {
			runs, stamp, name = []*fourm.Run{e.run}, e.stamp, e.name
		}
	}
	if len(runs) == 0 {
		return nil
	}
	s.mu.Lock()
	was := s.drawn[name]
	s.mu.Unlock()
	if was.png != nil && was.stamp == stamp {
		return was.png
	}
	b := viz.Curves(runs...).PNG()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn == nil || len(s.drawn) > 4*several+len(all) {
		s.drawn = map[string]drawing{}
	}
	s.drawn[name] = drawing{stamp, b}
	return b
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
	case e.stamp == "":
		return "being read", "on"
	case page.Done(e.run):
		return "finished", ""
	case silent > patience:
		return "no news for " + human.Span(silent.Truncate(time.Minute).Seconds()), ""
	case len(e.run.Points) == 0:
		return "beginning", "on"
	}
	return "training", "on"
}
