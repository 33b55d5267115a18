package fastpath

// How a function that was made quick runs: its calls, their memory, and the
// ways in and out of the interpreter's own calls.

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	patched "fourmlab/kernel/session/ixgo"
)

// frame is a running call. Behind it in memory lie its slots, one for each
// value that is a number or a truth value.
type frame struct {
	fr   *ixgo.Frame
	regs unsafe.Pointer // the frame's registers
	th   *thread
	next *frame // in the list of those that wait to be used again
	ret  int64  // a result that is a number
}

// What a quick function is made of: a number with its sign or zeros extended,
// a float as its bits; a truth value; an address; and something that is done.
type (
	num  = func(*frame) int64
	cond = func(*frame) bool
	ptr  = func(*frame) unsafe.Pointer
	do   = func(*frame)
)

// block is a basic block: what is done, and then where to go, nil being out of
// the function.
type block struct {
	do  []do
	end func(*frame) *block
}

// code is a function that was made quick.
type code struct {
	patched.Function
	program *program
	id      int
	results int
	params  []param
	ready   bool
	blocks  []block
	slots   uintptr // bytes
	holder  int     // the register where a frame of the interpreter's keeps its quick
	back    do      // puts a number where the interpreter looks for the result
	stop    *patched.Stopper
}

// param is a parameter or free variable.
type param struct {
	register int
	slot     uintptr // 0 for what is no number
	kind     reflect.Kind
}

// program is shared by the functions of a program.
type program struct {
	threads sync.Pool
	targets map[*ssa.Function]*code
	in      *ixgo.Interp
	types   patched.Types
	sets    patched.Methods
	others  methods // of earlier programs
}

// methods are quick methods by type and name.
type methods = map[reflect.Type]map[string]*code

// thread is what the calls of one goroutine share.
type thread struct {
	free []*frame // by code
}

const firstSlot = unsafe.Sizeof(frame{})

func slotAt(q *frame, off uintptr) *int64 { return (*int64)(unsafe.Add(unsafe.Pointer(q), off)) }

func register(q *frame, i int) *patched.Interface {
	return (*patched.Interface)(unsafe.Add(q.regs, uintptr(i)*unsafe.Sizeof(patched.Interface{})))
}

type sized[A any] struct {
	frame
	_ A // the slots
}

// most is how many bytes of slots a quick function may have.
const most = 4096 * 8

func newFrame(bytes uintptr) *frame {
	switch n := bytes / 8; {
	case n <= 4:
		return &new(sized[[4]int64]).frame
	case n <= 16:
		return &new(sized[[16]int64]).frame
	case n <= 64:
		return &new(sized[[64]int64]).frame
	case n <= 512:
		return &new(sized[[512]int64]).frame
	}
	return &new(sized[[most / 8]int64]).frame
}

// take gives the memory of a call that is about to begin.
func (th *thread) take(c *code, caller *ixgo.Frame) *frame {
	q := th.free[c.id]
	if q == nil {
		q = c.around(patched.NewFrame(c.program.in, c.Function), th)
	} else {
		th.free[c.id] = q.next
	}
	*patched.Caller(q.fr) = caller
	*patched.Next(q.fr) = 1
	*patched.Callee(caller) = q.fr
	*patched.DeferID(q.fr) = *patched.DeferID(caller)
	return q
}

func (th *thread) give(c *code, q *frame) {
	q.next = th.free[c.id]
	th.free[c.id] = q
}

// around gives a frame its slots.
func (c *code) around(fr *ixgo.Frame, th *thread) *frame {
	q := newFrame(c.slots)
	q.fr, q.regs, q.th = fr, unsafe.Pointer(unsafe.SliceData(patched.Registers(fr))), th
	return q
}

// run does the blocks of a call from the first.
func (c *code) run(q *frame) {
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
	r := patched.Registers(fr)
	th := c.program.threads.Get().(*thread)
	q, ok := r[c.holder].(*frame)
	if ok {
		q.th = th
	} else {
		q = c.around(fr, th)
		r[c.holder] = q
	}
	for _, p := range c.params {
		if p.slot != 0 {
			*slotAt(q, p.slot) = unbox(p.kind, register(q, p.register))
		}
	}
	c.run(q)
	if c.back != nil {
		c.back(q)
	}
	q.th = nil
	c.program.threads.Put(th)
}
