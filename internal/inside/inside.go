// Package inside reads a folder that somebody else made: what lies in it and
// nothing else, plain files only, and never waiting for one.
//
//	d, err := inside.Open("runs/theirs")
//	defer d.Close()
//	b, err := d.Read("run.json", 1<<20)
//
// A folder from an archive, a shared disk or a bucket may hold links to files
// of whoever reads it, FIFOs that nobody writes to, devices, and files without
// end. Links are followed as long as they stay in the folder, absolute ones
// too; what leads out of it, or is no plain file, is a [*Refused] that says
// why. The folder itself may be reached through links: whoever names it has
// chosen it. Hard links cannot be told from files.
//
// What holds against a folder that changes while it is read is [os.Root]: no
// file is opened but below it.
package inside

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"fourmlab/internal/disk"
)

// Folder is an open folder.
type Folder struct {
	root *os.Root
	path string   // as it was given
	full []string // its absolute paths: as given, and without links
}

// Refused is the error of a name that stands for something which is not read.
type Refused struct{ Path, Why string }

func (e *Refused) Error() string { return e.Path + " " + e.Why }

// Open opens a folder, which may be a link to one.
func Open(dir string) (*Folder, error) {
	info, err := os.Stat(dir) // to open a FIFO would be to wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &Refused{dir, "is no folder"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Folder{root: root, path: dir}
	for _, find := range []func(string) (string, error){filepath.Abs, filepath.EvalSymlinks} {
		if p, err := find(dir); err == nil {
			if p, err = filepath.Abs(p); err == nil {
				d.full = append(d.full, p)
			}
		}
	}
	if len(d.full) == 0 {
		root.Close()
		return nil, fmt.Errorf("%s: it is not known where this folder lies", dir)
	}
	return d, nil
}

// Close closes the folder.
func (d *Folder) Close() error { return d.root.Close() }

// Open opens a plain file. Names have forward slashes, from the folder.
func (d *Folder) Open(name string) (*os.File, error) {
	at, info, err := d.find(name)
	if err != nil {
		return nil, err
	}
	if err := d.plain(name, info); err != nil {
		return nil, err
	}
	f, err := d.root.OpenFile(at, os.O_RDONLY|disk.NoWait, 0)
	if err != nil {
		return nil, d.named(name, err)
	}
	info, err = f.Stat() // it may be another by now
	if err == nil {
		err = d.plain(name, info)
	}
	if err != nil {
		f.Close()
		return nil, d.named(name, err)
	}
	return f, nil
}

// Read gives the bytes of a plain file. One that is longer than limit is
// refused.
func (d *Folder) Read(name string, limit int64) ([]byte, error) {
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := d.Fits(f, name, limit); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1)) // a file may grow
	if err == nil && int64(len(b)) > limit {
		return nil, &Refused{d.at(name), fmt.Sprintf("has more than %d bytes", limit)}
	}
	return b, d.named(name, err)
}

// Fits refuses a file that is longer than limit.
func (d *Folder) Fits(f *os.File, name string, limit int64) error {
	info, err := f.Stat()
	if err == nil && info.Size() > limit {
		err = &Refused{d.at(name), fmt.Sprintf("has %d bytes, expected at most %d", info.Size(), limit)}
	}
	return d.named(name, err)
}

// Stat tells what a name stands for, links followed.
func (d *Folder) Stat(name string) (fs.FileInfo, error) {
	_, info, err := d.find(name)
	return info, err
}

// List gives what lies in a folder of the folder, "." for itself, by name. No
// link is followed for it.
func (d *Folder) List(name string) ([]fs.DirEntry, error) {
	at, info, err := d.find(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &Refused{d.at(name), "is no folder"}
	}
	f, err := d.root.OpenFile(at, os.O_RDONLY|disk.NoWait, 0)
	if err != nil {
		return nil, d.named(name, err)
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, d.named(name, err)
}

// mostLinks is how many links lead to one file.
const mostLinks = 40

// find gives a name under which os.Root opens what the given one stands for.
func (d *Folder) find(name string) (at string, info fs.FileInfo, err error) {
	if info, err = d.root.Stat(name); err == nil {
		return name, info, nil
	}
	return d.follow(name) // it is not there, or a link is in the way
}

// follow follows the links of a name, absolute ones and those that come back,
// too. What comes out has none, and nothing outside is as much as looked at.
func (d *Folder) follow(name string) (at string, info fs.FileInfo, err error) {
	out := &Refused{d.at(name), "is a link that leads out of the folder"}
	at = "."
	links := 0
	for left := strings.Split(name, "/"); len(left) > 0; {
		part := left[0]
		left = left[1:]
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && at != ".":
			at = path.Dir(at)
			continue
		case part == "..":
			back, ok := d.below(filepath.Join(append([]string{d.full[len(d.full)-1], ".."}, left...)...))
			if !ok {
				return "", nil, out
			}
			left = back
			continue
		}
		next := path.Join(at, part)
		info, err := d.root.Lstat(next)
		if errors.Is(err, fs.ErrNotExist) && links > 0 {
			return "", nil, &Refused{d.at(name), "is a link to nothing"}
		}
		if err != nil {
			return "", nil, d.named(name, err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		if links++; links > mostLinks {
			return "", nil, &Refused{d.at(name), "is a link that leads back to itself"}
		}
		to, err := d.root.Readlink(next)
		if err != nil {
			return "", nil, d.named(name, err)
		}
		if filepath.IsAbs(to) {
			back, ok := d.below(to)
			if !ok {
				return "", nil, out
			}
			at, left = ".", append(back, left...)
			continue
		}
		left = append(strings.Split(filepath.ToSlash(to), "/"), left...)
	}
	info, err = d.root.Lstat(at)
	return at, info, d.named(name, err)
}

// below gives the parts of an absolute path from the folder, if it lies there.
func (d *Folder) below(p string) ([]string, bool) {
	for _, full := range d.full {
		if rel, err := filepath.Rel(full, p); err == nil && filepath.IsLocal(rel) {
			return strings.Split(filepath.ToSlash(rel), "/"), true
		}
	}
	return nil, false
}

func (d *Folder) at(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

// named puts the whole path into an error.
func (d *Folder) named(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: p.Op, Path: d.at(name), Err: p.Err}
	}
	return err
}

// plain refuses what is no plain file.
func (d *Folder) plain(name string, info fs.FileInfo) error {
	if err := disk.Plain(info); err != nil {
		return &Refused{d.at(name), err.Error()}
	}
	return nil
}
