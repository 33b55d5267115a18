package disk

// Reading what a person names on a command line: a file, or what comes through
// a pipe.

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"
)

// Given gives the bytes of a plain file, or of a pipe or terminal that somebody
// writes into: /dev/stdin, or a shell's <(command). It is not for files that
// were found in a folder. Any other device, a folder, and a FIFO that nobody has
// opened for writing are errors at once. More than limit bytes are an error.
func Given(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|NoWait, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	wrong := &NotPlain{}
	switch err := Plain(info); {
	case err == nil:
		return readPlain(f, path, limit)
	case errors.As(err, &wrong) && wrong.Kind != "a FIFO" && !term.IsTerminal(int(f.Fd())):
		return nil, named(path, err)
	}
	b, err := readMost(f, path, limit)
	if err == nil && len(b) == 0 && wrong.Kind == "a FIFO" {
		return nil, fmt.Errorf("%s: is a FIFO that nobody writes into", path)
	}
	return b, err
}
