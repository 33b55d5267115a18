// Package link is what a kernel and the process of its cells say to each other,
// and how they come together and part.
//
// The kernel (package server, or headless where there is no front end) starts
// the same program again with the argument "worker", which is package worker's.
// From then on it has a Process, and the worker a Parent:
//
//	p, err := link.Start(link.Options{Print: print, Event: event})
//	reply, alive := p.Ask(link.RunCell{Number: 1, Code: "1 + 1"})
//	p.Close()
//
// # Messages
//
// Each message is a struct of its own. A Request goes to the worker, an Event
// comes from it; a Reply is the event that answers a request and ends Ask. Both
// interfaces are closed: all messages stand in requests.go and events.go, and
// either side has one switch over them.
//
// A message travels as two lines of JSON, its head and its fields; behind an
// event come the large values of what it shows, pictures mostly, as the bytes
// they are. Both ends are one program, so a head that names no message, or
// fields that are not its own, are a fault (or a cell that writes into the
// pipe): reading gives an error, and whoever reads ends the conversation. Of
// fields that cannot be JSON, a NaN in a table, the event says so in their
// place; it is never left out, for somebody waits for it.
//
// # Text
//
// What cells print comes through the worker's standard output and error,
// whoever prints it. Before each event the worker writes a mark into both, and
// the kernel publishes what stands before the mark before it looks at the
// event: so text, pictures and results keep their order.
//
// # The end
//
// A worker is dead when the system says so, not when its pipes end: what cells
// have started may hold these for long. All that it had printed by then is
// published, what cells have started is ended with it (package started), and
// Failure says in a person's words which cell did it, and of what.
package link
