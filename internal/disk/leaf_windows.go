package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// NoWait: see leaf_unix.go.
const NoWait = 0

// lockFile locks a byte far behind what the file holds, so that others can
// read who its owner is.
func lockFile(f *os.File) error {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return errLocked
	case errors.Is(err, windows.ERROR_NOT_SUPPORTED), errors.Is(err, windows.ERROR_INVALID_FUNCTION):
		return errUnlockable
	}
	return err
}

func (f *File) likened(was os.FileInfo) error { return nil }

func sameDevice(a, b string) bool { return true }

func renameFolder(from, to string) error {
	os.Remove(to) // an empty folder, or nothing
	return os.Rename(from, to)
}
