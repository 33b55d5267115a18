package headless

// A line of progress for each cell of a notebook that is run: one that is
// written over on a terminal; into a file or a pipe whole lines, every so
// often.

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"fourmlab/internal/term"
)

// Into a file a cell that takes long has a line soon, and then one at times.
const (
	soon  = 2 * time.Second
	often = 10 * time.Second
)

// progress is that of one cell.
type progress struct {
	w        io.Writer // nil for none
	head     string
	begun    time.Time
	terminal bool
	quit     chan struct{}
	over     chan struct{}

	mu   sync.Mutex
	said string // what the cell itself says of its progress
}

// longest is how many characters of a label or a text stand in a line.
const longest = 160

func startProgress(w io.Writer, n, of int, label string) *progress {
	p := &progress{
		w: w, head: fmt.Sprintf("[%d/%d] %s ...", n, of, term.Line(label, longest)), begun: time.Now(), terminal: term.Is(w),
		quit: make(chan struct{}), over: make(chan struct{}),
	}
	go p.tick()
	return p
}

// tick tells how long it takes so far.
func (p *progress) tick() {
	defer close(p.over)
	wait := soon
	if p.terminal {
		wait = time.Second
		fmt.Fprint(p.w, term.Redraw(p.head))
	}
	for p.w != nil {
		select {
		case <-p.quit:
			return
		case <-time.After(wait):
		}
		line := fmt.Sprintf("%s %.0f s", p.head, time.Since(p.begun).Seconds())
		if p.terminal {
			fmt.Fprint(p.w, term.Redraw(line))
			continue
		}
		wait = often
		p.mu.Lock()
		if p.said != "" {
			line += ": " + p.said
		}
		p.mu.Unlock()
		fmt.Fprintln(p.w, line)
	}
}

// note keeps what a cell shows of its progress: the last line of its text.
func (p *progress) note(data map[string]any) {
	text, _ := data["text/plain"].(string)
	text = strings.TrimSpace(text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = term.Line(text[strings.LastIndexByte(text, '\n')+1:], longest)
}

func (p *progress) end(ok bool) {
	close(p.quit)
	<-p.over
	if p.w == nil {
		return
	}
	tail := fmt.Sprintf("%.1f s", time.Since(p.begun).Seconds())
	if !ok {
		tail = "failed"
	}
	line := fmt.Sprintf("%s %s\n", p.head, tail)
	if p.terminal {
		line = term.Redraw(line)
	}
	fmt.Fprint(p.w, line)
}
