//go:build unix

package link

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// readNow reads what stands in a pipe, and does not wait for more.
func readNow(f *os.File, b []byte) (n int, err error) {
	c, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	refused := c.Read(func(fd uintptr) bool {
		for {
			if n, err = unix.Read(int(fd), b); err != unix.EINTR {
				return true
			}
		}
	})
	switch {
	case refused != nil:
		return 0, refused
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
