//go:build !unix

package worker

import (
	"errors"
	"os"
)

// duplicate cannot open a file a second time here.
func duplicate(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }

// closeOnExec does nothing: here only what is named is handed on.
func closeOnExec() {}
