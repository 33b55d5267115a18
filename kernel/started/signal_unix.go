//go:build unix

package started

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// lead asks for no signal at this process's death (PR_SET_PDEATHSIG): it comes
// with the end of the thread that started the child, and leaves nobody to end
// what the child has started. A leader hears of it by a pipe.
func lead(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// askToEnd asks a process to end; one that stands still is set going, or it
// would not hear of it.
func askToEnd(pid int) {
	syscall.Kill(pid, syscall.SIGTERM)
	syscall.Kill(pid, syscall.SIGCONT)
}

func interrupt(pid int) { syscall.Kill(pid, syscall.SIGINT) }

func kill(pid int) { syscall.Kill(pid, syscall.SIGKILL) }

// sessionOf is the session of a process (0 for this one), -1 where it is not
// known.
func sessionOf(pid int) int {
	id, err := unix.Getsid(pid)
	if err != nil {
		return -1
	}
	return id
}
