package link

// The reading end of a pipe from a worker. What a cell has started may hold the
// other end long after the worker is dead, so the end of the file tells nothing:
// the reader is told by finish, reads what stands in the pipe by then, which is
// all that the worker wrote, and says errFinished once. It can be read on, for
// what the others still say.

import (
	"errors"
	"io"
	"os"
	"time"
)

// errFinished says that all has been read which the worker wrote.
var errFinished = errors.New("the worker is dead")

// largestPipe is how much stands in a pipe at most, in bytes.
const largestPipe = 1 << 20

type output struct {
	f        *os.File
	dead     bool // finish was called
	finished bool // errFinished was returned
	after    int  // bytes that were read between the two
}

func newOutput(f *os.File) *output { return &output{f: f} }

// finish tells a reader, which may wait, that the worker is dead.
func (o *output) finish() {
	if o.f.SetReadDeadline(time.Unix(1, 0)) != nil { // this system has none for pipes
		time.AfterFunc(time.Second, func() { o.f.Close() })
	}
}

func (o *output) close() { o.f.Close() }

func (o *output) Read(b []byte) (int, error) {
	if !o.dead {
		n, err := o.f.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		o.dead = true
		o.f.SetReadDeadline(time.Time{})
	}
	if o.finished {
		return o.f.Read(b)
	}
	if o.after < largestPipe {
		n, err := readNow(o.f, b)
		o.after += n
		if n > 0 || err == io.EOF {
			return n, err
		}
	}
	o.finished = true
	return 0, errFinished
}
