package kernel

// A line of progress for each cell of a notebook that is run.

import (
	"fmt"
	"io"
	"os"
	"time"
)

// bar is one line.
type bar struct {
	w     io.Writer
	head  string
	begun time.Time
	tty   bool
	quit  chan struct{}
	gone  chan struct{}
}

func startProgress(w io.Writer, n, of int, label string) *bar {
	b := &bar{w: w, head: fmt.Sprintf("[%d/%d] %s ...", n, of, label), begun: time.Now(), quit: make(chan struct{}), gone: make(chan struct{})}
	if f, ok := w.(*os.File); ok {
		if fi, err := f.Stat(); err == nil {
			b.tty = fi.Mode()&os.ModeCharDevice != 0
		}
	}
	go b.tick()
	return b
}

// tick counts the seconds where the line can be written over.
func (b *bar) tick() {
	defer close(b.gone)
	for b.tty {
		fmt.Fprintf(b.w, "\r\x1b[2K%s %.0f s", b.head, time.Since(b.begun).Seconds())
		select {
		case <-b.quit:
			return
		case <-time.After(time.Second):
		}
	}
}

func (b *bar) end(ok bool) {
	close(b.quit)
	<-b.gone
	if b.w == nil {
		return
	}
	tail := fmt.Sprintf("%.1f s", time.Since(b.begun).Seconds())
	if !ok {
		tail = "failed"
	}
	if b.tty {
		fmt.Fprint(b.w, "\r\x1b[2K")
	}
	fmt.Fprintf(b.w, "%s %s\n", b.head, tail)
}
