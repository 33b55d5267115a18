//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// alone gives a command a process group of its own.
func alone(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// signalGroup signals the command and what it has started; all may be gone.
func signalGroup(c *exec.Cmd, s os.Signal) { _ = syscall.Kill(-c.Process.Pid, s.(syscall.Signal)) }
