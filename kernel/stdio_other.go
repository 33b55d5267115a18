//go:build !unix

package kernel

import (
	"errors"
	"os"
)

// twin cannot open a file a second time here.
func twin(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }

// readNow cannot read without waiting here.
func readNow(*os.File, []byte) (int, error) { return 0, errors.ErrUnsupported }
