package zmtp

// ROUTER: what comes carries the identity of who sent it, and what is sent
// goes to the identity that stands first.

import (
	"encoding/binary"
	"net"
	"sync"
)

// Router is a socket of the type ROUTER.
type Router struct {
	socket
	in chan [][]byte

	names sync.Mutex
	named map[string]*peer
	next  uint32
}

// ListenRouter makes a ROUTER that listens on an endpoint; tell logs one line.
func ListenRouter(endpoint string, tell func(...any)) (*Router, error) {
	r := &Router{in: make(chan [][]byte, 16), named: map[string]*peer{}}
	r.socket = socket{kind: "ROUTER", limit: MaxMessage, tell: tell, greeted: r.name, message: r.take}
	if err := r.start(endpoint); err != nil {
		return nil, err
	}
	return r, nil
}

// name enters a peer. One that comes again under its old identity takes the
// place of its old connection, which a broken network may have left behind.
func (r *Router) name(p *peer) {
	r.names.Lock()
	defer r.names.Unlock()
	if p.identity == "" {
		r.next++
		p.identity = string(binary.BigEndian.AppendUint32([]byte{0}, r.next))
	}
	if old := r.named[p.identity]; old != nil {
		old.conn.Close()
	}
	r.named[p.identity] = p
}

func (r *Router) take(p *peer, frames [][]byte) error {
	select {
	case r.in <- append([][]byte{[]byte(p.identity)}, frames...):
		return nil
	case <-r.done:
		return net.ErrClosed
	}
}

// Recv waits for a message: the identity of its sender, then its frames. The
// error is net.ErrClosed when the socket is.
func (r *Router) Recv() ([][]byte, error) {
	select {
	case m := <-r.in:
		return m, nil
	case <-r.done:
		return nil, net.ErrClosed
	}
}

// Send sends frames to the peer whose identity is the first of them; without
// such a peer they are dropped. It never waits.
func (r *Router) Send(frames [][]byte) {
	if len(frames) < 2 {
		return
	}
	r.names.Lock()
	p := r.named[string(frames[0])]
	r.names.Unlock()
	if p != nil {
		r.post(p, message(frames[1:]))
	}
}
