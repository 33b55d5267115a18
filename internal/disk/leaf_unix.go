//go:build unix && !solaris && !aix

package disk

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// NoWait is the flag of os.OpenFile that opens a FIFO without waiting for who is
// at its other end; 0 where there is none.
const NoWait = unix.O_NONBLOCK

// lockFile locks an open file for this process, until it is closed. The system
// unlocks what a dead process held.
func lockFile(f *os.File) error {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return errLocked
		case errors.Is(err, unix.ENOLCK), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL):
			return errUnlockable
		default:
			return err
		}
	}
}

// likened gives the file the mode of another, and its owner where this user may.
func (f *File) likened(was os.FileInfo) error {
	if a, ok := was.Sys().(*syscall.Stat_t); ok {
		if info, err := f.f.Stat(); err == nil {
			if b, ok := info.Sys().(*syscall.Stat_t); ok && (a.Uid != b.Uid || a.Gid != b.Gid) {
				_ = f.f.Chown(int(a.Uid), int(a.Gid)) // only root gives files away
			}
		}
	}
	return f.f.Chmod(was.Mode() & (os.ModePerm | os.ModeSetuid | os.ModeSetgid | os.ModeSticky))
}

// sameDevice tells whether two paths lie on one disk.
func sameDevice(a, b string) bool {
	var x, y unix.Stat_t
	if unix.Stat(a, &x) != nil || unix.Stat(b, &y) != nil {
		return true
	}
	return x.Dev == y.Dev
}

// renameFolder puts a folder in the place of an empty one, or of nothing.
func renameFolder(from, to string) error {
	if err := unix.Rename(from, to); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
