//go:build unix

package kernel

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// lead gives a worker a session of its own. A terminal's Ctrl-C does not reach
// it, for the parent passes on what the person means by it; and what cells
// start is known by the session.
func lead(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// detach gives a command a group of its own, so that it can be stopped with all
// it has started, and nothing else is.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// stopGroup does to a detached command, and to what it has started, what Ctrl-C
// does in a terminal: a shell's commands in the background do not heed it.
func stopGroup(c *exec.Cmd) { syscall.Kill(-c.Process.Pid, syscall.SIGINT) }

// killGroup ends a detached command and what it has started.
func killGroup(c *exec.Cmd) { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }

// askToEnd asks a process to end; one that stands still is set going, or it
// would not hear of it.
func askToEnd(pid int) {
	syscall.Kill(pid, syscall.SIGTERM)
	syscall.Kill(pid, syscall.SIGCONT)
}

func killNow(pid int) { syscall.Kill(pid, syscall.SIGKILL) }

// sessionOf is the session of a process, -1 where it is not known.
func sessionOf(pid int) int {
	id, err := unix.Getsid(pid)
	if err != nil {
		return -1
	}
	return id
}

func ownSession() int { return sessionOf(0) }

// keepDescriptors lets nothing but standard input, output and error through to
// what this process starts: a pipe that somebody else holds does not end.
func keepDescriptors() {
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
