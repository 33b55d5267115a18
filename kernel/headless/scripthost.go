package headless

// What a script has in the place of a notebook's page: lines on standard error,
// and the signals of its terminal.

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"fourmlab/internal/stop"
	"fourmlab/internal/term"
	"fourmlab/kernel/engine"
)

// scriptHost shows progress as a line on standard error and decides what a
// SIGINT, SIGTERM or SIGHUP means: a long call that asks ends by itself,
// everything else ends the process. Before the first such call nothing is
// caught: a program that waits for signals is one whose deadlock Go does not
// see.
type scriptHost struct {
	polled   chan struct{}
	catch    sync.Once // at the first call that asks whether a signal came
	signals  chan os.Signal
	lines    lines
	terminal bool
}

func newScriptHost() *scriptHost {
	h := &scriptHost{
		polled: make(chan struct{}, 1), signals: make(chan os.Signal, 1),
		lines: lines{w: os.Stderr, every: 2 * time.Second}, terminal: term.Is(os.Stderr),
	}
	if set := engine.Current().SetHost; set != nil {
		set(h)
	}
	return h
}

// watch waits for signals. It is left to a long call that asked lately whether
// one came: within two seconds, or three times as long as it took to ask again
// before, for a step of a large model takes a while.
func (h *scriptHost) watch() {
	var last time.Time
	lately := 2 * time.Second
	for {
		select {
		case <-h.polled:
			if now := time.Now(); !last.IsZero() {
				lately = max(2*time.Second, min(3*now.Sub(last), time.Minute))
			}
			last = time.Now()
		case sig, ok := <-h.signals:
			if !ok {
				return
			}
			if time.Since(last) > lately {
				os.Exit(stop.Status(sig))
			}
			last = time.Time{} // a second one ends the process
		}
	}
}

func (h *scriptHost) close() {
	signal.Stop(h.signals)
	h.lines.end()
}

// Prints tells package display that results belong on standard output.
func (h *scriptHost) Prints() {}

// Show prints the bundle's text.
func (h *scriptHost) Show(b map[string]any) string {
	h.lines.now(fmt.Sprint(b["text/plain"]))
	return "line"
}

// Update prints it again: in place on a terminal, else every two seconds.
func (h *scriptHost) Update(_ string, b map[string]any) {
	s := fmt.Sprint(b["text/plain"])
	if h.terminal && !strings.Contains(s, "\n") {
		fmt.Fprint(os.Stderr, term.Replace(s))
		return
	}
	h.lines.soon(s)
}

// Interrupted tells that the call should go on: it catches SIGINT itself.
func (h *scriptHost) Interrupted() bool {
	h.catch.Do(func() {
		signal.Notify(h.signals, stop.Signals()...)
		go h.watch()
	})
	select {
	case h.polled <- struct{}{}:
	default:
	}
	return false
}
