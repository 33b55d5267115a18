package link

import (
	"os"

	"golang.org/x/sys/unix"
)

// widen gives a pipe room for a megabyte, so that who writes much waits less.
func widen(pipe *os.File) {
	if c, err := pipe.SyscallConn(); err == nil {
		c.Control(func(fd uintptr) { unix.FcntlInt(fd, unix.F_SETPIPE_SZ, 1<<20) })
	}
}
