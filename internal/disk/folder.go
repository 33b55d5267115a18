package disk

// A folder of files that appears whole or not at all.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Folder is a folder in the making. It lies beside its place, under the name
// of its place and ".part", until Place.
type Folder struct {
	out, part string
	owner     *Owner
	mode      os.FileMode // of the empty folder whose place it takes; 0: there is none
	folders   []string
}

// NewFolder begins a folder that is to be out, which must not be there or be
// empty; a link to an empty folder is followed. What a dead process left of one
// is removed; a living one is a *Busy error.
func NewFolder(out string) (*Folder, error) {
	real, err := target(filepath.Clean(out))
	if err != nil {
		return nil, named(out, err)
	}
	f := &Folder{out: real, part: real + ".part"}
	if err := Vacant(real); err != nil {
		return nil, err
	}
	if info, err := os.Stat(real); err == nil {
		f.mode = info.Mode().Perm()
	}
	above := filepath.Dir(real)
	if err := MkdirAll(above); err != nil {
		return nil, err
	}
	if f.mode != 0 && !sameDevice(real, above) {
		return nil, fmt.Errorf("%s: another disk is mounted there, so that nothing can take its place whole: name a folder in it", out)
	}
	if f.owner, err = own(filepath.Join(above, "."+filepath.Base(real)+".owner"), out); err != nil {
		return nil, err
	}
	if err := f.begin(); err != nil {
		f.owner.Release()
		return nil, err
	}
	return f, nil
}

// Vacant gives an error where a folder is not empty; nothing at all is vacant.
func Vacant(dir string) error {
	list, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(list) > 0:
		return fmt.Errorf("%s is not empty; nothing is written over", dir)
	}
	return nil
}

// begin makes the folder, in place of one that a dead owner left. That there was
// one its name tells, which lasts before the folder is made and goes after it.
func (f *Folder) begin() error {
	if _, err := os.Lstat(f.part); err == nil {
		if !f.owner.left {
			return fmt.Errorf("%s is in the way, and nothing that was left half-made: move it, or choose another name than %s", f.part, f.out)
		}
		if err := removeAll(f.part); err != nil {
			return err
		}
	}
	if err := syncFolder(filepath.Dir(f.out)); err != nil {
		return err
	}
	if err := os.Mkdir(f.part, 0o777); err != nil {
		return err
	}
	told(Op{Kind: MadeFolder, Path: f.part})
	return nil
}

// Begin makes a file in the folder, and the folders that it lies in.
func (f *Folder) Begin(rel string) (*File, error) {
	path := filepath.Join(f.part, rel)
	for d := filepath.Dir(path); d != f.part; d = filepath.Dir(d) {
		if slices.Contains(f.folders, d) {
			break
		}
		if err := os.MkdirAll(d, 0o777); err != nil {
			return nil, err
		}
		told(Op{Kind: MadeFolder, Path: d})
		f.folders = append(f.folders, d)
	}
	return create(path, 0o666)
}

// Place gives the folder its name. Its files must have been flushed.
func (f *Folder) Place() error {
	err := Vacant(f.out) // somebody may have come first
	for _, d := range slices.Backward(append([]string{f.part}, f.folders...)) {
		if err == nil {
			err = syncFolder(d)
		}
	}
	if err == nil && f.mode != 0 {
		err = os.Chmod(f.part, f.mode)
	}
	if err == nil {
		err = renameFolder(f.part, f.out)
	}
	if err != nil {
		f.Discard()
		return err
	}
	told(Op{Kind: Renamed, Path: f.part, To: f.out})
	err = syncFolder(filepath.Dir(f.out))
	f.end()
	return err
}

// Discard leaves nothing behind of a folder that was not placed.
func (f *Folder) Discard() {
	if f.owner != nil {
		if removeAll(f.part) == nil && syncFolder(filepath.Dir(f.out)) == nil {
			f.end()
			return
		}
		// The name of the owner stays, so that the next one clears it away.
		f.owner.abandon()
		f.owner = nil
	}
}

func (f *Folder) end() {
	f.owner.Release()
	f.owner = nil
}
