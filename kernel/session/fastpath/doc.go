// Package fastpath makes the functions of an interpreted program quick: it
// compiles them to closures.
//
//	var c fastpath.Compiler
//	m.Watch(in, run, func(funcs patched.Functions, stop *patched.Stopper) {
//		c.Compile(in, funcs, stop)
//	})
//
// The interpreter has a step for every instruction, and all values are
// interfaces: a number beyond 255 is a new piece of memory each time it changes.
// Here the steps of a function are put together anew when it has been made.
// Numbers live in slots beside the registers, an expression is one closure with
// closures inside, and a call hands its numbers over from slot to slot.
//
// # What is not known
//
// Whatever is not known here is done by the interpreter's own step, for which
// the numbers it takes are put into registers before; so is everything that Go
// refuses (an index out of range, division by zero), which makes the panics
// those of the interpreter. A function that may recover stays as it is; Unfit
// says so, and why. Of stopping it knows one flag, which backward jumps and
// calls read.
//
// # Order
//
// Things happen in the order of the instructions: what reads memory or may panic
// becomes part of a later expression only where nothing that happens in between
// could tell.
package fastpath
