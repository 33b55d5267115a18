//go:build !windows && (!unix || solaris || aix)

package disk

import "os"

// NoWait: see leaf_unix.go.
const NoWait = 0

func lockFile(*os.File) error { return errUnlockable }

func (f *File) likened(was os.FileInfo) error { return f.f.Chmod(was.Mode().Perm()) }

func sameDevice(a, b string) bool { return true }

func renameFolder(from, to string) error {
	os.Remove(to) // an empty folder, or nothing
	return os.Rename(from, to)
}
