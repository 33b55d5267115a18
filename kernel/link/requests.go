package link

// What a kernel asks of the worker.

// Request is a message to the worker: one of those in this file or, for a comm,
// in comm.go. Interrupt, Answer and Shutdown have no reply; to each of the others
// there is one.
type Request interface{ request() }

// RunCell runs a cell. The reply is a Result.
type RunCell struct {
	Number int // what the cell is called in its errors
	Code   string
}

// Evaluate runs code behind a cell, under the cell's number; it is no cell that
// could be saved. The reply is a Result.
type Evaluate struct {
	Number int
	Code   string
}

// Complete lists what fits at a place in a cell. The reply is a Completion.
type Complete struct {
	Code   string
	Offset int // in bytes
}

// Inspect describes what stands at a place in a cell. The reply is an
// Inspection.
type Inspect struct {
	Code   string
	Offset int  // in bytes
	Detail bool // with examples and source
}

// IsComplete tells whether a cell is typed to its end. The reply is a
// Completeness.
type IsComplete struct{ Code string }

// Interrupt stops the cell that runs, or was asked for last.
type Interrupt struct{}

// Answer is what the person typed after an InputRequest.
type Answer struct {
	Question int // the number of the InputRequest
	Text     string
	Refusal  string // why there is no answer, or ""
}

// Shutdown asks the worker to stop its cell and end.
type Shutdown struct{}

func (RunCell) request()    {}
func (Evaluate) request()   {}
func (Complete) request()   {}
func (Inspect) request()    {}
func (IsComplete) request() {}
func (Interrupt) request()  {}
func (Answer) request()     {}
func (Shutdown) request()   {}

// requests are all of them, by the names of their types.
var requests = kinds(
	RunCell{}, Evaluate{}, Complete{}, Inspect{}, IsComplete{},
	CommOpen{}, CommMessage{}, CommClose{},
	Interrupt{}, Answer{}, Shutdown{},
)
