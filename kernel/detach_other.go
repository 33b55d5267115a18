//go:build !unix

package kernel

import "os/exec"

// Here a worker ends alone: what its cells have started is not known.

func lead(*exec.Cmd) {}

func detach(*exec.Cmd) {}

func stopGroup(c *exec.Cmd) { c.Process.Kill() }

func killGroup(c *exec.Cmd) { c.Process.Kill() }

func askToEnd(int) {}

func killNow(int) {}

func ownSession() int { return -1 }

func table() []proc { return nil }

func adopt() {}

func keepDescriptors() {}
