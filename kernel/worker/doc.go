// Package worker is the process in which cells run: the child of a kernel. What
// Go makes fatal in a cell ends it and not the conversation with the person.
//
// A program that has kernels calls Run when its first argument is "worker", and
// says what engine runs the cells:
//
//	err := worker.Run(func(o engine.Options) engine.Engine {
//		s := session.New()
//		s.Folder, s.Late = o.Folder, o.Late
//		return s
//	})
//
// # What it does
//
// It takes requests from its parent (package link), one cell at a time; an
// interrupt and the end are heeded while one runs. Package commands runs a cell;
// here is what surrounds it:
//
//   - Standard output and error are pipes to the parent, whatever a cell does to
//     os.Stdout (streams.go). Who reads os.Stdin makes the front end ask the
//     person (stdin.go).
//   - It is the host of what long calls show and of package display: pictures,
//     progress, questions, comms (host.go).
//   - It keeps to a limit of memory, and says so before the machine ends it
//     without a word (memory.go).
//   - It ends with its parent, however that ended, and ends what cells have
//     started.
package worker
