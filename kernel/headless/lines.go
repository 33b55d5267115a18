package headless

// Progress as lines of a file or a pipe: not more than one every so often, and
// none held back for longer than that.

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// lines are those of one writer. Of what comes faster than they are written
// the last is kept.
type lines struct {
	w     io.Writer
	every time.Duration

	mu    sync.Mutex
	last  time.Time // when a line was written
	held  string
	timer *time.Timer // writes what is held
}

// now writes a line at once, behind one that is held.
func (l *lines) now(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	l.write(s)
}

// soon writes a line when enough time has passed since the one before it.
func (l *lines) soon(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if left := l.every - time.Since(l.last); left > 0 {
		l.held = s
		if l.timer == nil {
			l.timer = time.AfterFunc(left, l.end)
		}
		return
	}
	l.flush()
	l.write(s)
}

// end writes what is held.
func (l *lines) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
}

func (l *lines) write(s string) {
	fmt.Fprintln(l.w, s)
	l.last = time.Now()
}

func (l *lines) flush() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if s := l.held; s != "" {
		l.held = ""
		l.write(s)
	}
}
