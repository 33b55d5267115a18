package fastpath_test

import (
	"fmt"

	"github.com/goplus/ixgo"
	_ "github.com/goplus/ixgo/pkg/fmt" // linked in

	"fourmlab/kernel/session/fastpath"
	patched "fourmlab/kernel/session/ixgo"
)

func Example() {
	ctx := ixgo.NewContext(0)
	pkg, err := ctx.LoadFile("main.go", `package main

import "fmt"

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func safe(f func()) {
	defer func() { recover() }()
	f()
}

func main() {
	safe(func() { fmt.Println(fib(25)) })
}
`)
	if err != nil {
		panic(err)
	}
	in, err := ctx.NewInterp(pkg)
	if err != nil {
		panic(err)
	}
	var c fastpath.Compiler
	patched.NewMachine().Correct(in, func(funcs patched.Functions, stop *patched.Stopper) { c.Compile(in, funcs, stop) })
	patched.Call(in, pkg.Func("main"))
	fmt.Printf("fib: %q, safe: %q\n", c.Unfit["main.fib"], c.Unfit["main.safe"])
	// Output:
	// 75025
	// fib: "", safe: "it may recover"
}
