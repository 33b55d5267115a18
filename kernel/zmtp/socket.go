package zmtp

// What both types of sockets share: the life of their connections.

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// peer is one connection.
type peer struct {
	conn     net.Conn
	out      *outbox
	identity string
	topics   map[string]int // of a subscriber, counted
}

// socket listens and keeps the peers.
type socket struct {
	kind     string
	limit    int // bytes of one message
	listener net.Listener
	tell     func(...any) // logs one line
	greeted  func(*peer)
	message  func(*peer, [][]byte) error
	command  func(p *peer, name string, body []byte) error

	mu     sync.Mutex
	peers  map[*peer]bool
	closed bool
	done   chan struct{} // closed when the socket is
	busy   sync.WaitGroup
}

func (s *socket) start(endpoint string) (err error) {
	if s.listener, err = listen(endpoint); err != nil {
		return err
	}
	s.peers, s.done = map[*peer]bool{}, make(chan struct{})
	go s.accept()
	return nil
}

// Addr is where the socket listens.
func (s *socket) Addr() net.Addr { return s.listener.Addr() }

func (s *socket) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			select {
			case <-s.done:
				return
			case <-time.After(50 * time.Millisecond): // no file left, say: it may pass
				continue
			}
		}
		conn.SetDeadline(time.Now().Add(greetTime))
		p := &peer{conn: conn, out: newOutbox(), topics: map[string]int{}}
		s.mu.Lock()
		fits := !s.closed && len(s.peers) < MaxPeers
		if fits {
			s.peers[p] = true
			s.busy.Add(1)
		}
		s.mu.Unlock()
		if !fits {
			conn.Close()
			continue
		}
		go s.serve(p)
	}
}

// serve is the life of a connection.
func (s *socket) serve(p *peer) {
	defer s.busy.Done()
	r := bufio.NewReaderSize(p.conn, 1<<14)
	identity, err := greet(p.conn, r, s.kind)
	if err == nil {
		p.conn.SetDeadline(time.Time{})
		if s.ending() {
			p.conn.Close()
		}
		written := make(chan struct{})
		go func() {
			p.out.write(p.conn)
			hangUp(p.conn)
			close(written)
		}()
		p.identity = identity
		s.greeted(p)
		err = s.read(p, r)
		p.out.close()
		if !s.ending() {
			p.conn.Close() // a write that hangs ends
		}
		<-written
	}
	p.conn.Close()
	s.mu.Lock()
	delete(s.peers, p)
	s.mu.Unlock()
	var broken net.Error
	if err != nil && err != io.EOF && !errors.Is(err, net.ErrClosed) && !s.ending() && (!errors.As(err, &broken) || broken.Timeout()) {
		s.tell(fmt.Sprintf("%s: closed a connection: %v", s.kind, err))
	}
}

// hangUp ends the writing side, so that the peer reads all that was written
// even when it is still sending.
func hangUp(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}

func (s *socket) ending() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// read takes what a peer sends until its end.
func (s *socket) read(p *peer, r *bufio.Reader) error {
	for {
		frames, isCommand, err := readMessage(r, s.limit)
		if err != nil {
			return err
		}
		if s.ending() {
			continue
		}
		if !isCommand {
			if err := s.message(p, frames); err != nil {
				return err
			}
			continue
		}
		name, body, err := splitCommand(frames[0])
		if err != nil {
			return err
		}
		switch {
		case name == "PING" && len(body) >= 2: // a time to live, then what the answer repeats
			s.post(p, command("PONG", body[2:min(len(body), 18)]))
		case name == "ERROR":
			return errors.New("the peer tells of an error")
		case s.command != nil:
			if err := s.command(p, name, body); err != nil {
				return err
			}
		}
	}
}

// post sends to one peer.
func (s *socket) post(p *peer, w wire) {
	if p.out.put(w) {
		s.tell(fmt.Sprintf("%s: a peer does not read: what it misses is dropped", s.kind))
	}
}

// Close sends what waits, for at most a second, and ends all connections.
func (s *socket) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.done)
	s.listener.Close()
	for p := range s.peers {
		p.conn.SetWriteDeadline(time.Now().Add(linger))
		p.conn.SetReadDeadline(time.Now().Add(linger / 4))
		p.out.close()
	}
	s.mu.Unlock()
	s.busy.Wait()
}
