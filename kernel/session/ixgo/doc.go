// Package ixgo is the door to the interpreter: what is corrected in
// github.com/goplus/ixgo, so that the programs it runs behave as Go's and can be
// stopped. Everything that reaches into its memory, into functions that it does
// not export, or into the runtime's is behind this door, and nowhere else.
//
//	ctx := ixgo.NewContext(0)
//	pkg, err := ctx.LoadFile("main.go", src)
//	...
//	patched.CorrectSSA(pkg.Prog) // in the SSA form
//	in, err := ctx.NewInterp(pkg)
//	...
//	m := patched.NewMachine()
//	r := patched.NewRun(1)
//	m.Watch(in, r, func(patched.Functions, *patched.Stopper) {}) // in the steps
//	out := patched.Call(in, pkg.Func("main"))
//
// The interpreter turns the SSA form of a program into a step for each
// instruction. Before a program runs, Machine.Watch puts other steps into the
// place of some:
//
//   - Steps at which it may go on for ever look at one byte, Stopper.Stopping,
//     and end when their Run was stopped: backward jumps, calls, operations on
//     channels. What a goroutine works for is known by its profiler's labels.
//   - Deferred calls, recover, Goexit and what ends a program are Go's.
//   - Panics of failed assertions, nil in maps, print and println, the bytes of
//     constants and the names of generic types are Go's.
//   - What would make more than fits is refused before it is made (Limits).
//
// Machine.Correct does the same for a program that only its own end stops.
//
// # The version
//
// None of this has an accessor. The offsets are found by name and type at
// start; signatures of functions cannot be asked for at run time, so a test
// compares them with the source of the version in go.mod, and the program's
// build information has to name that version. Where it names another one, or
// a field is not as it was, Unknown says so, and Watch, Correct and Call leave
// all to the interpreter: programs run, but slowly, as it runs them, and what
// does not end by itself is left behind instead of stopped. Test programs list
// no modules: there the fields decide alone, since go test builds with what
// go.mod requires.
package ixgo
