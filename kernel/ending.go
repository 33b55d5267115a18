package kernel

// The end of a worker. Its death is what the system says of the process, not
// the end of its pipes: what cells have started may hold these for long.

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fourmlab/kernel/session"
	"fourmlab/kernel/started"
)

const (
	// endsWithin is how long a worker may take to end by itself, and one that
	// has closed its pipe to be dead.
	endsWithin = 500 * time.Millisecond
	// keepsWithin is how long a cell that runs may take to end: it is stopped as
	// by an interrupt, at which a training keeps its step. Jupyter waits for
	// five seconds.
	keepsWithin = 3 * time.Second
	// othersWithin is how long the end of all else may take; a process that
	// waits for a disk does not even heed SIGKILL.
	othersWithin = started.Longest + time.Second
)

// wait waits for the worker's death, and ends the reading of its pipes then.
func (p *process) wait(from *outlet) {
	p.cmd.Wait()
	started.Gone(p.cmd.Process.Pid)
	close(p.died)
	for _, o := range []*outlet{from, p.out.from, p.err.from} {
		o.finish()
	}
}

// bury tells that the worker is gone, once all that it printed is published,
// and then ends what its cells have started.
func (p *process) bury() {
	late := time.AfterFunc(endsWithin, func() {
		p.mute.Store(true)
		p.cmd.Process.Kill()
	})
	<-p.died
	late.Stop()
	p.out.pass(math.MaxInt) // no report is on its way
	p.err.pass(math.MaxInt)
	p.out.drain()
	p.err.drain()
	worker := p.cmd.Process.Pid
	p.started = started.By(worker)
	close(p.reports)
	if len(p.started) > 0 {
		p.ended, p.stayed = started.End(func() []started.Process { return started.By(worker) })
	}
	p.out.close()
	p.err.close()
	session.Sweep()
	close(p.over)
}

// kill ends the worker, the cell that runs first, and all that its cells have
// started.
func (p *process) kill() {
	within := endsWithin
	if p.asked.Load() > 0 {
		within += keepsWithin
	}
	p.orders.SetWriteDeadline(time.Now().Add(endsWithin / 5)) // the worker may not read
	p.send(order{Op: "end"})
	p.orders.Close()
	late := time.AfterFunc(within, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	go func() {
		for range p.reports {
		}
	}()
	select {
	case <-p.over:
	case <-time.After(within + othersWithin):
	}
}

// farewell says in a line what was ended with the worker, or is empty.
func (p *process) farewell() string {
	select {
	case <-p.over:
	default:
		return fmt.Sprintf("the cells' process (pid %d) does not end", p.cmd.Process.Pid)
	}
	line := ""
	if len(p.ended) > 0 {
		line = "ended what cells had started: " + started.Line(p.ended)
	}
	if len(p.stayed) > 0 {
		line += "; could not end " + started.Line(p.stayed)
	}
	return line
}

// epitaph says what a worker died of, in one line.
func (p *process) epitaph() string {
	last := p.err.last()
	for _, line := range strings.Split(last, "\n") {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") || strings.Contains(line, "stack exceeds") {
			return line
		}
	}
	select {
	case <-p.died:
	default:
		return "it is gone"
	}
	if p.mute.Load() {
		return "it closed the pipe to the kernel (by syscall.Exec, or descriptor 4) and was ended"
	}
	end := p.cmd.ProcessState.String()
	if end == "signal: killed" {
		end += " (by somebody, or by the system because memory ran out)"
	}
	return end
}

// lastWords is the epitaph of a worker that never began, with the last line of
// what it said.
func (p *process) lastWords() string {
	line := strings.TrimSpace(p.err.last())
	line = line[strings.LastIndexByte(line, '\n')+1:]
	if end := p.epitaph(); line != "" && line != end {
		return end + ": " + line
	}
	return p.epitaph()
}

// rest stops the cell that runs and waits until nothing does, for a while.
func (w *worker) rest() {
	if w.busy.Load() == 0 {
		return
	}
	w.interrupt()
	for begun := time.Now(); w.busy.Load() > 0 && time.Since(begun) < keepsWithin; {
		time.Sleep(5 * time.Millisecond)
	}
}
