package worker

// The worker as the host of long calls and of package display: what a cell does
// to the page.

import (
	"errors"
	"fmt"
	"os"
	"time"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
)

// deliver hands a comm's message to its handler, and tells whether there is one.
type deliver = func(kind, id, target string, data map[string]any, buffers [][]byte) bool

// Show displays a bundle and gives the handle under which it can be updated.
func (w *worker) Show(b map[string]any) string {
	w.mu.Lock()
	w.shows++
	id := fmt.Sprintf("fourm-%d-%d", os.Getpid(), w.shows)
	w.mu.Unlock()
	w.send(link.Display{ID: id, Bundle: link.Bundle{Data: b}})
	return id
}

// Update replaces what Show displayed.
func (w *worker) Update(id string, b map[string]any) {
	w.send(link.Update{ID: id, Bundle: link.Bundle{Data: b}})
}

// Interrupted tells a long call whether to stop.
func (w *worker) Interrupted() bool { return w.current().Interrupted() }

// Clear removes what the cell has shown.
func (w *worker) Clear(wait bool) { w.send(link.Clear{Wait: wait}) }

// Ask puts a question to the person and waits for the answer, or for the
// person to stop the cell.
func (w *worker) Ask(prompt string, secret bool) (string, error) {
	w.asking.Lock()
	defer w.asking.Unlock()
	w.question++
	w.send(link.InputRequest{Question: w.question, Prompt: prompt, Password: secret})
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case a := <-w.answers:
			switch {
			case a.Question != w.question: // to one that was given up
			case a.Refusal != "":
				return "", errors.New(a.Refusal)
			default:
				return a.Text, nil
			}
		case <-poll.C:
			if w.Interrupted() {
				return "", engine.ErrInterrupted
			}
		}
	}
}

// Comms gives what sends to the front end; deliver takes what comes.
func (w *worker) Comms(d func(kind, id, target string, data map[string]any, buffers [][]byte) bool) func(kind, id, target string, data map[string]any, buffers [][]byte) {
	w.mu.Lock()
	w.deliver = d
	w.mu.Unlock()
	return func(kind, id, target string, data map[string]any, buffers [][]byte) {
		switch kind {
		case "comm_open":
			w.send(link.CommOpen{ID: id, Target: target, Data: data, Buffers: buffers})
		case "comm_msg":
			w.send(link.CommMessage{ID: id, Data: data, Buffers: buffers})
		case "comm_close":
			w.send(link.CommClose{ID: id, Data: data, Buffers: buffers})
		}
	}
}

// deliverComm hands on what came for a comm, until the person stops its
// handler. It is false where nobody is there for it.
func (w *worker) deliverComm(kind, id, target string, data map[string]any, buffers [][]byte) bool {
	w.mu.Lock()
	to := w.deliver
	w.mu.Unlock()
	there := make(chan bool, 1)
	if !w.untilInterrupted(func() { there <- to != nil && to(kind, id, target, data, buffers) }) {
		return true
	}
	return <-there
}
