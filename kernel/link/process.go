package link

// The kernel's end: a worker begins and is spoken to. How it ends stands in
// end.go.

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"fourmlab/kernel/started"
)

// Process is a worker as its kernel sees it. Its methods may be called from
// several goroutines, Ask from one at a time.
type Process struct {
	options  Options
	cmd      *exec.Cmd
	mu       sync.Mutex // of requests
	requests *os.File
	replies  chan Reply // closed when the worker is gone
	out      *stream
	err      *stream
	cell     int // the number of the cell that runs, 0 for none

	asked  atomic.Int32  // requests that are carried out
	silent atomic.Bool   // it lived on without a pipe to report to, and was killed
	died   chan struct{} // closed when the system says that the worker is dead
	over   chan struct{} // closed when all that its cells have started is ended, too

	started []started.Process // what lived when the worker died; known when replies is closed
	ended   []started.Process // what was ended after it; known when over is closed
	stayed  []started.Process // what of it could not be
}

// Options say how a worker is started and who hears of it. The zero value is
// one in this folder that nobody hears.
type Options struct {
	Dir    string // the folder in which cells run; "" for that of this process
	Folder string // where the notebook lies; "" where that is Dir, or known to the worker
	// Print takes what is printed to "stdout" or "stderr", and the number of the
	// cell that did it, 0 for the one that runs or ran last.
	Print func(name, text string, cell int)
	// Event takes all events but replies, in their order, with the number of the
	// cell as above. It must not wait for the worker.
	Event func(p *Process, cell int, e Event)
	// Over is called when the worker and all that its cells had started has
	// ended.
	Over func()
}

// FolderVariable names the variable of its environment that tells a worker where the
// notebook lies.
const FolderVariable = "FOURM_NOTEBOOK_FOLDER"

// readyWithin is how long a worker may take to begin, on a machine with much
// else to do.
const readyWithin = 2 * time.Minute

// Start starts this program again as a worker, and waits until it is ready.
func Start(o Options) (*Process, error) {
	if _, err := MemoryLimit(); err != nil {
		return nil, err
	}
	if o.Print == nil {
		o.Print = func(string, string, int) {}
	}
	if o.Event == nil {
		o.Event = func(*Process, int, Event) {}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if o.Folder != "" {
		if o.Folder, err = filepath.Abs(o.Folder); err != nil {
			return nil, err
		}
	}
	pipes, err := openPipes(4)
	if err != nil {
		return nil, err
	}
	requests, events, out, errs := pipes[0], pipes[1], pipes[2], pipes[3]
	for _, p := range pipes[1:] {
		widen(p.w)
	}
	p := &Process{
		options: o, cmd: exec.Command(self, "worker"), requests: requests.w, replies: make(chan Reply, 64),
		died: make(chan struct{}), over: make(chan struct{}),
	}
	p.cmd.ExtraFiles = []*os.File{requests.r, events.w}
	p.cmd.Stdout, p.cmd.Stderr = out.w, errs.w
	// A fatal error prints one goroutine, not hundreds.
	p.cmd.Env = append(os.Environ(), "GOTRACEBACK=none")
	if o.Folder != "" {
		p.cmd.Env = append(p.cmd.Env, FolderVariable+"="+o.Folder)
	}
	p.cmd.Dir = o.Dir
	if err := started.Launch(p.cmd); err != nil {
		closePipes(pipes)
		return nil, fmt.Errorf("kernel: cannot start %s worker: %w", self, err)
	}
	for _, f := range []*os.File{requests.r, events.w, out.w, errs.w} {
		f.Close()
	}
	from := newOutput(events.r)
	p.out = newStream("stdout", newOutput(out.r), o.Print)
	p.err = newStream("stderr", newOutput(errs.r), o.Print)
	go p.read(from)
	go p.wait(from)
	select {
	case r := <-p.replies:
		if _, ready := r.(Ready); !ready {
			p.Close()
			return nil, fmt.Errorf("kernel: the worker ended before it was ready: %s", p.lastLine())
		}
		return p, nil
	case <-time.After(readyWithin):
		p.Close()
		return nil, fmt.Errorf("kernel: the worker was not ready within %v", readyWithin)
	}
}

// pipe is both ends of one.
type pipe struct{ r, w *os.File }

// openPipes opens all or none.
func openPipes(n int) (out []pipe, err error) {
	for range n {
		r, w, err := os.Pipe()
		if err != nil {
			closePipes(out)
			return nil, err
		}
		out = append(out, pipe{r, w})
	}
	return out, nil
}

func closePipes(pipes []pipe) {
	for _, p := range pipes {
		p.r.Close()
		p.w.Close()
	}
}

// read takes what the worker tells until it is dead, or has closed the pipe,
// without which it is of no use.
func (p *Process) read(from *output) {
	in := bufio.NewReaderSize(from, 1<<16)
	for {
		h, e, err := ReadEvent(in)
		if err != nil {
			from.close()
			p.finish()
			return
		}
		p.out.waitFor(h.Mark)
		p.err.waitFor(h.Mark)
		if r, is := e.(Reply); is {
			p.replies <- r
		} else {
			p.options.Event(p, h.Cell, e)
		}
		p.out.release(h.Mark)
		p.err.release(h.Mark)
	}
}

// Send sends a request that has no reply: an Interrupt or an Answer.
func (p *Process) Send(r Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	WriteRequest(p.requests, r)
}

// Ask sends a request and waits for its reply. Where the worker has died there
// is none, and it gives false.
func (p *Process) Ask(r Request) (reply Reply, alive bool) {
	p.asked.Add(1)
	defer p.asked.Add(-1)
	if c, is := r.(RunCell); is {
		select {
		case <-p.died: // of something else
		default:
			p.cell = c.Number
		}
	}
	p.Send(r)
	reply, alive = <-p.replies
	if alive {
		p.cell = 0
	}
	return reply, alive
}
