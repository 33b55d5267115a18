package disk

// One file, written whole or not at all.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write calls write with a writer whose bytes take the place of path when all
// went well: under a temporary name in the same folder, flushed, renamed. What
// was there before stays until then, and stays for good when the disk is full
// or write fails.
//
// A new file gets the mode that the umask leaves of 0666. A file that was there
// keeps its mode, and its owner where this user may give files away; one that
// this user may not write is not replaced. A link stays a link: what it leads
// to is replaced. What is no plain file (/dev/stdout, a FIFO) is written to as
// it is. Errors name path and wrap their cause, the one that write returned
// among them.
func Write(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return named(path, err)
	}
	return nil
}

// WriteBytes gives path the content data, as Write does.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// named puts the path before an error; one that names it, or its temporary
// file, already is told without.
func named(path string, err error) error {
	if e, ok := err.(*fs.PathError); ok {
		err = fmt.Errorf("%s: %w", e.Op, e.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

func replace(path string, write func(io.Writer) error) error {
	// What is no file is told before links are followed by their text: that
	// of /dev/stdout ends in words (pipe:[1234]).
	if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	path, err := target(path)
	if err != nil {
		return err
	}
	was, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		was = nil
	case err != nil:
		return err
	case was.IsDir():
		return errors.New("is a folder, expected a file")
	default:
		// opening it asks whether this user may write it
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		f.Close()
	}
	f, err := temporary(path, was)
	if err != nil {
		return err
	}
	placed := false
	defer func() { // after a panic of write, too
		if !placed {
			f.Close()
			remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Flush(); err != nil {
		return err
	}
	if err := f.rename(path); err != nil {
		return err
	}
	placed = true
	return syncFolder(filepath.Dir(path))
}

// target follows the links of a path to the file that is to be replaced, which
// need not be there yet.
func target(path string) (string, error) {
	for range 40 { // as many as Linux follows
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link, or nothing
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many links")
}
