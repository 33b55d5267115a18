package server

// The sockets, and what is known of the conversation.

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"time"

	"fourmlab/internal/stop"
	"fourmlab/kernel/engine"
	"fourmlab/kernel/link"
	"fourmlab/kernel/zmtp"
)

// server is one kernel of one connection file.
type server struct {
	key       signer
	session   string
	shell     *zmtp.Router
	control   *zmtp.Router
	iopub     *zmtp.XPub
	stdin     *zmtp.Router
	heartbeat *zmtp.Router

	queue   *queue
	replays replays
	log     limitedLog
	quit    chan struct{}
	once    sync.Once

	mu       sync.Mutex
	parent   json.RawMessage         // the request whose cell is running, or ran last
	parents  map[int]json.RawMessage // by cell
	asker    *message                // the same, if its front end answers questions
	question int                     // the one that is open, or 0
	comms    map[string]string       // targets of the open ones, by id
	worker   worker                  // nil where none could be started
	failed   error                   // why
	begun    bool                    // there was one
	ready    chan struct{}           // closed when worker is what it will be for now

	count   int // of cells
	history []entry
}

// worker is the process of the cells, as the server needs it: a *link.Process.
type worker interface {
	Send(link.Request)
	Ask(link.Request) (reply link.Reply, alive bool)
	Failure() *engine.Failure
	CauseOfDeath() string
	Leftovers() string
	Over() <-chan struct{}
	Close()
}

// Serve runs a kernel on the sockets that Jupyter's connection file names,
// until it is told to shut down. It returns nil then, and an error when it
// could not start.
func Serve(connectionFile string) error {
	c, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	s := newServer(signer(c.Key))
	defer s.close()
	if err := s.listen(c); err != nil {
		return fmt.Errorf("kernel: %w", err)
	}
	if c.Key == "" {
		log.Printf("kernel: connection file %s: the key is empty, so messages are not signed: whoever reaches %s on this machine can run cells", connectionFile, c.endpoint(c.Shell))
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, stop.Signals()...)
	defer signal.Stop(signals)
	go func() {
		for sig := range signals {
			if sig == os.Interrupt {
				s.interrupt()
			} else {
				s.stop()
			}
		}
	}()
	s.publish("status", nil, status("starting"))
	// What needs no worker is answered while one starts.
	go func() {
		defer close(s.ready)
		if s.startWorker() != nil {
			s.stop()
		}
	}()
	go s.receive(s.control, s.handleControl)
	go s.receive(s.shell, s.queue.put)
	go s.receive(s.stdin, s.handleStdin)
	go s.serveHeartbeat()
	go s.serveShell()
	go s.watchFrontEnd()
	<-s.quit
	return s.closeWorker()
}

func newServer(key signer) *server {
	return &server{
		key: key, session: uuid(), queue: newQueue(), quit: make(chan struct{}), ready: make(chan struct{}),
		comms: map[string]string{}, parents: map[int]json.RawMessage{},
	}
}

// listen binds the sockets.
func (s *server) listen(c connection) error {
	for _, b := range []struct {
		socket **zmtp.Router
		port   int
	}{{&s.heartbeat, c.Heartbeat}, {&s.control, c.Control}, {&s.stdin, c.Stdin}, {&s.shell, c.Shell}} {
		r, err := zmtp.ListenRouter(c.endpoint(b.port), s.log.print)
		if err != nil {
			return err
		}
		*b.socket = r
	}
	var err error
	s.iopub, err = zmtp.ListenXPub(c.endpoint(c.IOPub), s.welcome, s.log.print)
	return err
}

// close sends what waits and closes the sockets.
func (s *server) close() {
	var all sync.WaitGroup
	for _, r := range []*zmtp.Router{s.shell, s.control, s.stdin, s.heartbeat} {
		if r != nil {
			all.Go(r.Close)
		}
	}
	if s.iopub != nil {
		all.Go(s.iopub.Close)
	}
	all.Wait()
}

// welcome greets whoever begins to listen.
func (s *server) welcome(topic string) [][]byte {
	frames, err := s.key.encode([][]byte{[]byte(topic)}, newHeader(s.session, "iopub_welcome"), nil, map[string]any{"subscription": topic})
	if err != nil {
		return nil
	}
	return frames
}

// serveHeartbeat answers the heartbeat.
func (s *server) serveHeartbeat() {
	for {
		frames, err := s.heartbeat.Recv()
		if err != nil {
			return
		}
		s.heartbeat.Send(frames)
	}
}

// receive hands on what a socket brings; what is no message, or came before,
// is logged.
func (s *server) receive(socket *zmtp.Router, handle func(*message)) {
	for {
		frames, err := socket.Recv()
		if err != nil {
			return
		}
		msg, err := s.key.decode(frames)
		if err != nil {
			s.log.print("dropped a message: ", err)
			continue
		}
		if len(s.key) > 0 && s.replays.seen(msg.signature) {
			s.log.print("dropped a message that came before: ", msg.header.Type)
			continue
		}
		handle(msg)
	}
}

// watchFrontEnd ends the kernel when the front end that started it is gone.
func (s *server) watchFrontEnd() {
	if os.Getenv("JPY_PARENT_PID") == "" {
		return
	}
	first := os.Getppid()
	for os.Getppid() == first {
		time.Sleep(time.Second)
	}
	s.stop()
}

func (s *server) stop() { s.once.Do(func() { close(s.quit) }) }

// stopping tells whether the kernel is about to end.
func (s *server) stopping() bool {
	select {
	case <-s.quit:
		return true
	default:
		return false
	}
}

func (s *server) running() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parent
}

// keptParents is how many cells may still print after they have ended.
const keptParents = 1000

// parentOf gives the request that ran a cell, or for 0 and a cell of long ago
// the one that runs or ran last.
func (s *server) parentOf(cell int) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.parents[cell]; ok && cell > 0 {
		return m
	}
	return s.parent
}

func status(state string) map[string]any { return map[string]any{"execution_state": state} }

// publish sends to everyone who listens.
func (s *server) publish(kind string, parent json.RawMessage, content any, buffers ...[]byte) {
	frames, err := s.key.encode([][]byte{[]byte(kind)}, newHeader(s.session, kind), parent, content, buffers...)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	s.iopub.Send(frames)
}

// reply answers a request on its own socket.
func (s *server) reply(socket *zmtp.Router, m *message, kind string, content any) {
	frames, err := s.key.encode(m.identities, newHeader(s.session, kind), m.raw, content)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	socket.Send(frames)
}
