package server

// The shell messages that wait.

import "sync"

// queue holds shell messages until their turn. It is long, for a person may
// send a whole notebook at once; whoever sends more than maxQueued bytes waits.
type queue struct {
	mu      sync.Mutex
	moved   *sync.Cond
	list    []*message
	bytes   int
	aborted map[*message]bool
}

const maxQueued = 256 << 20

func newQueue() *queue {
	q := &queue{aborted: map[*message]bool{}}
	q.moved = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(m *message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes > maxQueued {
		q.moved.Wait()
	}
	q.list = append(q.list, m)
	q.bytes += m.size()
	q.moved.Broadcast()
}

// get waits for the next message and tells whether it was aborted.
func (q *queue) get() (*message, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 {
		q.moved.Wait()
	}
	m := q.list[0]
	q.list = q.list[1:]
	q.bytes -= m.size()
	aborted := q.aborted[m]
	delete(q.aborted, m)
	q.moved.Broadcast()
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
