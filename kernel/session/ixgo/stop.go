package ixgo

// Who is stopped when a person stops a cell: the goroutines that this cell
// started, wherever the code they run was declared, and no others. A goroutine
// inherits the profiler's labels of the one that started it, also through
// compiled code (an HTTP server's, an errgroup's); so the labels of a cell tell
// on whose behalf a step is done.

import (
	"reflect"
	"runtime/pprof"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/goplus/ixgo"

	"fourmlab/kernel/engine"
)

//go:linkname labels runtime/pprof.runtime_getProfLabel
func labels() unsafe.Pointer

// Machine is what the programs of one session, or one script, share: who is to
// be stopped, how much memory they may take, and which of their methods may
// recover. NewMachine makes one.
type Machine struct {
	// Limits are those of all programs together.
	Limits Limits
	// Crashed hears of a panic that ended a goroutine which a go statement of
	// the run has started; stack says where. Interrupts are none.
	Crashed func(r *Run, e any, stack []byte)

	mu         sync.Mutex
	stoppers   []weak.Pointer[Stopper]
	pruned     int                     // stoppers that were there after the last pruning
	runs       map[unsafe.Pointer]*Run // those with goroutines, by their labels
	pending    int                     // those that were told to stop and still have some
	next       chan struct{}           // closed at the next stop
	recovering recoverers              // methods of all programs
}

// NewMachine gives one in which nothing runs.
func NewMachine() *Machine {
	return &Machine{runs: map[unsafe.Pointer]*Run{}, next: make(chan struct{})}
}

// Stopper is what the steps of one program read between them.
type Stopper struct {
	// Stopping is true while somebody is to be stopped: then steps call Stop.
	Stopping bool

	m   *Machine
	run *Run // the cell that the program was made for; nil for a script
}

// cleanup is how long deferred functions of a stopped cell may take.
const cleanup = 100 * time.Millisecond

// newStopper makes the one of a program.
func (m *Machine) newStopper(r *Run) *Stopper {
	g := &Stopper{m: m, run: r}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.stoppers) > 2*m.pruned+64 {
		kept := m.stoppers[:0]
		for _, w := range m.stoppers {
			if w.Value() != nil {
				kept = append(kept, w)
			}
		}
		m.stoppers, m.pruned = kept, len(kept)
	}
	m.stoppers = append(m.stoppers, weak.Make(g))
	return g
}

// Stop tells a run to end; it may be called more than once, and by any
// goroutine. Only the first reason counts, nil being a person's interrupt.
func (m *Machine) Stop(r *Run, why *engine.Failure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.stopping.Load() {
		return
	}
	r.why.Store(why)
	r.asked.Store(time.Now().UnixNano())
	r.stopping.Store(true)
	if r.live.Load() > 0 {
		m.pending++
		m.setStopping(true)
	}
	close(m.next)
	m.next = make(chan struct{})
	close(r.stopped)
}

// setStopping writes what steps read. A byte that changes between 0 and 1 needs
// no ordering; a lock around each jump would cost more than the jump.
//
//go:norace
func (m *Machine) setStopping(on bool) {
	for _, w := range m.stoppers {
		if g := w.Value(); g != nil {
			g.Stopping = on
		}
	}
}

// nextStop gives the channel that the next stop closes.
func (m *Machine) nextStop() reflect.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	return reflect.ValueOf(m.next)
}

// Begin makes this goroutine one of the run's, which Add has counted.
func (m *Machine) Begin(r *Run) {
	pprof.SetGoroutineLabels(r.labels)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.runs[labels()] = r
}

// End takes a goroutine off the run's account.
func (m *Machine) End(r *Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.live.Add(-1) > 0 {
		return
	}
	for l, x := range m.runs {
		if x == r {
			delete(m.runs, l)
		}
	}
	if r.stopping.Load() {
		if m.pending--; m.pending == 0 {
			m.setStopping(false)
		}
	}
}

// Current gives the run that this goroutine works for, or nil.
func (m *Machine) Current() *Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[labels()]
}

// Sleep is time.Sleep, which ends when the run is stopped.
func (m *Machine) Sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		m.mu.Lock()
		next, r := m.next, m.runs[labels()]
		m.mu.Unlock()
		if r != nil && r.Stopping() {
			panic(engine.ErrInterrupted)
		}
		select {
		case <-t.C:
			return
		case <-next:
		}
	}
}

// current is the run of the goroutine that asks.
func (g *Stopper) current() *Run {
	if labels() == nil {
		return g.run // compiled code that started it had no labels to give
	}
	return g.m.Current()
}

// Stop ends the goroutine if its run was stopped. Deferred functions that an
// interrupt makes run get some time.
func (g *Stopper) Stop(fr *ixgo.Frame) {
	r := g.current()
	if r == nil || !r.stopping.Load() {
		return
	}
	if !r.abandoned.Load() && time.Since(time.Unix(0, r.asked.Load())) < cleanup && unwinding(fr) {
		return
	}
	if why := r.why.Load(); why != nil && fr != nil {
		r.noteStop(fr)
	}
	panic(engine.ErrInterrupted)
}

// abandon ends the goroutine if its run was left behind.
func (g *Stopper) abandon() {
	if r := g.current(); r != nil && r.abandoned.Load() {
		panic(engine.ErrInterrupted)
	}
}
