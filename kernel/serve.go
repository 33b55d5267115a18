package kernel

// The parent: sockets, the order of messages, and the life of the worker.

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/go-zeromq/zmq4"
)

// server is one kernel of one connection file.
type server struct {
	key     signer
	session string
	shell   zmq4.Socket
	control zmq4.Socket
	iopub   zmq4.Socket
	stdin   zmq4.Socket

	queue *queue
	quit  chan struct{}
	once  sync.Once

	mu     sync.Mutex
	parent json.RawMessage   // whose cell is running, or ran last
	asker  *message          // the same, if its front end answers questions
	asked  int               // the question that is open, or 0
	comms  map[string]string // targets of the open ones, by id
	worker *process

	count   int // of cells
	history []entry
}

// entry is one line of the history.
type entry struct {
	n    int
	code string
}

// Serve runs a kernel on the sockets that Jupyter's connection file names,
// until it is told to shut down. It returns nil then, and an error when it
// could not start.
func Serve(connectionFile string) error {
	c, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	quiet := zmq4.WithLogger(log.New(os.Stderr, "kernel: ", 0))
	s := &server{
		key: signer(c.Key), session: uuid(), queue: newQueue(), quit: make(chan struct{}),
		shell: zmq4.NewRouter(ctx, quiet), control: zmq4.NewRouter(ctx, quiet), iopub: zmq4.NewPub(ctx, quiet), stdin: zmq4.NewRouter(ctx, quiet),
		comms: map[string]string{},
	}
	beat := zmq4.NewRep(ctx, quiet)
	for _, b := range []struct {
		socket zmq4.Socket
		port   int
	}{{beat, c.Heartbeat}, {s.iopub, c.IOPub}, {s.control, c.Control}, {s.stdin, c.Stdin}, {s.shell, c.Shell}} {
		if err := b.socket.Listen(c.endpoint(b.port)); err != nil {
			return fmt.Errorf("kernel: %w", err)
		}
	}
	go echo(ctx, beat)
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	go func() {
		for range interrupts {
			s.interrupt()
		}
	}()
	if err := s.restart(); err != nil {
		return err
	}
	s.publish("status", nil, status("starting"))
	go s.receive(ctx, s.control, s.handleControl)
	go s.receive(ctx, s.shell, s.queue.put)
	go s.receive(ctx, s.stdin, s.answer)
	go s.work()
	go s.orphaned()
	<-s.quit
	s.current().kill()
	time.Sleep(100 * time.Millisecond) // the last messages leave
	return nil
}

// echo answers the heartbeat.
func echo(ctx context.Context, socket zmq4.Socket) {
	for ctx.Err() == nil {
		if m, err := socket.Recv(); err == nil {
			socket.Send(m)
		} else {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// receive hands on what a socket brings; what is no message is logged.
func (s *server) receive(ctx context.Context, socket zmq4.Socket, take func(*message)) {
	for ctx.Err() == nil {
		m, err := socket.Recv()
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		msg, err := s.key.decode(m.Frames)
		if err != nil {
			log.Printf("kernel: dropped a message: %v", err)
			continue
		}
		take(msg)
	}
}

// orphaned ends the kernel when the front end that started it is gone.
func (s *server) orphaned() {
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

func (s *server) current() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worker
}

func (s *server) interrupt() { s.current().send(order{Op: "interrupt"}) }

// restart starts a worker in place of none or a dead one.
func (s *server) restart() error {
	p, err := start("", func(name, text string) {
		s.publish("stream", s.running(), map[string]any{"name": name, "text": text})
	}, s.event)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.worker = p
	s.mu.Unlock()
	return nil
}

func (s *server) running() json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parent
}

func status(state string) map[string]any { return map[string]any{"execution_state": state} }

// publish sends to everyone who listens.
func (s *server) publish(kind string, parent json.RawMessage, content any) {
	frames, err := s.key.encode([][]byte{[]byte(kind)}, newHeader(s.session, kind), parent, content)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	s.iopub.Send(zmq4.NewMsgFrom(frames...))
}

// reply answers a request on its own socket.
func (s *server) reply(socket zmq4.Socket, m *message, kind string, content any) {
	frames, err := s.key.encode(m.identities, newHeader(s.session, kind), m.raw, content)
	if err != nil {
		log.Printf("kernel: %v", err)
		return
	}
	if err := socket.Send(zmq4.NewMsgFrom(frames...)); err != nil {
		log.Printf("kernel: %s: %v", kind, err)
	}
}

// queue holds shell messages until their turn. It has no bound, for a person
// may send a whole notebook at once.
type queue struct {
	mu      sync.Mutex
	arrived *sync.Cond
	list    []*message
	aborted map[*message]bool
}

func newQueue() *queue {
	q := &queue{aborted: map[*message]bool{}}
	q.arrived = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(m *message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, m)
	q.arrived.Signal()
}

// get waits for the next message and tells whether it was aborted.
func (q *queue) get() (*message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 {
		q.arrived.Wait()
	}
	m := q.list[0]
	q.list = q.list[1:]
	aborted := q.aborted[m]
	delete(q.aborted, m)
	return m, aborted
}

// abort marks the cells that wait.
func (q *queue) abort() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, m := range q.list {
		if m.header.Type == "execute_request" {
			q.aborted[m] = true
		}
	}
}
