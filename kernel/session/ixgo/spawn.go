package ixgo

// A panic in a goroutine ends a Go program, and nothing else may. So goroutines
// are started here and not by the interpreter: what leaves one is told to
// Machine.Crashed.

import (
	"github.com/goplus/ixgo"
	"golang.org/x/tools/go/ssa"
)

// operands gives the registers of what a call calls, of its arguments, and of
// what a closure brings.
func (f Function) operands(c *ssa.CallCommon) (value int, args, bindings []int) {
	for _, a := range c.Args {
		args = append(args, f.Register(a))
	}
	if fn, ok := c.Value.(*ssa.MakeClosure); ok {
		for _, b := range fn.Bindings {
			bindings = append(bindings, f.Register(b))
		}
	}
	return f.Register(c.Value), args, bindings
}

// spawn is a go statement.
func (g *Stopper) spawn(in *ixgo.Interp, f Function, x *ssa.Go) Step {
	value, args, bindings := f.operands(&x.Call)
	return func(fr *ixgo.Frame) {
		if g.Stopping {
			g.Stop(fr)
		}
		fn, with := prepareCall(in, fr, &x.Call, value, args, bindings)
		r := g.current()
		if r != nil {
			r.Add()
		}
		go func() {
			root := new(ixgo.Frame)
			if r != nil {
				defer g.m.End(r)
			}
			defer func() {
				if e := recover(); e != nil {
					var stack []byte
					if !Interrupted(e) {
						stack = stackOf(innermost(root))
					}
					g.m.Crashed(r, e, stack)
				}
			}()
			callDiscardsResult(in, root, fn, with, x.Call.Args)
		}()
	}
}
