//go:build unix

package kernel

import (
	"os/exec"
	"syscall"
)

// detach keeps a terminal's Ctrl-C from the child: the parent passes on what
// the person means by it.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a detached child and all it has started.
func killGroup(c *exec.Cmd) error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
