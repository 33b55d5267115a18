package kernel

// The parent's side of the child that runs cells: how it begins and what is
// said. How it ends stands in ending.go.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"fourmlab/kernel/started"
)

// process is a running worker.
type process struct {
	cmd     *exec.Cmd
	mu      sync.Mutex // of orders
	orders  *os.File
	encode  *json.Encoder
	reports chan report  // ready and done; closed when the worker is gone
	event   func(report) // takes all others, in order
	out     *stream
	err     *stream
	cell    int // the number of the cell that runs, 0 for none

	asked atomic.Int32  // orders that are carried out
	mute  atomic.Bool   // it lived on without a pipe to report to, and was ended
	died  chan struct{} // closed when the system says that the worker is dead
	over  chan struct{} // closed when all that its cells have started is ended, too

	started []started.Process // what lived when the worker died; known when reports is closed
	ended   []started.Process // what was ended after it; known when over is closed
	stayed  []started.Process // what of it could not be
}

// notebookFolder names the variable that tells a worker where the notebook
// lies.
const notebookFolder = "FOURM_NOTEBOOK_FOLDER"

// readyWithin is how long a worker may take to begin, on a machine with much
// else to do.
const readyWithin = 2 * time.Minute

// start starts a worker in a folder ("" for this one) for a notebook that lies
// in another ("" for the same), whose printed text goes to publish (with the
// cell that printed it where that is not the one that runs or ran last), and
// what it does to the page to event, which must not wait for the worker.
func start(dir, lies string, publish func(name, text string, cell int), event func(*process, report)) (*process, error) {
	if _, err := memoryLimit(); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if lies != "" {
		if lies, err = filepath.Abs(lies); err != nil {
			return nil, err
		}
	}
	pipes, err := openPipes(4)
	if err != nil {
		return nil, err
	}
	orders, reports, out, errs := pipes[0], pipes[1], pipes[2], pipes[3]
	for _, p := range pipes[1:] {
		widen(p.w)
	}
	p := &process{
		cmd: exec.Command(self, "worker"), orders: orders.w, encode: json.NewEncoder(orders.w), reports: make(chan report, 64),
		died: make(chan struct{}), over: make(chan struct{}),
	}
	p.event = func(r report) { event(p, r) }
	p.cmd.ExtraFiles = []*os.File{orders.r, reports.w}
	p.cmd.Stdout, p.cmd.Stderr = out.w, errs.w
	// A fatal error prints one goroutine, not hundreds.
	p.cmd.Env = append(os.Environ(), "GOTRACEBACK=none")
	if lies != "" {
		p.cmd.Env = append(p.cmd.Env, notebookFolder+"="+lies)
	}
	p.cmd.Dir = dir
	if err := started.Launch(p.cmd); err != nil {
		closePipes(pipes)
		return nil, fmt.Errorf("kernel: cannot start %s worker: %w", self, err)
	}
	for _, f := range []*os.File{orders.r, reports.w, out.w, errs.w} {
		f.Close()
	}
	from := newOutlet(reports.r)
	p.out = newStream("stdout", newOutlet(out.r), publish)
	p.err = newStream("stderr", newOutlet(errs.r), publish)
	go p.read(from)
	go p.wait(from)
	select {
	case r, ok := <-p.reports:
		if !ok || r.Op != "ready" {
			p.kill()
			return nil, fmt.Errorf("kernel: the worker ended before it was ready: %s", p.lastWords())
		}
		return p, nil
	case <-time.After(readyWithin):
		p.kill()
		return nil, fmt.Errorf("kernel: the worker was not ready within %v", readyWithin)
	}
}

// pipe is both ends of one.
type pipe struct{ r, w *os.File }

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

// read takes what the worker reports until it is dead, or has closed the pipe,
// without which it is of no use.
func (p *process) read(from *outlet) {
	in := bufio.NewReaderSize(from, 1<<16)
	for {
		r, err := readReport(in)
		if err != nil {
			from.close()
			p.bury()
			return
		}
		p.out.reach(r.Seq)
		p.err.reach(r.Seq)
		if r.Op == "done" || r.Op == "ready" {
			p.reports <- r
		} else {
			p.event(r)
		}
		p.out.pass(r.Seq)
		p.err.pass(r.Seq)
	}
}

func (p *process) send(o order) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.encode.Encode(o)
}

// ask sends an order and waits until it is done. False tells that the worker
// died of it.
func (p *process) ask(o order) (report, bool) {
	p.asked.Add(1)
	defer p.asked.Add(-1)
	if o.Op == "run" {
		select {
		case <-p.died: // of something else
		default:
			p.cell = o.N
		}
	}
	p.send(o)
	r, ok := <-p.reports
	if ok {
		p.cell = 0
	}
	return r, ok
}
