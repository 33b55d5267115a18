package worker

// The process: requests come, one cell runs at a time, replies go.

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"fourmlab/internal/stop"
	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/started"
	"fourmlab/kernel/worker/commands"
)

// worker is one process of cells.
type worker struct {
	parent    *link.Parent
	streams   [2]*os.File // standard output and error, whatever a cell makes of these names
	newEngine func() engine.Engine
	cells     commands.Runner

	swap   sync.Mutex // of current, which interrupts read at any time
	engine engine.Engine

	mu      sync.Mutex
	cancel  context.CancelFunc // of the request that came last
	shows   int                // displays so far
	deliver deliver            // takes what comes for comms

	busy       atomic.Int32  // requests that are carried out, or wait
	interrupts chan struct{} // holds an interrupt that nobody has taken
	asking     sync.Mutex    // one question at a time
	question   int           // the number of the last one
	answers    chan link.Answer
	stdin      stdin
}

// Run runs cells for the kernel that started this process as a worker, on the
// engine that newEngine gives. It returns when it is told to, or the kernel is
// gone, however that ended; then it has ended what its cells have started, as
// far as it can find it.
func Run(newEngine func(engine.Options) engine.Engine) error {
	closeOnExec()
	streams := duplicates()
	parent, err := link.Connect(streams[0], streams[1])
	if err != nil {
		return fmt.Errorf("worker.Run: %w", err)
	}
	limit, err := limitMemory()
	if err != nil {
		return err
	}
	w := &worker{parent: parent, streams: streams, answers: make(chan link.Answer, 16), interrupts: make(chan struct{}, 1)}
	options := engine.Options{Folder: notebookFolder(), Late: parent.Print}
	w.newEngine = func() engine.Engine {
		e := newEngine(options)
		limit(e)
		return e
	}
	w.cells = commands.Runner{
		Engine: w.current, Reset: w.reset, Show: w.Show,
		Streams: streams, Interrupts: w.interrupts, Done: map[int]string{},
	}
	w.restoreStreams()
	w.engine = w.newEngine()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		for range interrupts {
			w.interrupt()
		}
	}()
	// The engine stops deep recursion before Go does, which ends the process.
	debug.SetMaxStack(2 << 30)
	if set := engine.Current().SetHost; set != nil {
		set(w)
	}
	if err := w.stdin.open(); err != nil {
		return err
	}
	go w.feedStdin()
	return w.serve()
}

// notebookFolder is the folder of the notebook: what the kernel says, else what
// Jupyter's server does, else this one, in which Jupyter starts its kernels.
func notebookFolder() string {
	if dir := os.Getenv(link.FolderVariable); dir != "" {
		os.Unsetenv(link.FolderVariable)
		return dir
	}
	if dir := filepath.Dir(os.Getenv("JPY_SESSION_NAME")); filepath.IsAbs(dir) {
		if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
			return dir
		}
	}
	dir, _ := os.Getwd()
	return dir
}

// serve takes requests. Those that mean what runs are carried out at once, the
// others one after another.
func (w *worker) serve() error {
	type task struct {
		link.Request
		ctx context.Context
	}
	tasks := make(chan task, 64)
	go func() {
		for t := range tasks {
			w.send(w.handle(t.ctx, t.Request))
			w.busy.Add(-1)
			if sig := stop.Ended(); sig != nil { // a long call has caught it, and has come to its end
				os.Exit(stop.Status(sig))
			}
		}
	}()
	w.send(link.Ready{})
	for {
		r, err := w.parent.Receive()
		if err != nil { // the kernel is gone
			w.stopCell()
			started.End(started.Here)
			return w.current().Close()
		}
		switch r := r.(type) {
		case link.Shutdown: // the kernel sees to all else
			w.stopCell()
			return w.current().Close()
		case link.Interrupt:
			w.interrupt()
		case link.Answer:
			select {
			case w.answers <- r:
			default: // nobody asks
			}
		default:
			// An interrupt that comes before the cell has begun means it, too.
			ctx, cancel := context.WithCancel(context.Background())
			w.mu.Lock()
			w.cancel = cancel
			w.mu.Unlock()
			w.busy.Add(1)
			tasks <- task{r, ctx}
		}
	}
}

// handle carries out a request and gives its reply.
func (w *worker) handle(ctx context.Context, r link.Request) link.Reply {
	switch r := r.(type) {
	case link.RunCell:
		result := w.run(ctx, r.Number, r.Code)
		if result.Failure == nil {
			w.cells.Done[r.Number] = r.Code
		}
		return result
	case link.Evaluate:
		return w.run(ctx, r.Number, r.Code)
	case link.Complete:
		return link.Completion{Completion: w.cells.Complete(r.Code, r.Offset)}
	case link.Inspect:
		return link.Inspection{Data: w.cells.Inspect(r.Code, r.Offset, r.Detail)}
	case link.IsComplete:
		status, indent := w.current().Whole(commands.Go(r.Code))
		return link.Completeness{Status: status, Indent: indent}
	case link.CommOpen:
		if !w.deliverComm("comm_open", r.ID, r.Target, r.Data, r.Buffers) {
			w.send(link.CommClose{ID: r.ID}) // opened to nobody: closed, as the protocol wants it
		}
	case link.CommMessage:
		w.deliverComm("comm_msg", r.ID, "", r.Data, r.Buffers)
	case link.CommClose:
		w.deliverComm("comm_close", r.ID, "", r.Data, r.Buffers)
	}
	return link.Done{}
}

// run runs a cell with the streams it is to have.
func (w *worker) run(ctx context.Context, n int, code string) link.Result {
	if err := w.stdin.open(); err != nil {
		return link.Result{Failure: &engine.Failure{Name: "error", Value: err.Error()}}
	}
	w.restoreStreams()
	w.stdin.running.Store(true)
	defer w.stdin.running.Store(false)
	return w.cells.Run(ctx, n, code)
}

// send tells the kernel of an event of the cell for which this goroutine works.
func (w *worker) send(e link.Event) {
	switch m := e.(type) {
	case link.Result:
		m.Data, m.Metadata = display.SplitMetadata(m.Data)
		e = m
	case link.Display:
		m.Data, m.Metadata = display.SplitMetadata(m.Data)
		e = m
	case link.Update:
		m.Data, m.Metadata = display.SplitMetadata(m.Data)
		e = m
	}
	cell := 0
	if a, is := w.current().(engine.Attributor); is {
		cell = a.Cell()
	}
	w.parent.Send(cell, e)
}

// current is the engine in use, for any goroutine.
func (w *worker) current() engine.Engine {
	w.swap.Lock()
	defer w.swap.Unlock()
	return w.engine
}

// reset begins anew, with nothing defined and no cell run.
func (w *worker) reset() error {
	old, next := w.current(), w.newEngine()
	w.swap.Lock()
	w.engine = next
	w.swap.Unlock()
	clear(w.cells.Done)
	return old.Close()
}

// interrupt stops the cell that runs or waits.
func (w *worker) interrupt() {
	select {
	case w.interrupts <- struct{}{}:
	default:
	}
	w.mu.Lock()
	cancel := w.cancel
	w.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	w.current().Interrupt()
}

// untilInterrupted runs what a handler does, and tells whether it came to its
// end before the person stopped it; what does not end is left behind.
func (w *worker) untilInterrupted(f func()) bool {
	select {
	case <-w.interrupts: // meant what ran before
	default:
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-w.interrupts:
		return false
	}
}

// stopCell stops the cell that runs and waits until nothing does, for a while.
func (w *worker) stopCell() {
	if w.busy.Load() == 0 {
		return
	}
	w.interrupt()
	for begun := time.Now(); w.busy.Load() > 0 && time.Since(begun) < link.CellEnds; {
		time.Sleep(5 * time.Millisecond)
	}
}
