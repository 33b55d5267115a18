package ixgo

// A cell that asks for more memory than there is ends with an error while the
// machine still breathes; what Go or the machine would make of it ends the
// process and all variables. The sizes are looked at while a cell runs, and a
// slice that cannot fit is refused before it is made.

import (
	"fmt"
	"go/types"
	"math"
	"reflect"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"

	"fourmlab/internal/human"
	"fourmlab/internal/memory"
	"fourmlab/kernel/engine"
)

const (
	// deep is how much memory the stacks may take beyond what many
	// goroutines need: recursion that takes more will not end. Go ends the
	// process at twice that or at debug.SetMaxStack.
	deep = 200 << 20
	// usual is how much of it a goroutine may need.
	usual = 64 << 10
	// large is the size from which a slice is looked at before it is made.
	large = 64 << 20
)

// Limits is what cells may take, and what was taken when the running one
// began: a cell may let go of what others made, though there is no room left.
// The zero value limits nothing.
type Limits struct {
	memory        int64        // 0 is no limit
	room          func() int64 // what the machine has left, nil where that is unknown
	stacks, total int64
}

// Set sets how many bytes the process may take, 0 being no limit, and what
// tells how many the machine has left, which may be nil. The collector works
// harder before the limit.
func (l *Limits) Set(bytes int64, room func() int64) {
	l.memory, l.room = bytes, room
	if bytes > 0 {
		debug.SetMemoryLimit(bytes - bytes/8)
	} else {
		debug.SetMemoryLimit(math.MaxInt64)
	}
}

// Begin notes what is taken when a cell begins.
func (l *Limits) Begin() { l.stacks, l.total = usage() }

// Relieve gives back what a cell held that was stopped.
func (l *Limits) Relieve() {
	if l.memory > 0 && memory.Used() > l.memory/2 {
		debug.FreeOSMemory()
	}
}

// Exceeded looks at what the running cell has taken, and gives what it is to
// be stopped for, or nil.
func (l *Limits) Exceeded() *engine.Failure {
	stacks, total := usage()
	if stacks-l.stacks-int64(runtime.NumGoroutine())*usual > deep {
		return &engine.Failure{Name: "panic", Value: "stack overflow: a function calls itself without end, or too deep; variables keep what they had"}
	}
	if l.memory <= 0 || total < l.total+l.memory/64 {
		return nil
	}
	if total > l.memory {
		return &engine.Failure{Name: "out of memory", Value: fmt.Sprintf("the cell was stopped when the process had %s of the %s it may take; variables keep what they had", human.Memory(total), human.Memory(l.memory))}
	}
	if l.room == nil || total-l.total < l.memory/8 {
		return nil // others fill the machine
	}
	if room := l.room(); room < l.memory/32 {
		return &engine.Failure{Name: "out of memory", Value: fmt.Sprintf("the cell was stopped when it had taken %s and the machine had %s left; variables keep what they had", human.Memory(total-l.total), human.Memory(room))}
	}
	return nil
}

// usage is the memory of all stacks, and that of the process.
func usage() (stacks, total int64) {
	m := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(m)
	return int64(m[0].Value.Uint64()), int64(m[1].Value.Uint64() - m[2].Value.Uint64())
}

// makeSlice refuses a slice that does not fit.
func (g *Stopper) makeSlice(f Function, x *ssa.MakeSlice, do Step) Step {
	t, ok := x.Type().Underlying().(*types.Slice)
	if !ok {
		return nil
	}
	elem := sizeof(t.Elem())
	length, capacity := f.Register(x.Len), f.Register(x.Cap)
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		if n := max(integer(r[length]), integer(r[capacity])); elem > 0 && n > large/elem {
			g.m.Limits.fits(t.Elem(), n, elem)
		}
		do(fr)
	}
}

// allocate refuses a variable that does not fit; a slice of constant length
// begins as an array.
func (g *Stopper) allocate(x *ssa.Alloc, do Step) Step {
	t := x.Type().Underlying().(*types.Pointer).Elem()
	size := sizeof(t)
	if size <= large {
		return nil
	}
	n, elem := int64(1), t
	if a, ok := t.Underlying().(*types.Array); ok {
		n, elem = a.Len(), a.Elem()
	}
	return func(fr *ixgo.Frame) {
		g.m.Limits.fits(elem, n, size/n)
		do(fr)
	}
}

// integer is a length of any integer type.
func integer(x any) int64 {
	switch v := reflect.ValueOf(x); {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(min(v.Uint(), 1<<62))
	}
	return 0
}

// fits panics where n elements of the type do not fit.
func (l *Limits) fits(t types.Type, n, elem int64) {
	limit := l.memory
	if limit <= 0 {
		return
	}
	if _, total := usage(); n > (limit-total)/elem {
		name := types.TypeString(t, func(p *types.Package) string { return strings.TrimPrefix(p.Name(), "main") })
		panic(fmt.Errorf("out of memory: %d times %s needs %s, and the process has %s of the %s it may take", n, name, size(n, elem), human.Memory(total), human.Memory(limit)))
	}
}

// size is that of n elements.
func size(n, elem int64) string {
	if n > (1<<62)/elem {
		return "more than 4 EiB"
	}
	return human.Memory(n * elem)
}
