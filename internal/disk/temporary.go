package disk

// Temporary files: named after the file they become, locked while their writer
// lives, and cleared away by whoever comes next.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// suffix ends the name of every temporary file.
const suffix = ".fourm-tmp"

// temporary makes the file that is to become path, with the mode and the owner
// of what was there. One that a dead process left is removed first; beside one
// that another process is writing it takes another name.
func temporary(path string, was os.FileInfo) (*File, error) {
	dir, base := filepath.Split(path)
	// a long name leaves room for what is added
	stem := filepath.Join(dir, "."+base[:min(len(base), 64)])
	mode := os.FileMode(0o666)
	if was != nil {
		mode = 0o600
	}
	for n := 0; n < 1000; n++ {
		name := stem + number(n) + suffix
		f, err := create(name, mode)
		if errors.Is(err, fs.ErrExist) {
			if err := removeAbandoned(name); err != nil {
				return nil, err
			}
			f, err = create(name, mode)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		if !f.hold() {
			f.Close() // another process took it for abandoned before it was locked
			continue
		}
		if was != nil {
			err = f.likened(was)
		}
		if err != nil {
			f.Close()
			remove(name)
			return nil, err
		}
		return f, nil
	}
	return nil, errors.New("a thousand others are writing it")
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(".%d", n)
}

// removeAbandoned removes a temporary file that no living process holds.
func removeAbandoned(name string) error {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.OpenFile(name, os.O_RDONLY|NoWait, 0)
	if err != nil {
		return nil // it is gone, or not this user's
	}
	defer f.Close() // it is locked until it is removed
	switch lockFile(f) {
	case nil:
	case errUnlockable:
		// Where nothing can be locked, it is a file older than any writing.
		if !old(info) {
			return nil
		}
	default:
		return nil
	}
	if !sameFile(f, name) {
		return nil // it got its final name meanwhile, and this is another
	}
	if err := remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Clear removes the temporary files of dead processes from a folder.
func Clear(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), suffix) {
			if err := removeAbandoned(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
