package train

// What a program may want to tell apart with errors.Is.

import "errors"

var (
	// ErrNoRun is of a folder in which nothing of a run is found.
	ErrNoRun = errors.New("no run")
	// ErrForeignRun is of a folder that holds another run than the one asked for:
	// with other settings, other data, or more steps. It is left as it is.
	ErrForeignRun = errors.New("another run")
)
