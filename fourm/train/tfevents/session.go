package tfevents

// The files of one folder: a session of training writes one, and their names
// and first events keep the sessions in order.

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fourmlab/internal/disk"
)

// own is the name of a file that Create makes: when it was begun, and which
// session of its folder it is.
var own = regexp.MustCompile(`^events\.out\.tfevents\.(\d{10,})\.(\d+)\.fourm\.v2$`)

// Create begins a new file in a folder. A session that begins behind step 0
// takes the place of what earlier files have from there on.
//
// TensorBoard reads the files of a folder in the order of their names, which
// begin with a time. The new file's comes after all that are there, also when
// the clock was set back.
func Create(dir string, after int) (*Writer, error) {
	now := time.Now()
	for {
		at, session, err := next(dir, now.Unix())
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("events.out.tfevents.%010d.%05d.fourm.v2", at, session)
		f, err := disk.Begin(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrExist) {
			continue // another session has just begun
		}
		if err != nil {
			return nil, err
		}
		w := &Writer{f: f}
		wall := float64(now.UnixNano()) / 1e9
		err = w.Write(Event{Wall: wall, Version: version})
		if err == nil && after > 0 {
			err = w.Write(Event{Wall: wall, Step: int64(after) + 1, Start: true})
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return w, nil
	}
}

// next gives the time and the session of a new file: a second one of the same
// time has a higher session.
func next(dir string, now int64) (at int64, session int, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return 0, 0, err
	}
	at = now
	for _, f := range list {
		m := own.FindStringSubmatch(f.Name())
		if m == nil {
			continue
		}
		t, err := strconv.ParseInt(m[1], 10, 64)
		s, err2 := strconv.Atoi(m[2])
		if err == nil && err2 == nil {
			at, session = max(at, t), max(session, s+1)
		}
	}
	return at, session, nil
}

// Order sorts the event files of a folder as their sessions followed each
// other: those that begin a run, then those that go on with one, each by name.
// So a session that went on while the clock stood before its beginning is read
// behind it. What cannot be read comes where its name is.
func Order(paths []string) {
	goes := map[string]bool{}
	for _, p := range paths {
		goes[p] = continues(p)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if goes[a] != goes[b] {
			if goes[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
}

// continues tells whether a file begins with the start of a session behind
// step 0.
func continues(path string) bool {
	f, err := disk.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	r := bufio.NewReader(f)
	off := int64(0)
	for range 2 {
		data, size, err := nextRecord(r, off)
		if err != nil {
			return false
		}
		off += size
		if e, err := unmarshal(data, map[string]string{}); err == nil && e.Start && e.Step > 0 {
			return true
		}
	}
	return false
}
