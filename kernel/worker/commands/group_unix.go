//go:build unix

package commands

import (
	"os/exec"
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
