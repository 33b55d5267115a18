package train

// Which folders hold runs, and what of each is read: plain files that lie in
// it, and nothing that it only points to.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"fourmlab/fourm/train/tfevents"
	"fourmlab/internal/fault"
	"fourmlab/internal/inside"
	"fourmlab/internal/plain"
)

// What a file of a run may have at most. A history of a million steps has some
// 300 MB; event files may hold pictures, which are passed over.
const (
	mostSettings = 16 << 20 // bytes
	mostHistory  = 1 << 30
	mostLine     = 1 << 20 // of a history
	mostTable    = 256 << 20
	mostEvents   = 16 << 30
)

// most is how many points a history has at most. The others keep a folder
// without end from being one to whoever reads it.
var (
	most        = 1 << 22
	mostFolders = 100000 // that are looked into
	deepest     = 32     // folders in one another
	mostFiles   = 4096   // of events, of one run
)

// Find lists the folders below a folder that hold a run, itself included. A
// file stands for itself. The path may be a link, and so may the folders that
// lead to it. Links in it are not followed: one that leads elsewhere, and a
// folder that may not be read, is left out and noted.
func Find(at string) (dirs, notes []string, err error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, nil, missing(at, err)
	}
	if !info.IsDir() {
		return []string{at}, nil, nil
	}
	d, err := inside.Open(at)
	if err != nil {
		return nil, nil, err
	}
	defer d.Close()
	var visit func(rel string, depth int) error
	seen, much := 0, false
	visit = func(rel string, depth int) error {
		if seen++; depth > deepest || seen > mostFolders {
			return errMuch
		}
		list, err := d.List(rel)
		if err != nil {
			return err
		}
		if holdsRun(list) {
			dirs = append(dirs, filepath.Join(at, filepath.FromSlash(rel)))
		}
		for _, f := range list {
			in := path.Join(rel, f.Name())
			switch {
			case strings.HasPrefix(f.Name(), "."):
			case f.IsDir():
				if err := visit(in, depth+1); err == errMuch {
					much = true
				} else if err != nil {
					notes = append(notes, leftOut(err))
				}
			case f.Type()&fs.ModeSymlink != 0:
				var no *inside.Refused
				if _, err := d.Stat(in); errors.As(err, &no) {
					notes = append(notes, leftOut(err))
				}
			}
		}
		return nil
	}
	if err := visit(".", 0); err != nil {
		return nil, nil, err
	}
	if much {
		notes = append(notes, fmt.Sprintf("%s: of the folders in it only %d are looked into, and none deeper than %d", plain.Shown(at), mostFolders, deepest))
	}
	if len(dirs) == 0 {
		err = nothing(at)
		if len(notes) > 0 {
			err = fmt.Errorf("%w (%s)", err, strings.Join(short(notes), "; "))
		}
		return nil, nil, err
	}
	sort.Strings(dirs)
	return dirs, short(notes), nil
}

var errMuch = errors.New("too many folders")

// leftOut is the note of what is passed over.
func leftOut(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) { // without the name of the system's call
		err = fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return plain.Shown(err.Error()) + ", left out"
}

const expected = "a run's folder, a table (.csv) or a TensorBoard event file"

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file or folder, expected %s: %w", path, expected, fs.ErrNotExist)
	}
	return err
}

// ours are the files that a run of ours leaves.
var ours = []string{"history.jsonl", "run.json"}

// holdsRun tells whether a folder has files that are called as a run's are,
// whatever they turn out to be.
func holdsRun(list []fs.DirEntry) bool {
	return slices.ContainsFunc(list, func(f fs.DirEntry) bool {
		return slices.Contains(ours, f.Name()) || !f.IsDir() && tfevents.IsName(f.Name())
	})
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

// nothing says what a folder holds in place of a run.
func nothing(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var have, within []string
	for _, f := range list {
		have = append(have, f.Name())
		if !f.IsDir() {
			continue
		}
		if below, err := os.ReadDir(filepath.Join(dir, f.Name())); err == nil && holdsRun(below) {
			within = append(within, f.Name())
		}
	}
	if len(within) > 0 {
		return fault.Kind(ErrNoRun, fmt.Errorf("%s: no run itself, but a folder of runs (%s): open one of them, or all with fourm.OpenRuns", dir, strings.Join(short(within), ", ")))
	}
	what := "it is empty"
	if len(have) > 0 {
		what = "it has " + strings.Join(short(have), ", ")
	}
	return fault.Kind(ErrNoRun, fmt.Errorf("%s: no run, expected history.jsonl or TensorBoard event files in it; %s", dir, what))
}

// short ends a long list.
func short(list []string) []string {
	if len(list) > 8 {
		return append(slices.Clone(list[:8]), fmt.Sprintf("and %d more", len(list)-8))
	}
	return list
}

// absent tells whether a file is to be passed over: it is not there, or is
// refused, which has been noted.
func absent(err error) bool {
	var no *inside.Refused
	return errors.Is(err, fs.ErrNotExist) || errors.As(err, &no)
}

// openFolder reads the run of a folder: ours, else that of event files. What
// is no plain file of the folder is left out and noted; where nothing is left,
// it is the error.
func openFolder(dir string) (*Run, error) {
	d, err := inside.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var refused []error
	usable := func(name string, limit int64) bool {
		f, err := d.Open(name)
		if err == nil {
			defer f.Close()
			err = d.Fits(f, name, limit)
		}
		var no *inside.Refused
		if errors.As(err, &no) {
			refused = append(refused, err)
		}
		return err == nil || !absent(err) // what may not be read is an error later
	}
	settings, history := usable("run.json", mostSettings), usable("history.jsonl", mostHistory)
	var events []string
	if !settings && !history {
		list, err := d.List(".")
		if err != nil {
			return nil, err
		}
		files := eventFiles(dir, list)
		if n := len(files); n > mostFiles {
			files = files[n-mostFiles:]
			refused = append(refused, fmt.Errorf("%s: the first %d of %d event files", dir, n-mostFiles, n))
		}
		for _, path := range files {
			if usable(filepath.Base(path), mostEvents) {
				events = append(events, path)
			}
		}
		tfevents.Order(events)
	}
	run := &Run{}
	switch {
	case settings || history:
		run, err = openDir(d, dir)
	case len(events) > 0:
		run, err = readEvents(events, func(path string) (*os.File, error) { return d.Open(filepath.Base(path)) })
	case len(refused) > 0:
		err = errors.Join(refused...)
		err = fmt.Errorf("%s: no run: %s", dir, strings.ReplaceAll(err.Error(), "\n", "; "))
	default:
		err = nothing(dir)
	}
	if err != nil {
		return nil, err
	}
	for _, err := range refused {
		run.Notes = append(run.Notes, leftOut(err))
	}
	return run, nil
}
