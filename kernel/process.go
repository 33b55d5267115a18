package kernel

// The parent's side of the child that runs cells.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
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
}

// notebookFolder names the variable that tells a worker where the notebook
// lies.
const notebookFolder = "FOURM_NOTEBOOK_FOLDER"

// start starts a worker in a folder ("" for this one) for a notebook that lies
// in another ("" for the same), whose printed text goes to publish (with the cell that printed it where that is not the one that runs
// or ran last), and what it does to the page to event, which must not wait for
// the worker.
func start(dir, lies string, publish func(name, text string, cell int), event func(*process, report)) (*process, error) {
	if _, err := memoryLimit(); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ordersR, ordersW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	reportsR, reportsW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errR, errW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	for _, f := range []*os.File{reportsW, outW, errW} {
		widen(f)
	}
	p := &process{cmd: exec.Command(self, "worker"), orders: ordersW, encode: json.NewEncoder(ordersW), reports: make(chan report, 64)}
	p.event = func(r report) { event(p, r) }
	p.cmd.ExtraFiles = []*os.File{ordersR, reportsW}
	p.cmd.Stdout, p.cmd.Stderr = outW, errW
	// A fatal error prints one goroutine, not hundreds.
	p.cmd.Env = append(os.Environ(), "GOTRACEBACK=none")
	if lies != "" {
		if lies, err = filepath.Abs(lies); err != nil {
			return nil, err
		}
		p.cmd.Env = append(p.cmd.Env, notebookFolder+"="+lies)
	}
	p.cmd.Dir = dir
	detach(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("kernel: cannot start %s worker: %w", self, err)
	}
	for _, f := range []*os.File{ordersR, reportsW, outW, errW} {
		f.Close()
	}
	p.out = newStream("stdout", outR, publish)
	p.err = newStream("stderr", errR, publish)
	go p.read(reportsR)
	if r, ok := <-p.reports; !ok || r.Op != "ready" {
		return nil, fmt.Errorf("kernel: the worker ended before it was ready: %s", p.epitaph())
	}
	return p, nil
}

func (p *process) read(f io.ReadCloser) {
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	for {
		r, err := readReport(in)
		if err != nil {
			p.out.pass(math.MaxInt) // no report is on its way
			p.err.pass(math.MaxInt)
			p.cmd.Wait()
			p.out.drain()
			p.err.drain()
			close(p.reports)
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
	if o.Op == "run" {
		p.cell = o.N
	}
	p.send(o)
	r, ok := <-p.reports
	if ok {
		p.cell = 0
	}
	return r, ok
}

// kill ends the worker.
func (p *process) kill() {
	p.orders.Close()
	time.AfterFunc(500*time.Millisecond, func() { p.cmd.Process.Kill() })
	for range p.reports {
	}
}

// epitaph says what a worker died of, in one line.
func (p *process) epitaph() string {
	last := p.err.last()
	for _, line := range strings.Split(last, "\n") {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") || strings.Contains(line, "stack exceeds") {
			return line
		}
	}
	if p.cmd.ProcessState != nil {
		end := p.cmd.ProcessState.String()
		if end == "signal: killed" {
			end += " (by somebody, or by the system because memory ran out)"
		}
		return end
	}
	return "it is gone"
}
