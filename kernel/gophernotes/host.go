package gophernotes

// Progress and interrupts, which gophernotes has none of by itself.

import (
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"

	"fourmlab/fourm"
	"fourmlab/kernel/display"
)

// Channel is what a running cell offers: to publish a message to the front
// end, and to stop interpreted code.
type Channel struct {
	Publish func(kind string, content any) error
	Stop    func()
}

// host shows progress through the cell that runs.
type host struct {
	mu      sync.Mutex
	cell    Channel
	shows   int
	stopped atomic.Bool
}

var theHost = &host{}

// Start makes the host known to fourm and takes over SIGINT: what is idle
// ignores it, what runs stops.
func Start() {
	fourm.SetHost(theHost)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		for range c {
			theHost.stopped.Store(true)
			theHost.mu.Lock()
			stop := theHost.cell.Stop
			theHost.mu.Unlock()
			if stop != nil {
				stop()
			}
		}
	}()
}

// Begin is called where a cell begins.
func Begin(c Channel) {
	theHost.mu.Lock()
	defer theHost.mu.Unlock()
	theHost.cell = c
	theHost.stopped.Store(false)
}

func (h *host) Show(b map[string]any) string {
	h.mu.Lock()
	h.shows++
	id := fmt.Sprintf("fourm-%d-%d", os.Getpid(), h.shows)
	h.mu.Unlock()
	h.send("display_data", id, b)
	return id
}

func (h *host) Update(id string, b map[string]any) { h.send("update_display_data", id, b) }

func (h *host) Interrupted() bool { return h.stopped.Load() }

func (h *host) send(kind, id string, b map[string]any) {
	h.mu.Lock()
	publish := h.cell.Publish
	h.mu.Unlock()
	if publish == nil {
		return
	}
	forms, meta := display.SplitMetadata(b)
	if meta == nil {
		meta = map[string]any{}
	}
	err := publish(kind, map[string]any{"data": forms, "metadata": meta, "transient": map[string]any{"display_id": id}})
	if err != nil {
		fmt.Fprintln(os.Stderr, "gophernotes:", err)
	}
}
