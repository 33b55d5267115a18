// Package server is the process that front ends speak to: it serves Jupyter's
// messaging protocol (5.4) on the sockets of a connection file, and has cells run
// by a worker (package link), which it starts, and starts again.
//
//	err := server.Serve(connectionFile) // until it is told to shut down
//
// # What happens where
//
// Five sockets (package zmtp) bring messages: shell, control, stdin, heartbeat,
// and iopub, which all listeners share. wire.go takes a message apart and checks
// its signature. The messages of the shell wait in a queue for their turn, as
// clients expect of cells; control is answered at once, whatever runs:
//
//	requests.go  what each request means
//	execute.go   the one that matters
//	events.go    what cells do to the page, and what the page sends back
//	worker.go    the worker: the first, those after a dead one, what happens without
//
// What a worker tells is published under the request whose cell did it, also when
// another cell runs by then.
//
// # Strangers
//
// Whoever reaches the ports can send anything. Package zmtp bounds what that
// costs; here a message must be signed, new and of the right form, or it is
// dropped (wire.go, guard.go). The log tells of it in few lines. A connection
// file without a key is taken for addresses of this machine only.
package server
