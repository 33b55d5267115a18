package kernel

// Lines of progress for each cell of a notebook that is run: one that is
// written over on a terminal; into a file or a pipe whole lines, every so
// often, when they happen.

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Into a file a cell that takes long has a line soon, and then one at times.
const (
	soon  = 2 * time.Second
	often = 10 * time.Second
)

// bar is the progress of one cell.
type bar struct {
	w     io.Writer
	head  string
	begun time.Time
	tty   bool
	quit  chan struct{}
	gone  chan struct{}

	mu   sync.Mutex
	note string // what the cell itself says of its progress
}

func startProgress(w io.Writer, n, of int, label string) *bar {
	b := &bar{w: w, head: fmt.Sprintf("[%d/%d] %s ...", n, of, inOneLine(label)), begun: time.Now(), quit: make(chan struct{}), gone: make(chan struct{})}
	if f, ok := w.(*os.File); ok {
		if fi, err := f.Stat(); err == nil {
			b.tty = fi.Mode()&os.ModeCharDevice != 0
		}
	}
	go b.tick()
	return b
}

// tick tells how long it takes so far.
func (b *bar) tick() {
	defer close(b.gone)
	wait := soon
	if b.tty {
		wait = time.Second
		fmt.Fprint(b.w, "\r\x1b[2K"+b.head)
	}
	for b.w != nil {
		select {
		case <-b.quit:
			return
		case <-time.After(wait):
		}
		line := fmt.Sprintf("%s %.0f s", b.head, time.Since(b.begun).Seconds())
		if b.tty {
			fmt.Fprint(b.w, "\r\x1b[2K"+line)
			continue
		}
		wait = often
		b.mu.Lock()
		if b.note != "" {
			line += ": " + b.note
		}
		b.mu.Unlock()
		fmt.Fprintln(b.w, line)
	}
}

// tell notes what a cell shows of its progress.
func (b *bar) tell(bundle map[string]any) {
	text, _ := bundle["text/plain"].(string)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note = inOneLine(lines[len(lines)-1])
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

// inOneLine is a text without what a terminal would act upon, and not long.
func inOneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 160 {
		s = string(r[:159]) + "…"
	}
	return strings.TrimSpace(s)
}
