package disk

// Reading what may be of strangers: plain files, of a bounded size.

import (
	"fmt"
	"io"
	"os"
)

// Open opens a plain file for reading; links to one are followed. A FIFO, a
// device, a socket or a folder is an error that says so, at once: none of them
// is waited for.
func Open(path string) (*os.File, error) {
	// A FIFO without a writer opens at once, too, and is told by its kind.
	f, err := os.OpenFile(path, os.O_RDONLY|NoWait, 0)
	if err != nil {
		return nil, err
	}
	if err := plain(f); err != nil {
		f.Close()
		return nil, named(path, err)
	}
	return f, nil
}

// NotPlain is the error of a file that is none to read from or write to.
type NotPlain struct{ Kind string } // "a FIFO", "a device", "a socket", "a folder"

func (e *NotPlain) Error() string { return "is " + e.Kind + ", expected a plain file" }

func plain(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return Plain(info)
}

// Plain gives nil for a plain file, else a *NotPlain.
func Plain(info os.FileInfo) error {
	switch m := info.Mode(); {
	case m.IsRegular():
		return nil
	case m.IsDir():
		return &NotPlain{"a folder"}
	case m&os.ModeNamedPipe != 0:
		return &NotPlain{"a FIFO"}
	case m&os.ModeSocket != 0:
		return &NotPlain{"a socket"}
	case m&os.ModeDevice != 0:
		return &NotPlain{"a device"}
	}
	return &NotPlain{"no plain file"}
}

// Read gives the bytes of a plain file. One that is longer than limit is an
// error with both sizes.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPlain(f, path, limit)
}

func readPlain(f *os.File, path string, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: has %d bytes, expected at most %d", path, info.Size(), limit)
	}
	// What says 0 bytes may have some (/proc), and a file may grow.
	return readMost(f, path, limit)
}

// readMost reads all there is, and refuses more than limit bytes of it.
func readMost(f *os.File, path string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: has more than the %d bytes that it may have", path, limit)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}
