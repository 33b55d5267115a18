package commands

// $: commands of the shell.

import (
	"errors"
	"os/exec"
	"strings"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// endsWithin is how long a command may take to end when the cell is stopped.
const endsWithin = 3 * time.Second

// shell runs a command; what it prints is the cell's, and stopping the cell
// stops it. What the command leaves in the background (&) is not waited for and
// not stopped; it lives until the kernel ends.
func shell(r *Runner, c *call) link.Result {
	line := strings.TrimSpace(c.args)
	if line == "" {
		return refuse(c, "no command given")
	}
	cmd := exec.Command("sh", "-c", line)
	cmd.Stdout, cmd.Stderr = r.Streams[0], r.Streams[1]
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return refuse(c, "%v", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			return refuse(c, "%s: %v", line, exit)
		case err != nil:
			return refuse(c, "%v", err)
		}
		return link.Result{}
	case <-c.ctx.Done():
	}
	select {
	case <-r.Interrupts: // the one that ended the context
	default:
	}
	stopGroup(cmd)
	select {
	case <-done:
	case <-r.Interrupts: // the person does not wait
		killGroup(cmd)
	case <-time.After(endsWithin):
		killGroup(cmd)
	}
	return link.Result{Failure: &engine.Failure{Name: "interrupted", Value: "the command was stopped"}}
}
