//go:build unix

package kernel

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// detach gives a command a group of its own, so that it can be stopped with all
// it has started, and nothing else is.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// stopGroup does to a detached command, and to what it has started, what Ctrl-C
// does in a terminal: a shell's commands in the background do not heed it.
func stopGroup(c *exec.Cmd) { syscall.Kill(-c.Process.Pid, syscall.SIGINT) }

// killGroup ends a detached command and what it has started.
func killGroup(c *exec.Cmd) { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }

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
