package session

// How a function that was made quick runs: its calls, their memory, and the
// ways in and out of the interpreter's own calls.

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// quick is a running call. Behind it in memory lie its cells, one for each
// value that is a number or a truth value.
type quick struct {
	fr   *ixgo.Frame
	regs unsafe.Pointer // the frame's registers
	th   *thread
	next *quick // in the list of those that wait to be used again
	ret  int64  // a result that is a number
}

// What a quick function is made of: a number with its sign or zeros extended,
// a float as its bits; a truth value; an address; and something that is done.
type (
	num  = func(*quick) int64
	cond = func(*quick) bool
	ptr  = func(*quick) unsafe.Pointer
	do   = func(*quick)
)

// block is a basic block: what is done, and then where to go, nil being out of
// the function.
type block struct {
	do  []do
	end func(*quick) *block
}

// code is a function that was made quick.
type code struct {
	Function
	program *quickProgram
	id      int
	results int
	params  []param
	ready   bool
	blocks  []block
	cells   uintptr // bytes
	holder  int     // the register where a frame of the interpreter's keeps its quick
	back    do      // puts a number where the interpreter looks for the result
	stop    *Stopper
}

// param is a parameter or free variable.
type param struct {
	register int
	cell     uintptr // 0 for what is no number
	kind     reflect.Kind
}

// quickProgram is shared by the functions of a program.
type quickProgram struct {
	threads sync.Pool
	targets map[*ssa.Function]*code
	in      *ixgo.Interp
	types   Types
	sets    Methods
	others  quickMethods // of earlier programs
}

// quickMethods are quick methods by type and name.
type quickMethods = map[reflect.Type]map[string]*code

// thread is what the calls of one goroutine share.
type thread struct {
	free []*quick // by code
}

const firstCell = unsafe.Sizeof(quick{})

func cellAt(q *quick, off uintptr) *int64 { return (*int64)(unsafe.Add(unsafe.Pointer(q), off)) }

func register(q *quick, i int) *Face {
	return (*Face)(unsafe.Add(q.regs, uintptr(i)*unsafe.Sizeof(Face{})))
}

type sized[A any] struct {
	quick
	_ A // the cells
}

// most is how many bytes of cells a quick function may have.
const most = 4096 * 8

func newQuick(bytes uintptr) *quick {
	switch n := bytes / 8; {
	case n <= 4:
		return &new(sized[[4]int64]).quick
	case n <= 16:
		return &new(sized[[16]int64]).quick
	case n <= 64:
		return &new(sized[[64]int64]).quick
	case n <= 512:
		return &new(sized[[512]int64]).quick
	}
	return &new(sized[[most / 8]int64]).quick
}

// take gives the memory of a call that is about to begin.
func (th *thread) take(c *code, caller *ixgo.Frame) *quick {
	q := th.free[c.id]
	if q == nil {
		q = c.around(NewFrame(c.program.in, c.Function), th)
	} else {
		th.free[c.id] = q.next
	}
	*Caller(q.fr) = caller
	*Next(q.fr) = 1
	*Callee(caller) = q.fr
	*DeferID(q.fr) = *DeferID(caller)
	return q
}

func (th *thread) give(c *code, q *quick) {
	q.next = th.free[c.id]
	th.free[c.id] = q
}

// around gives a frame its cells.
func (c *code) around(fr *ixgo.Frame, th *thread) *quick {
	q := newQuick(c.cells)
	q.fr, q.regs, q.th = fr, unsafe.Pointer(unsafe.SliceData(Registers(fr))), th
	return q
}

// run does the blocks of a call from the first.
func (c *code) run(q *quick) {
	if c.stop.Stopping {
		c.stop.Stop(q.fr)
	}
	b := &c.blocks[0]
	for {
		for _, do := range b.do {
			do(q)
		}
		if b = b.end(q); b == nil {
			return
		}
	}
}

// enter is the function's first step, for calls that the interpreter makes.
func (c *code) enter(fr *ixgo.Frame) {
	r := Registers(fr)
	th := c.program.threads.Get().(*thread)
	q, ok := r[c.holder].(*quick)
	if ok {
		q.th = th
	} else {
		q = c.around(fr, th)
		r[c.holder] = q
	}
	for _, p := range c.params {
		if p.cell != 0 {
			*cellAt(q, p.cell) = unbox(p.kind, register(q, p.register))
		}
	}
	c.run(q)
	if c.back != nil {
		c.back(q)
	}
	q.th = nil
	c.program.threads.Put(th)
}
