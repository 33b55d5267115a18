// Package script runs a whole program, a file of package main, on the
// interpreter that runs cells, as a compiler's program runs: checked before it
// starts, with an exit status, and ended by what ends a program.
//
//	p, err := script.Check("train.go", src) // has the compiler's lines, if any
//	if err == nil {
//		err = p.Run(os.Args[1:], nil)
//	}
//
// os.Exit, log.Fatal and a panic that nothing recovered from end the process. So
// does a deadlock: Go finds that by counting threads, which a process that links
// C never gets to nothing, so it is found here, by looking at the stacks of all
// goroutines while nothing can wake one. BeyondYaegi says what keeps the program
// from yaegi, which starts faster; package headless chooses.
package script
