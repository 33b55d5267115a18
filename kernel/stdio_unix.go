//go:build unix

package kernel

import (
	"os"

	"golang.org/x/sys/unix"
)

// twin opens a file a second time, so that closing one leaves the other.
func twin(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
