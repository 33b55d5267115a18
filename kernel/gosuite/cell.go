package main

// The child process: a program as the cell of a notebook, or as a script.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	_ "github.com/goplus/ixgo/pkg" // the standard library for the programs
	"github.com/traefik/yaegi/stdlib"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/headless"
	"fourmlab/kernel/session"
)

var clause = regexp.MustCompile(`(?m)^package main\b`)

// asCell takes the package clause, which no cell has, out of a program and
// calls main where the program ends. Lines stay where they were.
func asCell(src string) string {
	if at := clause.FindStringIndex(src); at != nil {
		src = src[:at[0]] + src[at[1]:]
	}
	return src + "\nmain()\n"
}

// runCell runs the program at path and gives the status to exit with.
func runCell(path string) int {
	src, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Args = []string{path}
	r := session.New().Run(context.Background(), 1, asCell(string(src)))
	if r.Err == nil {
		return 0
	}
	if r.Err.Name == "exit" {
		code := 1
		fmt.Sscanf(r.Err.Value, "exit status %d", &code)
		return code
	}
	fmt.Fprintf(os.Stderr, "%s\n%s\n", strings.Join(r.Err.Trace, "\n"), r.Err)
	return 1
}

// runScript runs the program at path as a script and gives the status to exit
// with.
func runScript(path string) int {
	engine.Link(engine.Linked{Yaegi: stdlib.Symbols})
	err := headless.Script{Path: path}.Run()
	var panicked headless.Panicked
	switch {
	case err == nil:
		return 0
	case errors.As(err, &panicked):
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
