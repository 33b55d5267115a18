package link

// The end of a worker. Its death is what the system says of the process, not
// the end of its pipes: what cells have started may hold these for long.

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/started"
)

// CellEnds is how long a cell that runs may take to end with its worker: it is
// stopped as by an interrupt, at which a training keeps its step. Jupyter waits
// for five seconds.
const CellEnds = 3 * time.Second

const (
	// endsWithin is how long a worker may take to end by itself, and one that
	// has closed its pipe to be dead.
	endsWithin = 500 * time.Millisecond
	// othersWithin is how long the end of all else may take; a process that
	// waits for a disk does not even heed SIGKILL.
	othersWithin = started.Longest + time.Second
)

// wait waits for the worker's death, and ends the reading of its pipes then.
func (p *Process) wait(from *output) {
	p.cmd.Wait()
	started.Gone(p.cmd.Process.Pid)
	close(p.died)
	for _, o := range []*output{from, p.out.from, p.err.from} {
		o.finish()
	}
}

// finish tells that the worker is gone, once all that it printed is published,
// and then ends what its cells have started.
func (p *Process) finish() {
	late := time.AfterFunc(endsWithin, func() {
		p.silent.Store(true)
		p.Kill()
	})
	<-p.died
	late.Stop()
	p.out.release(math.MaxInt) // no event is on its way
	p.err.release(math.MaxInt)
	p.out.drain()
	p.err.drain()
	worker := p.cmd.Process.Pid
	p.started = started.By(worker)
	close(p.replies)
	if len(p.started) > 0 {
		p.ended, p.stayed = started.End(func() []started.Process { return started.By(worker) })
	}
	p.out.close()
	p.err.close()
	if p.options.Over != nil {
		p.options.Over()
	}
	close(p.over)
}

// Close ends the worker, the cell that runs first, and all that its cells have
// started, and waits for it, but not without end.
func (p *Process) Close() {
	within := endsWithin
	if p.asked.Load() > 0 {
		within += CellEnds
	}
	p.requests.SetWriteDeadline(time.Now().Add(endsWithin / 5)) // the worker may not read
	p.Send(Shutdown{})
	p.requests.Close()
	late := time.AfterFunc(within, p.Kill)
	defer late.Stop()
	go func() {
		for range p.replies {
		}
	}()
	select {
	case <-p.over:
	case <-time.After(within + othersWithin):
	}
}

// Kill ends the worker at once. What its cells have started is ended after it.
func (p *Process) Kill() { p.cmd.Process.Kill() }

// Over is closed when the worker and all that its cells had started has ended.
func (p *Process) Over() <-chan struct{} { return p.over }

// Leftovers says in a line what was ended with the worker, or is empty.
func (p *Process) Leftovers() string {
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

// CauseOfDeath says what a worker died of, in one line.
func (p *Process) CauseOfDeath() string {
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
	if p.silent.Load() {
		return "it closed the pipe to the kernel (by syscall.Exec, or descriptor 4) and was ended"
	}
	end := p.cmd.ProcessState.String()
	if end == "signal: killed" {
		end += " (by somebody, or by the system because memory ran out)"
	}
	return end
}

// lastLine is the cause of death of a worker that never began, with the last
// line of what it said.
func (p *Process) lastLine() string {
	line := strings.TrimSpace(p.err.last())
	line = line[strings.LastIndexByte(line, '\n')+1:]
	end := p.CauseOfDeath()
	if line != "" && line != end {
		return end + ": " + line
	}
	return end
}

// Failure is the end of a worker as a person reads it, after an Ask that found
// it dead: of what it died, which cell did it, and what is lost.
func (p *Process) Failure() *engine.Failure {
	died := p.CauseOfDeath()
	who := "the cells' process has ended while no cell ran"
	if p.cell > 0 {
		who = fmt.Sprintf("In [%d] ended the cells' process", p.cell)
	}
	f := &engine.Failure{
		Name:  "fatal",
		Value: fmt.Sprintf("%s; %s, all variables and declarations are lost", died, who),
		Trace: []string{"fatal: " + died, who + "; all variables and declarations are lost."},
	}
	if len(p.started) > 0 {
		f.Trace = append(f.Trace, "What cells had started is ended with it: "+started.Line(p.started)+".")
	}
	return f
}
