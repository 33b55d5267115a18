package ixgo_test

import (
	"fmt"
	"time"

	"github.com/goplus/ixgo"

	patched "fourmlab/kernel/session/ixgo"
)

// A program that never ends is stopped by another goroutine.
func Example() {
	ctx := ixgo.NewContext(0)
	pkg, err := ctx.LoadFile("main.go", "package main\n\nfunc main() {\n\tfor n := 0; ; n++ {\n\t}\n}\n")
	if err != nil {
		panic(err)
	}
	if err := patched.CorrectSSA(pkg.Prog); err != nil {
		panic(err)
	}
	in, err := ctx.NewInterp(pkg)
	if err != nil {
		panic(err)
	}
	m, run := patched.NewMachine(), patched.NewRun(1)
	m.Watch(in, run, func(patched.Functions, *patched.Stopper) {})

	ended := make(chan patched.Outcome)
	run.Add()
	go func() {
		m.Begin(run)
		out := patched.Call(in, pkg.Func("main"))
		m.End(run)
		ended <- out
	}()
	time.AfterFunc(10*time.Millisecond, func() { m.Stop(run, nil) })
	fmt.Println("interrupted:", patched.Interrupted((<-ended).Panicked))
	// Output:
	// interrupted: true
}
