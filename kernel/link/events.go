package link

// What the worker tells the kernel.

import (
	"maps"

	"fourmlab/kernel/engine"
)

// Event is a message from the worker: one of those in this file or, from a
// comm, in comm.go.
type Event interface{ event() }

// Reply is an event that answers a request. Others come at any time.
type Reply interface {
	Event
	reply()
}

// Ready says that the worker takes requests; it comes first, and once.
type Ready struct{}

// Result is what became of a cell.
type Result struct {
	Bundle                   // of its last value; Data is nil where there is none
	Failure *engine.Failure  // or nil
	Payload []map[string]any `json:",omitempty"` // for the front end, as Jupyter's protocol says
}

// Completion is what fits at a place.
type Completion struct{ engine.Completion }

// Inspection describes a name, by media type; Data is nil for what is unknown.
type Inspection struct{ Data map[string]string }

// Completeness tells how far a cell is typed.
type Completeness struct {
	Status engine.Status
	Indent string // of the next line, where the status is engine.Incomplete
}

// Done says that the handler of a comm's message has come to its end.
type Done struct{}

// Display puts something on the page, which an Update of the same ID replaces.
type Display struct {
	ID string
	Bundle
}

// Update replaces what a Display has put on the page.
type Update struct {
	ID string
	Bundle
}

// Clear removes what the cell has put on the page, with Wait not before there
// is something else.
type Clear struct{ Wait bool }

// InputRequest asks the person for a line. The kernel sends an Answer.
type InputRequest struct {
	Question int // its number
	Prompt   string
	Password bool // is not shown while it is typed
}

func (Ready) event()        {}
func (Result) event()       {}
func (Completion) event()   {}
func (Inspection) event()   {}
func (Completeness) event() {}
func (Done) event()         {}
func (Display) event()      {}
func (Update) event()       {}
func (Clear) event()        {}
func (InputRequest) event() {}

func (Ready) reply()        {}
func (Result) reply()       {}
func (Completion) reply()   {}
func (Inspection) reply()   {}
func (Completeness) reply() {}
func (Done) reply()         {}

// events are all of them, by the names of their types.
var events = kinds(
	Ready{}, Result{}, Completion{}, Inspection{}, Completeness{}, Done{},
	Display{}, Update{}, Clear{}, InputRequest{},
	CommOpen{}, CommMessage{}, CommClose{},
)

// Bundle is something that can be shown, in one form or several.
type Bundle struct {
	Data     map[string]any `json:",omitempty"` // by media type: a string, bytes, or what becomes JSON
	Metadata map[string]any `json:",omitempty"` // as Jupyter's protocol says
}

// WithText gives the bundle as front ends expect it: with a text for those that
// show no pictures, and with metadata, be they empty.
func (b Bundle) WithText() Bundle {
	if _, ok := b.Data["text/plain"]; !ok {
		data := map[string]any{"text/plain": ""}
		maps.Copy(data, b.Data)
		b.Data = data
	}
	if b.Metadata == nil {
		b.Metadata = map[string]any{}
	}
	return b
}
