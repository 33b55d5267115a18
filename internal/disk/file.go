package disk

// The operations on files and folders that everything else is made of. Each is
// told to whoever records.

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// File is a file that is being written.
type File struct {
	f   *os.File
	off int64
	err error // the first one of writing: what follows it would leave a hole
}

// create makes a file that is not there yet.
func create(path string, mode os.FileMode) (*File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, mode)
	if err != nil {
		return nil, err
	}
	told(Op{Kind: Create, Path: path})
	return &File{f: f}, nil
}

// Name gives the path that the file was opened with.
func (f *File) Name() string { return f.f.Name() }

func (f *File) Write(b []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.f.Write(b)
	if n > 0 {
		told(Op{Kind: Wrote, Path: f.f.Name(), Off: f.off, Data: b[:n]})
	}
	f.off += int64(n)
	f.err = err
	return n, err
}

// Flush makes what was written last.
func (f *File) Flush() error {
	if f.err != nil {
		return f.err
	}
	if err := f.f.Sync(); err != nil {
		f.err = err // a second try may say that all is well when it is not
		return err
	}
	told(Op{Kind: Flushed, Path: f.f.Name()})
	return nil
}

// Close closes the file; it flushes nothing.
func (f *File) Close() error { return f.f.Close() }

// rename closes the file and gives it the name under which it is known.
func (f *File) rename(to string) error {
	from := f.f.Name()
	if runtime.GOOS == "windows" { // an open file keeps its name there
		f.f.Close()
		if err := os.Rename(from, to); err != nil {
			return err
		}
	} else {
		// the lock goes with the descriptor, so the name is taken before it
		if err := os.Rename(from, to); err != nil {
			return err
		}
		f.f.Close()
	}
	told(Op{Kind: Renamed, Path: from, To: to})
	return nil
}

// hold locks the file for as long as it is open, and tells whether its name
// still is its own.
func (f *File) hold() bool {
	if err := lockFile(f.f); err != nil && err != errUnlockable {
		return false
	}
	return sameFile(f.f, f.f.Name())
}

// sameFile tells whether a name stands for an open file.
func sameFile(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Lstat(name)
	return err == nil && os.SameFile(a, b)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	told(Op{Kind: Removed, Path: path})
	return nil
}

// removeAll removes a folder with what is in it.
func removeAll(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	told(Op{Kind: Removed, Path: dir})
	return nil
}

// MkdirAll makes a folder and those above it, and makes their names last.
func MkdirAll(dir string) error {
	var missing []string
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for i := len(missing) - 1; i >= 0; i-- {
		told(Op{Kind: MadeFolder, Path: missing[i]})
		if err := syncFolder(filepath.Dir(missing[i])); err != nil {
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder last. Systems and file systems that
// cannot flush a folder are left to their own ways.
func syncFolder(dir string) error {
	if runtime.GOOS != "windows" {
		d, err := os.Open(dir)
		if err != nil {
			return err
		}
		defer d.Close()
		if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	told(Op{Kind: FlushedFolder, Path: dir})
	return nil
}

// old tells whether a file was written so long ago that nobody is at it.
func old(info os.FileInfo) bool { return time.Since(info.ModTime()) > 24*time.Hour }
