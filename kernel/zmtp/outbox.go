package zmtp

// What waits for one peer: bounded, so that one that does not read costs the
// others nothing.

import (
	"net"
	"sync"
)

// each is what a message costs beside its bytes.
const each = 256

// outbox is the queue of one connection.
type outbox struct {
	mu     sync.Mutex
	moved  *sync.Cond
	queue  []wire
	bytes  int  // in the queue and on their way
	closed bool // nothing more is taken
	full   bool // the last one was dropped
	slow   bool // was waited for in vain, until it is empty
}

func newOutbox() *outbox {
	o := &outbox{}
	o.moved = sync.NewCond(&o.mu)
	return o
}

// put queues a message, or drops it when too much waits. It tells whether
// this is the first one that is dropped of a row.
func (o *outbox) put(w wire) (overflowed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.bytes > 0 && o.bytes+w.size+each > HighWater {
		first := !o.full
		o.full = true
		return first
	}
	o.full = false
	o.queue = append(o.queue, w)
	o.bytes += w.size + each
	o.moved.Signal()
	return false
}

// close takes nothing more; what waits is still written.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.moved.Broadcast()
}

// behind tells whether so much waits that a sender should give the peer time.
func (o *outbox) behind() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes > HighWater/8 && !o.slow && !o.closed
}

// giveUp tells that nobody waits for this peer any more.
func (o *outbox) giveUp() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.slow = o.bytes > HighWater/8
}

// write writes what comes until the outbox is closed and empty, or the
// connection breaks.
func (o *outbox) write(conn net.Conn) {
	for {
		o.mu.Lock()
		for len(o.queue) == 0 && !o.closed {
			o.moved.Wait()
		}
		n, size := 0, 0
		var parts net.Buffers
		for n < len(o.queue) && size < 1<<20 {
			parts = append(parts, o.queue[n].parts...)
			size += o.queue[n].size + each
			o.queue[n] = wire{}
			n++
		}
		o.queue = o.queue[n:]
		o.mu.Unlock()
		if n == 0 {
			return
		}
		_, err := parts.WriteTo(conn)
		o.mu.Lock()
		o.bytes -= size
		o.slow = o.slow && o.bytes > 0
		if err != nil {
			o.closed, o.queue = true, nil
		}
		o.mu.Unlock()
		if err != nil {
			conn.Close()
			return
		}
	}
}
