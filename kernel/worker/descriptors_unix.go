//go:build unix

package worker

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// duplicate opens a file a second time, so that closing one leaves the other.
func duplicate(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// closeOnExec lets nothing but standard input, output and error through to what
// this process starts: a pipe that somebody else holds does not end.
func closeOnExec() {
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		for fd := 3; fd < 16; fd++ {
			syscall.CloseOnExec(fd)
		}
		return
	}
	for _, d := range open {
		if fd, err := strconv.Atoi(d.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
