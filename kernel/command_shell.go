package kernel

// $: commands of the shell.

import (
	"errors"
	"os/exec"
	"strings"
	"time"

	"fourmlab/kernel/engine"
)

// heeds is how long a command may take to end when the cell is stopped.
const heeds = 3 * time.Second

// shell runs a command; what it prints is the cell's, and stopping the cell
// stops it. What the command leaves in the background (&) is not waited for and
// not stopped; it lives until the kernel ends.
func shell(w *worker, c *asked) report {
	line := strings.TrimSpace(c.args)
	if line == "" {
		return refused(c, "no command given")
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Stdout, cmd.Stderr = w.prints[0], w.prints[1]
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return refused(c, "%v", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			return refused(c, "%s: %v", line, exit)
		case err != nil:
			return refused(c, "%v", err)
		}
		return report{Op: "done"}
	case <-c.ctx.Done():
	}
	select {
	case <-w.stops: // the one that ended the context
	default:
	}
	stopGroup(cmd)
	select {
	case <-done:
	case <-w.stops: // the person does not wait
		killGroup(cmd)
	case <-time.After(heeds):
		killGroup(cmd)
	}
	return report{Op: "done", Failure: &engine.Failure{Name: "interrupted", Value: "the command was stopped"}}
}
