//go:build !unix

package link

import (
	"errors"
	"os"
)

// readNow cannot read without waiting here.
func readNow(*os.File, []byte) (int, error) { return 0, errors.ErrUnsupported }
