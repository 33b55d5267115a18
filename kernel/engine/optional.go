package engine

// What an engine may do besides.

import "context"

// Attender runs what is done with a cell's values after its end: the methods
// that show them are the cell's own code, and can be stopped as it can.
type Attender interface {
	// Attend runs f as a part of cell n. The failure says why f did not run to
	// its end.
	Attend(ctx context.Context, n int, f func()) *Failure
}

// Attributor knows whose work a goroutine does.
type Attributor interface {
	// Cell is the number of the cell for which this goroutine works, or 0 where
	// that is the cell that runs, or unknown. Any goroutine may call it.
	Cell() int
}

// Limiter keeps cells to a limit of memory.
type Limiter interface {
	// Limit sets how many bytes the process may take, 0 being no limit, and what
	// tells how many the machine has left, which may be nil.
	Limit(bytes int64, room func() int64)
}

// Lister tells what cells have defined.
type Lister interface {
	// Names lists it by name, without what was there from the beginning.
	Names() []Name
}

// Name is something that cells have defined.
type Name struct {
	Name  string
	Kind  string // "variable", "function", "type", "constant" or "package"
	Type  string // of a variable
	Value any    // of a variable; nil where it has none
}

// Binder makes values of the kernel known to cells.
type Binder interface {
	// Let gives cells a name for v that they cannot type themselves, and returns
	// it.
	Let(name string, v any) string
}

// Getter fetches modules.
type Getter interface {
	// Get makes the packages of a module known to later cells, at a version or,
	// for "", the latest.
	Get(module, version string) error
}

// Yaegi runs cells in the interpreter of scripts as well.
type Yaegi interface {
	RunYaegi(ctx context.Context, n int, code string) Result
}
