package display

// Comms: two-way lines between a cell and what runs in the front end.

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"fourmlab/internal/fault"
	"fourmlab/internal/show"
)

// Comm is an open line. Messages are maps that become JSON, and may carry
// buffers of bytes beside them.
type Comm struct {
	id, target string
	send       func(kind, id, target string, data map[string]any, buffers [][]byte)

	mu      sync.Mutex
	message func(data map[string]any)
	closed  func()
	over    bool
	buffers [][]byte
}

// carrier is a host with comms: it is given the function that takes what
// comes in, and gives the one that sends.
type carrier interface {
	Comms(deliver func(kind, id, target string, data map[string]any, buffers [][]byte) bool) func(kind, id, target string, data map[string]any, buffers [][]byte)
}

// lines holds what is open.
var lines = struct {
	sync.Mutex
	targets map[string]func(*Comm, map[string]any)
	open    map[string]*Comm
}{targets: map[string]func(*Comm, map[string]any){}, open: map[string]*Comm{}}

// OnComm calls f for every line that the front end opens to target, with the
// data that came with it; the latest f counts, and nil ends it. In a script
// nobody opens one.
func OnComm(target string, f func(c *Comm, data map[string]any)) {
	sender() // the host knows now whom to call
	lines.Lock()
	defer lines.Unlock()
	if f == nil {
		delete(lines.targets, target)
		return
	}
	lines.targets[target] = f
}

// OpenComm opens a line to a target of the front end. In a script it leads
// nowhere.
func OpenComm(target string, data map[string]any) *Comm {
	var b [16]byte
	rand.Read(b[:])
	c := &Comm{id: fmt.Sprintf("%x", b), target: target, send: sender()}
	lines.Lock()
	lines.open[c.id] = c
	lines.Unlock()
	c.send("comm_open", c.id, target, plain("display.OpenComm", data), nil)
	return c
}

// Send sends a message to the other end, with buffers of bytes if there are
// any.
func (c *Comm) Send(data map[string]any, buffers ...[]byte) {
	c.mu.Lock()
	over := c.over
	c.mu.Unlock()
	if over {
		fault.Panic("Comm.Send", "the comm to %s is closed", c.target)
	}
	c.send("comm_msg", c.id, c.target, plain("Comm.Send", data), buffers)
}

// plain panics on data that is no JSON.
func plain(op string, data map[string]any) map[string]any {
	if _, err := json.Marshal(data); err != nil {
		fault.Panic(op, "the data is no JSON: %v", err)
	}
	return data
}

// OnMessage calls f with every message that comes from the other end.
func (c *Comm) OnMessage(f func(data map[string]any)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.message = f
}

// Buffers gives the buffers that came with the latest message.
func (c *Comm) Buffers() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buffers
}

// OnClose calls f when the other end closes the line.
func (c *Comm) OnClose(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = f
}

// Close closes the line; a closed one stays as it is.
func (c *Comm) Close() {
	if c.finish() {
		c.send("comm_close", c.id, c.target, nil, nil)
	}
}

// String names the line.
func (c *Comm) String() string { return fmt.Sprintf("comm to %s (%.8s)", c.target, c.id) }

// finish marks the end, and tells whether it was open.
func (c *Comm) finish() bool {
	lines.Lock()
	delete(lines.open, c.id)
	lines.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	was := !c.over
	c.over = true
	return was
}

// sender gives what sends in this program.
func sender() func(kind, id, target string, data map[string]any, buffers [][]byte) {
	if h, ok := show.CurrentHost().(carrier); ok {
		return h.Comms(deliver)
	}
	return func(string, string, string, map[string]any, [][]byte) {}
}

// deliver takes what comes from the front end. It tells whether anybody was
// there for it; a handler that panics is told of, and the line stays.
func deliver(kind, id, target string, data map[string]any, buffers [][]byte) (there bool) {
	lines.Lock()
	opened, c := lines.targets[target], lines.open[id]
	lines.Unlock()
	var handler func()
	switch kind {
	case "comm_open":
		if opened == nil {
			return false
		}
		c = &Comm{id: id, target: target, send: sender(), buffers: buffers}
		lines.Lock()
		lines.open[id] = c
		lines.Unlock()
		handler = func() { opened(c, data) }
	case "comm_msg":
		if c == nil {
			return false
		}
		c.mu.Lock()
		c.buffers = buffers
		if f := c.message; f != nil {
			handler = func() { f(data) }
		}
		c.mu.Unlock()
	case "comm_close":
		if c == nil {
			return false
		}
		c.finish()
		c.mu.Lock()
		handler = c.closed
		c.mu.Unlock()
	}
	if handler == nil {
		return true
	}
	defer func() {
		if r := recover(); r != nil {
			there = true
			fmt.Fprintf(os.Stderr, "panic in the handler of %s: %v\n", c, r)
		}
	}()
	handler()
	return true
}
