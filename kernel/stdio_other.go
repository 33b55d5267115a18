//go:build !unix

package kernel

import (
	"errors"
	"os"
)

// twin cannot open a file a second time here.
func twin(*os.File) (*os.File, error) { return nil, errors.ErrUnsupported }
