// Package engine says what a kernel needs from something that runs Go cells,
// and holds what programs link in for it: the packages whose names cells may
// use. It is the seam between the protocol (package kernel), the session that
// runs cells (package session) and the generated tables (package symbols); it
// imports none of them.
//
//	func init() { engine.Link(engine.Linked{Prelude: []string{"fourmlab/fourm"}}) }
package engine

import (
	"context"
	"errors"
	"reflect"
)

// Engine runs cells one after another and keeps their declarations and
// variables. Its methods are called by one goroutine at a time, Interrupt
// excepted.
type Engine interface {
	// Run runs a cell to its end; n is the number its errors carry. What the
	// cell prints goes to the process's standard output and error.
	Run(ctx context.Context, n int, code string) Result
	// Interrupt makes the running cell stop at its next step.
	Interrupt()
	// Complete lists the names that fit at byte offset at of the code, and the
	// span of bytes they replace.
	Complete(code string, at int) (names []string, from, to int)
	// Inspect describes the name at byte offset at, or gives "".
	Inspect(code string, at int) string
	// Whole tells whether the code is finished.
	Whole(code string) (Status, string)
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
	// Yaegi holds the tables for scripts, as yaegi's Exports.
	Yaegi map[string]map[string]reflect.Value
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
