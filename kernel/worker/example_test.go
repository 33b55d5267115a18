package worker_test

import (
	"fmt"
	"os"

	"fourmlab/kernel/engine"
	"fourmlab/kernel/session"
	"fourmlab/kernel/worker"
)

// A program that has kernels is their worker, too.
func ExampleRun() {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		err := worker.Run(func(o engine.Options) engine.Engine {
			s := session.New()
			s.Folder, s.Late = o.Folder, o.Late
			return s
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	fmt.Println("what else the program does")
	// Output: what else the program does
}
