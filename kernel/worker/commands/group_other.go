//go:build !unix

package commands

import "os/exec"

func detach(*exec.Cmd) {}

func stopGroup(c *exec.Cmd) { c.Process.Kill() }

func killGroup(c *exec.Cmd) { c.Process.Kill() }
