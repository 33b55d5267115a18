package fourm

// Failures of the world: what a program asks errors.Is for, and how a call that
// gives a value keeps one in it.

import (
	"context"
	"fmt"

	"fourmlab/fourm/checkpoint"
	"fourmlab/fourm/train"
	"fourmlab/internal/show"
)

// What a program may want to tell apart, with errors.Is. That a set is not there
// is datasets.ErrNoSet.
var (
	// ErrForeignCheckpoint is of a file that holds no 4M model: another model's
	// weights, or something else altogether. One that is absent is
	// fs.ErrNotExist.
	ErrForeignCheckpoint = checkpoint.ErrForeign
	// ErrForeignRun is of a folder that holds another run than the one to be
	// gone on with; the run's Err.
	ErrForeignRun = train.ErrForeignRun
	// ErrNoRun is of a folder in which there is no run to be read.
	ErrNoRun = train.ErrNoRun
)

// attempt carries out what a person can interrupt; what is finished by then
// stays. A failure of the world is given, and shown as a line for those who do
// not ask for it.
func attempt(op string, f func(ctx context.Context) error) (interrupted bool, err error) {
	stopped := show.Interruptible(func(ctx context.Context) { err = f(ctx) })
	if err == nil {
		return false, nil
	}
	if stopped {
		return true, nil
	}
	tell(op, err)
	return false, err
}

// tell shows a failure.
func tell(op string, err error) {
	show.NewLive().Put(map[string]any{"text/plain": fmt.Sprintf("%s: %v", op, err)})
}
