package session

// Commands that a cell waits for. What it waits for runs in the foreground, so
// an interrupt of the cell means it, too, as Ctrl-C does in a terminal; what a
// cell only starts runs in the background and goes on.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"time"

	"fourmlab/kernel/started"
)

// heeds is how long a command may take to end after it was interrupted.
const heeds = 3 * time.Second

// bindCommands gives cells those functions of os/exec and os that wait for a
// process.
func (s *Session) bindCommands() {
	s.ctx.RegisterExternal("(*os/exec.Cmd).Wait", s.waitCommand)
	s.ctx.RegisterExternal("(*os/exec.Cmd).Run", s.runCommand)
	s.ctx.RegisterExternal("(*os/exec.Cmd).Output", s.output)
	s.ctx.RegisterExternal("(*os/exec.Cmd).CombinedOutput", s.combinedOutput)
	s.ctx.RegisterExternal("(*os.Process).Wait", func(p *os.Process) (*os.ProcessState, error) {
		defer s.inForeground(p)()
		return p.Wait()
	})
}

// inForeground has the process stopped with the cell, until done is called.
func (s *Session) inForeground(p *os.Process) (done func()) {
	r := s.machine.Current()
	if r == nil || p == nil {
		return func() {}
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-ended:
			return
		case <-r.Stopped():
		}
		started.Interrupt(p.Pid)
		select {
		case <-ended:
		case <-time.After(heeds):
			started.Kill(p.Pid)
			p.Kill() // where the other knows of nothing
		}
	}()
	return func() { close(ended) }
}

func (s *Session) waitCommand(c *exec.Cmd) error {
	defer s.inForeground(c.Process)()
	return c.Wait()
}

func (s *Session) runCommand(c *exec.Cmd) error {
	if err := c.Start(); err != nil {
		return err
	}
	return s.waitCommand(c)
}

// output is what Cmd.Output is, but waits in waitCommand.
func (s *Session) output(c *exec.Cmd) ([]byte, error) {
	if c.Stdout != nil {
		return c.Output() // which refuses it
	}
	var out bytes.Buffer
	var said ends
	c.Stdout = &out
	captured := c.Stderr == nil
	if captured {
		c.Stderr = &said
	}
	err := s.runCommand(c)
	if exit, ok := err.(*exec.ExitError); ok && captured {
		exit.Stderr = said.text()
	}
	return out.Bytes(), err
}

// combinedOutput is what Cmd.CombinedOutput is, but waits in waitCommand.
func (s *Session) combinedOutput(c *exec.Cmd) ([]byte, error) {
	if c.Stdout != nil || c.Stderr != nil {
		return c.CombinedOutput() // which refuses it
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := s.runCommand(c)
	return out.Bytes(), err
}

// kept is how much of either end of a text package exec keeps, in bytes.
const kept = 32 << 10

// ends keeps the two ends of a long text, as package exec does with what a
// command says that failed.
type ends struct {
	first, last []byte
	left        int // bytes that were left out between them
}

func (e *ends) Write(b []byte) (int, error) {
	n := min(kept-len(e.first), len(b))
	e.first = append(e.first, b[:n]...)
	e.last = append(e.last, b[n:]...)
	if len(e.last) > 2*kept {
		e.cut()
	}
	return len(b), nil
}

func (e *ends) cut() {
	if over := len(e.last) - kept; over > 0 {
		e.last = append(e.last[:0], e.last[over:]...)
		e.left += over
	}
}

func (e *ends) text() []byte {
	e.cut()
	out := e.first
	if e.left > 0 {
		out = fmt.Appendf(out, "\n... omitting %d bytes ...\n", e.left)
	}
	return append(out, e.last...)
}
