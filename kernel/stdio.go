package kernel

// Standard output and error of a process that runs cells. The worker writes to
// the pipes through files of its own; what cells know as os.Stdout and
// os.Stderr are others, which they may close, lose or replace.

import "os"

// lend gives cells their standard output and error where they have none that
// works. One that a cell has put there itself and that is open stays.
func (w *worker) lend() {
	for i, f := range []**os.File{&os.Stdout, &os.Stderr} {
		if *f != nil && *f != w.prints[i] {
			if _, err := (*f).Stat(); err == nil {
				continue
			}
		}
		if again, err := twin(w.prints[i]); err == nil {
			*f = again
		} else {
			*f = w.prints[i]
		}
	}
}
