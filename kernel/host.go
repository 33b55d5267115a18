package kernel

// The worker as the host of package display: what a cell does to the page
// beside showing things.

import (
	"errors"
	"time"

	"fourmlab/kernel/engine"
)

// Clear removes what the cell has shown.
func (w *worker) Clear(wait bool) { w.send(report{Op: "clear", Flag: wait}) }

// Ask puts a question to the person and waits for the answer, or for the
// person to stop the cell.
func (w *worker) Ask(prompt string, secret bool) (string, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.asked++
	w.send(report{Op: "input", N: w.asked, Text: prompt, Flag: secret})
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case a := <-w.answers:
			switch {
			case a.N != w.asked: // to a question that was given up
			case a.Error != "":
				return "", errors.New(a.Error)
			default:
				return a.Text, nil
			}
		case <-poll.C:
			if w.session().Interrupted() {
				return "", engine.ErrInterrupted
			}
		}
	}
}

// Comms gives what sends to the front end; deliver takes what comes.
func (w *worker) Comms(deliver func(kind, id, target string, data map[string]any, buffers [][]byte) bool) func(kind, id, target string, data map[string]any, buffers [][]byte) {
	w.mu.Lock()
	w.deliver = deliver
	w.mu.Unlock()
	return func(kind, id, target string, data map[string]any, buffers [][]byte) {
		w.send(report{Op: kind, ID: id, Target: target, Data: data, Buffers: buffers})
	}
}

// carry hands on what came for a comm. One that is opened to nobody is closed,
// as the protocol wants it.
func (w *worker) carry(o order) {
	w.mu.Lock()
	deliver := w.deliver
	w.mu.Unlock()
	w.unless(func() {
		if deliver == nil || !deliver(o.Op, o.ID, o.Target, o.Data, o.Buffers) {
			if o.Op == "comm_open" {
				w.send(report{Op: "comm_close", ID: o.ID})
			}
		}
	})
}
