//go:build !unix

package kernel

import "os/exec"

func detach(*exec.Cmd) {}

func killGroup(c *exec.Cmd) error { return c.Process.Kill() }
