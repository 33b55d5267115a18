package kernel

// The child: it runs cells and reports what became of them.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"fourmlab/internal/stop"
	"fourmlab/kernel/display"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
	"fourmlab/kernel/started"
)

// order is what the parent asks of the worker.
type order struct {
	Op   string `json:"op"` // run, eval, complete, inspect, whole, comm_*; interrupt, input and end need no answer
	N    int    `json:"n,omitempty"`
	Code string `json:"code,omitempty"`
	At   int    `json:"at,omitempty"`   // in bytes
	More bool   `json:"more,omitempty"` // of an inspection

	Text   string         `json:"text,omitempty"`  // what was typed
	Error  string         `json:"error,omitempty"` // why nothing was
	ID     string         `json:"id,omitempty"`
	Target string         `json:"target,omitempty"`
	Data   map[string]any `json:"data,omitempty"`

	Buffers [][]byte `json:"buffers,omitempty"` // of a comm message
}

// report is what the worker answers: a done for every order that needs one;
// ready, and what happens on the page (display, update, clear, input, comm_*)
// at any time.
type report struct {
	Op         string             `json:"op"`
	Seq        int                `json:"seq,omitempty"` // the mark in the streams that stands before it
	ID         string             `json:"id,omitempty"`
	Bundle     map[string]any     `json:"bundle,omitempty"`
	Metadata   map[string]any     `json:"metadata,omitempty"` // of the bundle
	Failure    *engine.Failure    `json:"failure,omitempty"`
	Forms      map[string]string  `json:"forms,omitempty"` // of an inspection, by media type
	Completion *engine.Completion `json:"completion,omitempty"`
	Text       string             `json:"text,omitempty"`
	Status     string             `json:"status,omitempty"`
	Payload    []map[string]any   `json:"payload,omitempty"` // for the front end, as the protocol says

	Cell   int            `json:"cell,omitempty"` // whose doing it is, 0 for the cell that runs or ran last
	N      int            `json:"n,omitempty"`    // of a question
	Flag   bool           `json:"flag,omitempty"` // a secret question; a clear that waits
	Target string         `json:"target,omitempty"`
	Data   map[string]any `json:"data,omitempty"`

	Buffers [][]byte `json:"buffers,omitempty"`

	Attached []attached `json:"attached,omitempty"` // what of the bundle follows the line
}

// markText is written to both streams before a report, so that the parent
// knows what was printed before it.
func markText(seq int) string { return fmt.Sprintf("\x1e\x1ffourm:%d\x1f\x1e", seq) }

// printed writes what a goroutine of an earlier cell prints, between marks that
// say whose it is.
func (w *worker) printed(cell int, text string) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := fmt.Fprintf(w.prints[0], "\x1e\x1ffourm@%d\x1f\x1e%s\x1e\x1ffourm@0\x1f\x1e", cell, text); err != nil {
		return 0, err
	}
	return len(text), nil
}

// worker is the child's side of the pipes.
type worker struct {
	mu     sync.Mutex
	out    io.Writer
	prints []*os.File // standard output and error, whatever a cell makes of these names
	seq    int
	shows  int
	engine *session.Session
	swap   sync.Mutex     // of engine, which interrupts read at any time
	ran    map[int]string // cells that came to their end, by number
	fresh  func()         // gives the worker a new session

	asking  sync.Mutex // one question at a time
	asked   int
	answers chan order
	stops   chan struct{} // holds an interrupt that nobody has taken
	typed   typing
	cancel  context.CancelFunc // of the cell that was ordered last
	busy    atomic.Int32       // orders that are carried out, or wait
	deliver func(kind, id, target string, data map[string]any, buffers [][]byte) bool
}

// notebookLies is the folder of the notebook: what the parent says, else what
// Jupyter's server does, else this one, in which Jupyter starts its kernels.
func notebookLies() string {
	if dir := os.Getenv(notebookFolder); dir != "" {
		os.Unsetenv(notebookFolder)
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

// Worker runs cells for the parent process that started this one; a program
// calls it when its first argument is "worker". It returns when it is told to,
// or the parent is gone, however that ended; then it has ended what its cells
// have started, as far as it can find it.
func Worker() error {
	keepDescriptors()
	in, out := os.NewFile(3, "orders"), os.NewFile(4, "reports")
	if in == nil || out == nil {
		return fmt.Errorf("kernel.Worker: no pipes; this process is started by the kernel only")
	}
	bound, err := boundMemory()
	if err != nil {
		return err
	}
	w := &worker{
		out: out, prints: prints(),
		answers: make(chan order, 16), stops: make(chan struct{}, 1),
	}
	lies := notebookLies()
	w.fresh = func() {
		s := session.New()
		s.Folder = lies
		s.Late = w.printed
		bound(s)
		w.swap.Lock()
		w.engine, w.ran = s, map[int]string{}
		w.swap.Unlock()
	}
	w.lend()
	w.fresh()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		for range interrupts {
			w.interrupt()
		}
	}()
	// The session stops deep recursion before Go does, which ends the process.
	debug.SetMaxStack(2 << 30)
	if set := engine.Current().SetHost; set != nil {
		set(w)
	}
	if err := w.typed.open(); err != nil {
		return err
	}
	go w.serve(&w.typed)
	type task struct {
		order
		ctx context.Context
	}
	tasks := make(chan task, 64)
	go func() {
		for t := range tasks {
			w.send(w.obey(t.ctx, t.order))
			w.busy.Add(-1)
			if sig := stop.Ended(); sig != nil { // a long call has caught it, and has come to its end
				os.Exit(stop.Status(sig))
			}
		}
	}()
	w.send(report{Op: "ready"})
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	for {
		var o order
		if err := lines.Decode(&o); err != nil {
			w.rest()
			started.End(started.Here)
			return w.session().Close()
		}
		switch o.Op {
		case "end": // the parent sees to all else
			w.rest()
			return w.session().Close()
		case "interrupt":
			w.interrupt()
		case "input":
			select {
			case w.answers <- o:
			default: // nobody asks
			}
		default:
			// An interrupt that comes before the cell has begun means it, too.
			ctx, cancel := context.WithCancel(context.Background())
			w.mu.Lock()
			w.cancel = cancel
			w.mu.Unlock()
			w.busy.Add(1)
			tasks <- task{o, ctx}
		}
	}
}

// send marks the streams and reports.
func (w *worker) send(r report) {
	cell := w.session().Cell()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	r.Seq = w.seq
	r.Cell = cell
	r.Bundle, r.Metadata = display.SplitMetadata(r.Bundle)
	for _, f := range w.prints {
		f.WriteString(markText(r.Seq))
	}
	if err := writeReport(w.out, r); err != nil {
		// A bundle that is no JSON (a NaN in it) must not hang the parent.
		writeReport(w.out, report{Op: r.Op, Seq: r.Seq, ID: r.ID, Target: r.Target, Bundle: map[string]any{"text/plain": unsent(r.Bundle, err)}})
	}
}

// unsent is the text of a bundle that is no JSON.
func unsent(b map[string]any, err error) string {
	text, _ := b["text/plain"].(string)
	return strings.TrimPrefix(text+"\n", "\n") + err.Error()
}

func (w *worker) obey(ctx context.Context, o order) report {
	switch o.Op {
	case "comm_open", "comm_msg", "comm_close":
		w.carry(o)
		return report{Op: "done"}
	case "complete", "inspect":
		return w.look(o)
	case "whole":
		status, indent := w.engine.Whole(withoutCommands(o.Code))
		return report{Op: "done", Status: string(status), Text: indent}
	}
	if err := w.typed.open(); err != nil {
		return report{Op: "done", Failure: &engine.Failure{Name: "error", Value: err.Error()}}
	}
	w.lend()
	w.typed.running.Store(true)
	r := w.cell(ctx, o.N, o.Code)
	w.typed.running.Store(false)
	if o.Op == "run" && r.Failure == nil {
		w.ran[o.N] = o.Code
	}
	return r
}

// look answers what a person asks while typing. Half a cell is more than any
// checker is made for: should it fail, the person sees nothing, and keeps
// their variables.
func (w *worker) look(o order) (r report) {
	defer func() {
		if recover() != nil {
			r = report{Op: "done"}
		}
	}()
	if o.Op == "inspect" {
		return report{Op: "done", Forms: w.engine.Inspect(o.Code, o.At, o.More)}
	}
	c, ok := completeCommand(o.Code, o.At)
	if !ok {
		c = w.engine.Complete(o.Code, o.At)
	}
	return report{Op: "done", Completion: &c}
}

// unless runs what a cell's value or handler does, and tells whether it came
// to its end before the person stopped it; what does not end is left behind.
func (w *worker) unless(f func()) bool {
	select {
	case <-w.stops: // meant what ran before
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
	case <-w.stops:
		return false
	}
}

func (w *worker) interrupt() {
	select {
	case w.stops <- struct{}{}:
	default:
	}
	w.mu.Lock()
	cancel := w.cancel
	w.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	w.session().Interrupt()
}

// session is the engine, for other goroutines than the one that runs cells.
func (w *worker) session() *session.Session {
	w.swap.Lock()
	defer w.swap.Unlock()
	return w.engine
}

// Show implements the host of long calls: a display that can be updated.
func (w *worker) Show(b map[string]any) string {
	w.mu.Lock()
	w.shows++
	id := fmt.Sprintf("fourm-%d-%d", os.Getpid(), w.shows)
	w.mu.Unlock()
	w.send(report{Op: "display", ID: id, Bundle: b})
	return id
}

// Update replaces what Show displayed.
func (w *worker) Update(id string, b map[string]any) {
	w.send(report{Op: "update", ID: id, Bundle: b})
}

// Interrupted tells a long call whether to stop.
func (w *worker) Interrupted() bool { return w.session().Interrupted() }
