package worker

// Standard output and error of a process that runs cells. The worker writes to
// the pipes through files of its own; what cells know as os.Stdout and
// os.Stderr are others, which they may close, lose or replace.

import "os"

// standard is what this process began with; the files must not be collected,
// which would close them.
var standard = [2]*os.File{os.Stdout, os.Stderr}

// duplicates gives the files that the worker writes to: not the numbers 1 and 2,
// which a cell may close, too.
func duplicates() (out [2]*os.File) {
	for i, f := range standard {
		if again, err := duplicate(f); err == nil {
			f = again
		}
		out[i] = f
	}
	return out
}

// restoreStreams gives cells their standard output and error where they have none that
// works. One that a cell has put there itself and that is open stays.
func (w *worker) restoreStreams() {
	for i, f := range []**os.File{&os.Stdout, &os.Stderr} {
		if *f != nil && *f != w.streams[i] && *f != standard[i] {
			if _, err := (*f).Stat(); err == nil {
				continue
			}
		}
		if again, err := duplicate(w.streams[i]); err == nil {
			*f = again
		} else {
			*f = w.streams[i]
		}
	}
}
