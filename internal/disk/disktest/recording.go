// Package disktest makes what a power cut may leave behind: from a recording of
// the operations that package disk carried out, every folder that a file system
// could show after the cut, or as many of them as are asked for.
//
//	r := disktest.Record(dir)
//	work(dir)
//	r.Stop()
//	r.Cuts(disktest.Plan{Seed: 1, Chance: 3}, func(c disktest.Cut) {
//		c.Put(other)
//		workAgain(other)
//	})
//
// # What is assumed of a file system
//
// Only what POSIX promises, which is less than any file system in use gives:
// what was written to a file lasts once the file was flushed, and a name in a
// folder (made, renamed or removed) once the folder was flushed. Whatever was
// not flushed may have happened or not, each operation by itself and in any
// order: the second write without the first, whose place then holds zeros; a
// name without the bytes; a rename without what was removed before it. A write
// may be torn. A rename is in one piece: the old name and the new one change
// together (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014,
// has what real ones do).
package disktest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"fourmlab/internal/disk"
)

// Recording is what happened in a folder, and what was there before.
type Recording struct {
	root string
	stop func()
	mu   sync.Mutex
	ops  []disk.Op
	was  map[string][]byte // files by path below root; a folder is nil, under its name and "/"
}

// Record begins a recording of a folder, in which nothing else may be at work.
// What is in it counts as flushed.
func Record(root string) (*Recording, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	r := &Recording{root: root, was: map[string][]byte{}}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		rel := r.rel(p)
		switch {
		case err != nil || rel == "":
			return err
		case d.IsDir():
			r.was[rel+"/"] = nil
			return nil
		}
		r.was[rel], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.stop = disk.Record(func(o disk.Op) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case o.Kind == disk.Noted:
		case o.Path != root && !strings.HasPrefix(o.Path, root+string(filepath.Separator)):
			return
		}
		r.ops = append(r.ops, o)
	})
	return r, nil
}

// Stop ends the recording.
func (r *Recording) Stop() { r.stop() }

// Len gives the number of operations.
func (r *Recording) Len() int { return len(r.ops) }

// rel gives a path below the root with forward slashes; "" is the root.
func (r *Recording) rel(path string) string {
	rel, err := filepath.Rel(r.root, path)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}
