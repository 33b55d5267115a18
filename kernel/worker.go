package kernel

// The child: it runs cells and reports what became of them.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
)

// order is what the parent asks of the worker.
type order struct {
	Op   string `json:"op"` // run, expression, complete, inspect, whole, interrupt
	N    int    `json:"n,omitempty"`
	Code string `json:"code,omitempty"`
	At   int    `json:"at,omitempty"` // in bytes
}

// report is what the worker answers: ready, display and update at any time, a
// done for every order but an interrupt.
type report struct {
	Op      string          `json:"op"`
	Seq     int             `json:"seq,omitempty"` // the mark in the streams that stands before it
	ID      string          `json:"id,omitempty"`
	Bundle  map[string]any  `json:"bundle,omitempty"`
	Failure *engine.Failure `json:"failure,omitempty"`
	Names   []string        `json:"names,omitempty"`
	From    int             `json:"from,omitempty"`
	To      int             `json:"to,omitempty"`
	Text    string          `json:"text,omitempty"`
	Status  string          `json:"status,omitempty"`
}

// markText is written to both streams before a report, so that the parent
// knows what was printed before it.
func markText(seq int) string { return fmt.Sprintf("\x1e\x1ffourm:%d\x1f\x1e", seq) }

// worker is the child's side of the pipes.
type worker struct {
	mu     sync.Mutex
	out    *json.Encoder
	seq    int
	shows  int
	engine *session.Session
}

// Worker runs cells for the parent process that started this one; a program
// calls it when its first argument is "worker". It returns when the parent is
// gone.
func Worker() error {
	in, out := os.NewFile(3, "orders"), os.NewFile(4, "reports")
	if in == nil || out == nil {
		return fmt.Errorf("kernel.Worker: no pipes; this process is started by the kernel only")
	}
	w := &worker{out: json.NewEncoder(out), engine: session.New()}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		for range interrupts {
			w.engine.Interrupt()
		}
	}()
	// Deep recursion in a cell ends as an error while the machine still breathes.
	debug.SetMaxStack(256 << 20)
	if set := engine.Current().SetHost; set != nil {
		set(w)
	}
	orders := make(chan order, 64)
	go func() {
		for o := range orders {
			w.send(w.obey(o))
		}
	}()
	w.send(report{Op: "ready"})
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	for {
		var o order
		if err := lines.Decode(&o); err != nil {
			return nil
		}
		if o.Op == "interrupt" {
			w.engine.Interrupt()
			continue
		}
		orders <- o
	}
}

// send marks the streams and reports.
func (w *worker) send(r report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	r.Seq = w.seq
	os.Stdout.WriteString(markText(r.Seq))
	os.Stderr.WriteString(markText(r.Seq))
	if err := w.out.Encode(r); err != nil {
		// A bundle that is no JSON (a NaN in it) must not hang the parent.
		w.out.Encode(report{Op: r.Op, Seq: r.Seq, ID: r.ID, Bundle: map[string]any{"text/plain": err.Error()}})
	}
}

func (w *worker) obey(o order) report {
	switch o.Op {
	case "complete":
		names, from, to := w.engine.Complete(o.Code, o.At)
		return report{Op: "done", Names: names, From: from, To: to}
	case "inspect":
		return report{Op: "done", Text: w.engine.Inspect(o.Code, o.At)}
	case "whole":
		status, indent := w.engine.Whole(o.Code)
		return report{Op: "done", Status: string(status), Text: indent}
	}
	r := w.engine.Run(context.Background(), o.N, o.Code)
	return report{Op: "done", Failure: r.Err, Bundle: bundle(r.Values)}
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
func (w *worker) Interrupted() bool { return w.engine.Interrupted() }
