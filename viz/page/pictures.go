package page

// The pictures of a run's folder: files that lie in it and decode as one.

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"fourmlab/internal/inside"
	"fourmlab/internal/plain"
)

const (
	most      = 24       // pictures of a folder that are shown
	mostNotes = 8        // of those that are not
	mostBytes = 64 << 20 // of a file
	mostKnown = 4096     // files that an album remembers
)

// suffixes are those of files that are looked at. What one is its bytes say.
var suffixes = []string{".png", ".apng", ".jpg", ".jpeg", ".gif", ".webp"}

// Picture is a file that is a picture.
type Picture struct {
	Name  string // from the folder, with forward slashes
	Kind  string // its MIME type, by its bytes
	State string // tells one content from another
}

// Album lists the pictures of folders, and remembers what it has read for as
// long as it stays the same. The zero value is empty.
type Album struct {
	mu    sync.Mutex
	known map[string]seen
}

// seen is what a file was when it was read.
type seen struct {
	state, kind string
	err         error
}

// Pictures lists the pictures of a run's folder and of the folders in it, by
// name, 24 at most. What is called as a picture and is none, or lies elsewhere,
// is left out and noted. A run in no folder has none.
func (a *Album) Pictures(dir string) (list []Picture, notes []string) {
	if dir == "" {
		return nil, nil
	}
	d, err := inside.Open(dir)
	if err != nil {
		return nil, nil // there is no folder yet
	}
	defer d.Close()
	left := 0
	leave := func(err error) {
		if left++; left <= mostNotes {
			var p *fs.PathError
			if errors.As(err, &p) { // without the name of the system's call
				err = fmt.Errorf("%s: %w", p.Path, p.Err)
			}
			notes = append(notes, plain.Shown(err.Error())+", left out")
		}
	}
	walk := func(in string, deeper func(name string)) {
		files, err := d.List(in)
		if err != nil {
			leave(err)
			return
		}
		for _, f := range files {
			name := path.Join(in, f.Name())
			switch {
			case strings.HasPrefix(f.Name(), "."):
			case f.IsDir():
				deeper(name)
			case slices.Contains(suffixes, strings.ToLower(path.Ext(name))):
				if len(list) == most || left > 8*mostNotes { // enough is enough
					return
				}
				p, err := a.picture(d, dir, name)
				if err != nil {
					leave(err)
					continue
				}
				list = append(list, p)
			}
		}
	}
	walk(".", func(name string) { walk(name, func(string) {}) })
	slices.SortFunc(list, func(a, b Picture) int { return strings.Compare(a.Name, b.Name) })
	if left > mostNotes {
		notes = append(notes, fmt.Sprintf("and %d more files that are called as pictures, left out", left-mostNotes))
	}
	return list, notes
}

// picture tells what a file is.
func (a *Album) picture(d *inside.Folder, dir, name string) (Picture, error) {
	info, err := d.Stat(name)
	if err != nil {
		return Picture{}, err
	}
	state := fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano(), " ", info.Mode())
	key := dir + "\x00" + name
	a.mu.Lock()
	was, ok := a.known[key]
	a.mu.Unlock()
	if !ok || was.state != state {
		was = seen{state: state}
		_, was.kind, was.err = read(d, dir, name)
		a.mu.Lock()
		if a.known == nil || len(a.known) >= mostKnown {
			a.known = map[string]seen{}
		}
		a.known[key] = was
		a.mu.Unlock()
	}
	return Picture{name, was.kind, state}, was.err
}

// read gives the bytes of a file that is a picture, and of which kind.
func read(d *inside.Folder, dir, name string) (b []byte, kind string, err error) {
	if b, err = d.Read(name, mostBytes); err != nil {
		return nil, "", err
	}
	if kind, err = kindOf(b); err != nil {
		return nil, "", &inside.Refused{Path: path.Join(dir, name), Why: err.Error()}
	}
	return b, kind, nil
}

// ReadPicture gives the bytes of a picture of a run's folder and its MIME type.
// Names are those that Pictures lists.
func ReadPicture(dir, name string) (b []byte, kind string, err error) {
	d, err := inside.Open(dir)
	if err != nil {
		return nil, "", err
	}
	defer d.Close()
	return read(d, dir, name)
}
