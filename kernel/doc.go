// Package kernel is a Jupyter kernel for Go, in rooms of one trade each; this
// page tells a stranger which is which. It has no code.
//
// # The way of a cell
//
// A person presses Shift-Enter. The front end sends an execute_request over
// ZeroMQ to the process that Jupyter has started:
//
//	zmtp      takes the frames from the socket, within limits
//	server    checks the signature, waits for the cell's turn, gives it its number
//	link      carries it over a pipe to the child process
//
// In the child:
//
//	worker    sees to the process: its streams, standard input, memory, interrupts
//	commands  (worker/commands) carries out lines that are no Go: %time, $ ls
//	session   checks the Go by go/types, compiles it to closures, and runs it
//	display   makes of the last value what front ends show
//
// And back: link brings what was printed, shown and returned in its order; server
// publishes it under the request of the cell that did it.
//
// Where there is no front end, headless stands in the place of server and puts
// what comes back into a notebook's file. It runs scripts as well.
//
// # Two processes
//
// server and worker are two processes that are the same program, and neither
// imports the other: all they know of each other are the messages of link. What
// Go makes fatal in a cell (two goroutines writing one map, an unlock too many)
// ends the worker and not the conversation: the person reads what happened, and
// a new worker goes on, without the variables. What cells have started (package
// started) lives as long as the worker does. Heartbeat, interrupt and shutdown
// are answered while a cell runs.
//
// # Seams
//
// engine is what a worker needs of something that runs cells; session is what
// does, and the program that starts the worker puts the two together. What cells
// can import is linked in through engine, too; the generated tables of it stand in
// symbols, which alone know the lab. So a kernel for other packages is a main of
// some twenty lines.
//
// # The rest
//
//	jupyter      tells Jupyter of the kernel; a doctor
//	notebook     the file: parameters, comparison, page, to a program and back
//	started      what cells have started: found, and ended with them
//	kerneltest   the test binary as kernel and worker, real Jupyter beside it
//	gophernotes  the real gophernotes with our packages bound in
//	gosuite, inbrowser   Go's own test programs as cells; a notebook in Chromium
//
// docs/kernel.md says what a cell may say, what is promised, and how it is
// tested.
package kernel
