package exec

// Memory of a plan: pieces that serve one result after another, taken from the
// system only when it is known how much they are together. Outputs lie in the
// machine's own memory. All else lies in a workspace, which machines that do
// not run at the same time share: sampling runs graphs of a dozen shapes, one
// after the other, and takes the memory of the largest.

import (
	"fmt"
	"slices"
	"sync"
	"weak"

	"fourmlab/internal/human"
	"fourmlab/internal/memory"
)

// piece is memory for so many numbers: the machine's own, or from some place of
// a workspace.
type piece struct {
	size int
	own  bool
	data []float32
	from int
}

// place tells where a result lies.
type place struct {
	slot       int
	in         *piece
	from, size int
}

// pool is the pieces of a plan.
type pool struct{ free, all []*piece }

// take gives a piece for a size: the smallest free one that is not much
// larger, else a new one.
func (f *pool) take(size int) *piece {
	best := -1
	for i, b := range f.free {
		if b.size >= size && b.size <= size+size/2 && (best < 0 || b.size < f.free[best].size) {
			best = i
		}
	}
	if best >= 0 {
		b := f.free[best]
		f.free = slices.Delete(f.free, best, best+1)
		return b
	}
	b := &piece{size: size}
	f.all = append(f.all, b)
	return b
}

func (f *pool) give(b *piece) { f.free = append(f.free, b) }

// place takes the machine's own memory and notes what is to lie where.
func (m *Machine) place(all []*piece, lies []place) error {
	own := 0
	m.loose, m.need = nil, 0
	for _, b := range all {
		if b.own {
			own += b.size
		} else {
			b.from = m.need
			m.need += b.size
		}
	}
	m.bytes = 4 * int64(own+m.need)
	missing := 4 * (float64(own) + float64(max(0, m.need-idle())))
	if room, ok := memory.Fits(missing); !ok {
		return fmt.Errorf("exec: a graph of %d steps needs %s, %s are free", len(m.steps), human.Bytes(missing), human.Bytes(room))
	}
	for _, b := range all {
		if b.own {
			b.data = make([]float32, b.size)
		}
	}
	for _, l := range lies {
		if l.in.own {
			m.args[l.slot].F = l.in.data[l.from : l.from+l.size]
		} else {
			m.loose = append(m.loose, l)
		}
	}
	return nil
}

// workspace is memory that one machine at a time computes in.
type workspace struct {
	data []float32
	busy bool
}

// workspaces knows those that there are; the machines that use one keep it.
var workspaces struct {
	sync.Mutex
	all []weak.Pointer[workspace]
}

// enter takes a workspace and lets the results lie there. Its memory grows to
// what the largest machine needs.
func (m *Machine) enter() {
	if m.need == 0 {
		return
	}
	workspaces.Lock()
	defer workspaces.Unlock()
	if m.space == nil || m.space.busy {
		m.space = nil
		workspaces.all = slices.DeleteFunc(workspaces.all, func(p weak.Pointer[workspace]) bool {
			w := p.Value()
			if w != nil && !w.busy && (m.space == nil || len(w.data) > len(m.space.data)) {
				m.space = w
			}
			return w == nil
		})
	}
	if m.space == nil {
		m.space = &workspace{}
		workspaces.all = append(workspaces.all, weak.Make(m.space))
	}
	w := m.space
	w.busy = true
	if len(w.data) < m.need {
		w.data = nil // may go before the new one comes
		w.data = make([]float32, m.need+m.need/8)
	}
	for _, l := range m.loose {
		at := l.in.from + l.from
		m.args[l.slot].F = w.data[at : at+l.size]
	}
}

// leave lets others have the workspace, and lets go of its memory, which is
// another when it has grown.
func (m *Machine) leave() {
	if m.need == 0 {
		return
	}
	for _, l := range m.loose {
		m.args[l.slot].F = nil
	}
	for i := range m.steps {
		clear(m.steps[i].args)
	}
	workspaces.Lock()
	m.space.busy = false
	workspaces.Unlock()
}

// idle tells how many numbers the largest workspace has that nobody is in.
func idle() int {
	workspaces.Lock()
	defer workspaces.Unlock()
	most := 0
	for _, p := range workspaces.all {
		if w := p.Value(); w != nil && !w.busy {
			most = max(most, len(w.data))
		}
	}
	return most
}
