//go:build !unix

package started

import "os/exec"

func table() []Process { return nil }

// marked tells nothing here.
func marked(int, string) bool { return false }

// adopts tells that orphans are taken in.
const adopts = false

func adopt() {}

func lead(*exec.Cmd) {}

func askToEnd(int) {}

func interrupt(int) {}

func kill(int) {}

func sessionOf(int) int { return -1 }
