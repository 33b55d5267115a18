package commands_test

import (
	"context"
	"fmt"
	"os"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/kerneltest"
	"fourmlab/kernel/worker/commands"
)

// Cells run one after another, with whatever stands at their head.
func ExampleRunner() {
	session := kerneltest.Engine(engine.Options{})
	r := commands.Runner{
		Engine:     func() engine.Engine { return session },
		Reset:      func() error { return nil },
		Show:       func(bundle map[string]any) string { fmt.Println("shown:", bundle["text/plain"]); return "" },
		Streams:    [2]*os.File{os.Stdout, os.Stderr},
		Interrupts: make(chan struct{}),
		Done:       map[int]string{},
	}
	for i, code := range []string{"x := 20\nx + 1", "%tim x", "x++\n%time", "$ exit 3", "strings.Cut?"} {
		result := r.Run(context.Background(), i+1, code)
		switch {
		case result.Failure != nil:
			fmt.Println(result.Failure)
		case result.Payload != nil:
			fmt.Println("for the front end:", result.Payload[0]["source"])
		default:
			fmt.Println(result.Data["text/plain"])
		}
	}
	fmt.Println(r.Complete("%ti", 3).Matches[0].Text)
	// Output:
	// 21
	// command error: In [2]: %tim: no command %tim (did you mean %time?); %help lists them
	// compile error: In [3]:2:1: expected statement, found '%'
	// command error: In [4]: $: exit 3: exit status 3
	// for the front end: page
	// time
}
