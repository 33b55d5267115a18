// Package atomic writes a file whole or not at all: under a temporary name in
// the same folder, flushed to the disk, then renamed. What was there before
// stays until the new file is complete, and stays for good when the disk is
// full or the writer fails.
//
//	err := atomic.Write("run.json", func(w io.Writer) error {
//		return json.NewEncoder(w).Encode(run)
//	})
package atomic

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Write calls write with a writer whose bytes take the place of path when all
// went well. The file gets mode 0644. Errors name path and wrap their cause,
// the one that write returned among them.
func Write(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("%s: %w", path, err)
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

func replace(path string, write func(io.Writer) error) error {
	dir, base := filepath.Split(path)
	// a long name leaves room for what CreateTemp adds
	f, err := os.CreateTemp(filepath.Clean(dir), "."+base[:min(len(base), 64)]+".*")
	if err != nil {
		return err
	}
	placed := false
	defer func() { // after a panic of write, too
		if !placed {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	placed = true
	return syncFolder(filepath.Clean(dir))
}

// syncFolder makes the new name last. Systems and file systems that cannot
// flush a folder are left to their own ways.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
