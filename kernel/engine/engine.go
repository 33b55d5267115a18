// Package engine says what a kernel needs from something that runs Go cells,
// and holds what programs link in for it: the packages whose names cells may
// use. It is the seam between the process that runs cells (package worker), the
// session that knows how (package session) and the generated tables (package
// symbols); it imports none of them.
//
//	func init() { engine.Link(engine.Linked{Prelude: []string{"fourmlab/fourm"}}) }
//
// An Engine runs cells and helps to type them. What else it can do (list what is
// defined, fetch a module, keep to a limit of memory) it offers as methods of
// the small interfaces beside; a worker asks for them by assertion, and a cell
// that wants what its engine lacks is told so.
package engine

import (
	"context"
	"errors"
	"io/fs"
	"reflect"
)

// Engine runs cells one after another and keeps their declarations and
// variables. Its methods are called by one goroutine at a time, Interrupt and
// Interrupted excepted.
type Engine interface {
	// Run runs a cell to its end; n is the number its errors carry. What the
	// cell prints goes to the process's standard output and error.
	Run(ctx context.Context, n int, code string) Result
	// Interrupt makes the running cell stop at its next step.
	Interrupt()
	// Interrupted tells a long call of compiled code whether the person asked the
	// cell to stop.
	Interrupted() bool
	// Complete lists what fits at byte offset at of the code, the best first.
	Complete(code string, at int) Completion
	// Inspect describes what stands at byte offset at, in each of the forms it
	// has (by media type; text/plain is one), or gives nil. With more, it shows
	// examples and source as well.
	Inspect(code string, at int, more bool) map[string]string
	// Whole tells whether the code is finished.
	Whole(code string) (Status, string)
	// Close removes what the engine has written to the disk. It runs no more
	// cells then.
	Close() error
}

// Options are what a worker tells a new engine.
type Options struct {
	// Folder is where the notebook lies: what cells embed is found from there,
	// and the module whose packages they import.
	Folder string
	// Late takes what a goroutine of an earlier cell prints, with that cell's
	// number.
	Late func(cell int, text string) (int, error)
}

// Completion is what fits at a place in a cell.
type Completion struct {
	Matches  []Match `json:"matches,omitempty"`
	From, To int     // the bytes that a match replaces
}

// Match is one name, keyword or import path that fits.
type Match struct {
	Text string `json:"text"`
	Kind string `json:"kind"`           // function, type, variable, field, method, package, constant or keyword
	Type string `json:"type,omitempty"` // of a function, its signature
}

// Result is what became of a cell.
type Result struct {
	// Values are those of a last expression, nil where there is none to show.
	Values []any
	// Err is nil, or why the cell did not run to its end.
	Err *Failure
}

// Failure is an error for a person: what kind, one line, and where.
type Failure struct {
	Name  string   // "compile error", "panic", "error", "interrupted", "exit", "out of memory"
	Value string   // one line
	Trace []string // lines with places and source, the innermost first; without colours
}

// Error gives the one line.
func (f *Failure) Error() string { return f.Name + ": " + f.Value }

// ErrInterrupted is what a call of compiled code panics with when the person
// stopped the cell while it waited; the cell ends as one that was stopped.
var ErrInterrupted = errors.New("interrupted")

// Status tells how far a cell is typed: finished, unfinished (the indent of
// the next line comes with it) or beyond help.
type Status string

const (
	Complete   Status = "complete"
	Incomplete Status = "incomplete"
	Invalid    Status = "invalid"
)

// Host is where a long call shows its progress; it is the type that the
// linked packages expect.
type Host interface {
	Show(bundle map[string]any) string
	Update(handle string, bundle map[string]any)
	Interrupted() bool
}

// Linked is what a program has linked in for its cells and scripts.
type Linked struct {
	// Prelude lists the import paths, beside the common ones of the standard
	// library, that a cell need not import.
	Prelude []string
	// Dots lists those of which every cell has the names without a package's,
	// unless it declares one of them itself.
	Dots []string
	// Aliases are import paths that mean another one.
	Aliases map[string]string
	// Yaegi holds the tables for scripts, as yaegi's Exports.
	Yaegi map[string]map[string]reflect.Value
	// Docs opens the documentation: for each package a folder of its path with
	// doc.go, its declarations without bodies, and perhaps example_test.go.
	Docs func() (fs.FS, error)
	// Has says in a few words what can be imported, for the error about what
	// cannot; Lab is the part of it that a banner names.
	Has, Lab string
	// Line is a value in one short line.
	Line func(v any) string
	// SetHost hands the linked packages their host.
	SetHost func(Host)
	// Commands are lines that begin with % and their name.
	Commands []Command
}

// Command is what a cell can ask for in a line that is no Go: %name args.
type Command struct {
	Name, Args, About string
	// Run gives what is shown, or an error for the person.
	Run func(args string) (any, error)
}

var linked Linked

// Link sets what Current gives; it is called from init.
func Link(l Linked) { linked = l }

// Current gives what was linked in, by default nothing.
func Current() Linked { return linked }
