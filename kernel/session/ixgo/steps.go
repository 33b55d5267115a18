package ixgo

// A program can be stopped because its steps ask. When the interpreter has
// made a program, the steps at which it may go on for ever are replaced: jumps
// that lead back, the first step of functions, calls of compiled code, and
// operations on channels, which wait for the channel or an interrupt. A step
// that asks reads one byte; the program's text stays as it was typed.

import (
	"go/token"
	"go/types"
	"reflect"

	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// Watch corrects a program that has not run yet and makes it stop with the run:
// steps are replaced. In between, compile may replace those of whole functions.
func (m *Machine) Watch(in *ixgo.Interp, r *Run, compile func(Functions, *Stopper)) {
	if unknown != nil {
		return
	}
	g, funcs := m.newStopper(r), functionsOf(in)
	g.correct(in, funcs)
	for _, f := range funcs {
		for i, instr := range f.Instrs {
			if s := g.asking(in, f, instr, f.Steps[i]); s != nil {
				f.Steps[i] = s
			}
		}
	}
	compile(funcs, g)
	g.catchPanics(funcs)
	for _, f := range funcs {
		if len(f.Steps) > 0 {
			f.Steps[0] = g.first(f.Steps[0])
		}
	}
}

// Correct corrects a program that nothing but its own end stops. A panic that
// leaves one of its goroutines is told to Crashed.
func (m *Machine) Correct(in *ixgo.Interp, compile func(Functions, *Stopper)) {
	if unknown != nil {
		return
	}
	g, funcs := m.newStopper(nil), functionsOf(in)
	g.correct(in, funcs)
	for _, f := range funcs {
		for i, instr := range f.Instrs {
			if x, ok := instr.(*ssa.Go); ok {
				f.Steps[i] = g.spawn(in, f, x)
			}
		}
	}
	compile(funcs, g)
	g.catchPanics(funcs)
}

// first is the first step of a function, which also notes where a panic came
// from that leaves the function for compiled code: that knows nothing of cells.
func (g *Stopper) first(do Step) Step {
	return func(fr *ixgo.Frame) {
		if g.Stopping {
			g.Stop(fr)
		}
		if entered(fr) {
			g.guarded(fr, do)
			return
		}
		do(fr)
	}
}

// guarded runs the whole call, and notes the place of a panic that leaves it.
func (g *Stopper) guarded(fr *ixgo.Frame, do Step) {
	done := false
	defer func() {
		if done || g.Stopping { // of an interrupt there is nothing to note
			return
		}
		if e := recover(); e != nil {
			g.m.Current().notePanic(fr, e)
			panic(e)
		}
	}()
	do(fr)
	runFrame(fr)
	done = true
}

// before asks before the step.
func (g *Stopper) before(do Step) Step {
	return func(fr *ixgo.Frame) {
		if g.Stopping {
			g.Stop(fr)
		}
		do(fr)
	}
}

// asking gives what stands for a step, or nil when the step itself does.
func (g *Stopper) asking(in *ixgo.Interp, f Function, instr ssa.Instruction, do Step) Step {
	switch x := instr.(type) {
	case *ssa.Jump, *ssa.If:
		// Every way around a loop has a jump to a block that stands before.
		for _, next := range instr.Block().Succs {
			if next.Index <= instr.Block().Index {
				return g.before(do)
			}
		}
	case *ssa.Call:
		switch fn := x.Call.Value.(type) {
		case *ssa.Builtin, *ssa.MakeClosure:
			return nil
		case *ssa.Function:
			if fn.Blocks != nil {
				return nil
			}
		}
		if sized := g.sized(f, x, do); sized != nil {
			do = sized
		}
		// A result that came after the interrupt is kept, so that a long call
		// that ended early is not lost, unless nobody waits for the cell.
		return func(fr *ixgo.Frame) {
			if g.Stopping {
				g.Stop(fr)
			}
			do(fr)
			if g.Stopping {
				g.abandon()
			}
		}
	case *ssa.UnOp:
		if x.Op == token.ARROW {
			return g.receive(f, x, do)
		}
	case *ssa.Send:
		return g.send(f, x, do)
	case *ssa.Go:
		return g.spawn(in, f, x)
	case *ssa.Select:
		if x.Blocking {
			return g.choose(f, x, do)
		}
	case *ssa.Alloc:
		return g.allocate(x, do)
	case *ssa.MakeSlice:
		return g.makeSlice(f, x, do)
	case *ssa.MakeChan:
		return g.makeChan(f, x, do)
	}
	return nil
}

// receive waits for the channel or an interrupt.
func (g *Stopper) receive(f Function, x *ssa.UnOp, do Step) Step {
	to, from := f.Register(x), f.Register(x.X)
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		c := reflect.ValueOf(r[from])
		if !c.IsValid() {
			do(fr)
			return
		}
		v, ok := c.TryRecv()
		if !v.IsValid() {
			_, v, ok = g.wait(fr, []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}})
		}
		if x.CommaOk {
			r[to] = ixgo.Tuple{v.Interface(), ok}
		} else {
			r[to] = v.Interface()
		}
	}
}

func (g *Stopper) send(f Function, x *ssa.Send, do Step) Step {
	to, from := f.Register(x.Chan), f.Register(x.X)
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		c := reflect.ValueOf(r[to])
		if !c.IsValid() {
			do(fr)
			return
		}
		v := sent(c, r[from])
		if !c.TrySend(v) {
			g.wait(fr, []reflect.SelectCase{{Dir: reflect.SelectSend, Chan: c, Send: v}})
		}
	}
}

// sent is a value as a channel takes it.
func sent(c reflect.Value, x any) reflect.Value {
	if x == nil {
		return reflect.Zero(c.Type().Elem())
	}
	return reflect.ValueOf(x)
}

// choose is a select without a default. Its result is the number of the case,
// whether something came, and what came for each case that receives.
func (g *Stopper) choose(f Function, x *ssa.Select, do Step) Step {
	to := f.Register(x)
	chans, values := make([]int, len(x.States)), make([]int, len(x.States))
	for i, st := range x.States {
		chans[i] = f.Register(st.Chan)
		if st.Send != nil {
			values[i] = f.Register(st.Send)
		}
	}
	return func(fr *ixgo.Frame) {
		r := Registers(fr)
		cases := make([]reflect.SelectCase, len(x.States), len(x.States)+1)
		for i, st := range x.States {
			c := reflect.ValueOf(r[chans[i]])
			if !c.IsValid() {
				do(fr)
				return
			}
			cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: c}
			if st.Dir == types.SendOnly {
				cases[i] = reflect.SelectCase{Dir: reflect.SelectSend, Chan: c, Send: sent(c, r[values[i]])}
			}
		}
		n, v, ok := g.wait(fr, cases)
		out := ixgo.Tuple{n, ok}
		for i, st := range x.States {
			if st.Dir == types.SendOnly {
				continue
			}
			if i == n {
				out = append(out, v.Interface())
			} else {
				out = append(out, reflect.Zero(cases[i].Chan.Type().Elem()).Interface())
			}
		}
		r[to] = out
	}
}

// wait waits for one of the cases. An interrupt that means others makes it
// wait again.
func (g *Stopper) wait(fr *ixgo.Frame, cases []reflect.SelectCase) (int, reflect.Value, bool) {
	for {
		next := g.m.nextStop()
		if g.Stopping {
			g.Stop(fr)
		}
		n, v, ok := reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: next}))
		if n < len(cases) {
			return n, v, ok
		}
	}
}
