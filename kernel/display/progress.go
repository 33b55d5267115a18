package display

// A bar that moves.

import (
	"fmt"
	"html"
	"strings"
	"sync"
	"time"

	"fourmlab/internal/fault"
	"fourmlab/internal/human"
	"fourmlab/internal/show"
)

// Bar shows how far a piece of work is. Its methods may be called by several
// goroutines; the page follows twice a second.
type Bar struct {
	mu    sync.Mutex
	label string
	note  string
	total int
	n     int
	begun time.Time
	ended time.Duration // how long it took, once it is over
	live  *show.Live
	timer *time.Timer
}

// Progress shows a bar for work of so many steps; 0 steps means that nobody
// knows. A script has it as a line on standard error.
func Progress(label string, steps int) *Bar {
	if steps < 0 {
		fault.Panic("display.Progress", "%d steps, expected 0 or more", steps)
	}
	b := &Bar{label: label, total: steps, begun: time.Now(), live: show.NewLive()}
	b.live.Put(b.data())
	return b
}

// Step says that one more step is done.
func (b *Bar) Step() { b.move(func() { b.n++ }) }

// Set says that n steps are done.
func (b *Bar) Set(n int) { b.move(func() { b.n = max(n, 0) }) }

// Note puts a few words behind the bar.
func (b *Bar) Note(s string) { b.move(func() { b.note = s }) }

// Done ends the bar where it is. The last step ends it as well.
func (b *Bar) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end()
}

// String is the bar as a line of text.
func (b *Bar) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.line()
}

// move changes the bar, and the page when it is time. What came too early for
// the page is shown a little later.
func (b *Bar) move(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	switch {
	case b.ended > 0 && b.n == b.total:
		b.live.Put(b.data())
	case b.total > 0 && b.n >= b.total:
		b.end()
	case b.live.Due():
		b.ended = 0
		b.live.Put(b.data())
	case b.timer == nil:
		b.timer = time.AfterFunc(500*time.Millisecond, b.late)
	}
}

func (b *Bar) late() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = nil
	if b.ended == 0 {
		b.live.Put(b.data())
	}
}

func (b *Bar) end() {
	if b.ended == 0 {
		b.ended = max(time.Since(b.begun), 1)
		b.live.Put(b.data())
	}
}

func (b *Bar) data() Data {
	words := html.EscapeString(strings.TrimPrefix(b.line(), b.label+" "))
	attr := ""
	if b.total > 0 {
		attr = fmt.Sprintf(` value="%d" max="%d"`, min(b.n, b.total), b.total)
	} else if b.ended > 0 {
		attr = ` value="1" max="1"`
	}
	page := fmt.Sprintf(`<div style="font-variant-numeric:tabular-nums">%s <progress%s style="width:16em;vertical-align:middle"></progress> %s</div>`,
		html.EscapeString(b.label), attr, words)
	return Data{"text/plain": b.line(), "text/html": page}
}

// line is the bar in words.
func (b *Bar) line() string {
	words := []string{b.label}
	took := b.ended
	if took == 0 {
		took = time.Since(b.begun)
	}
	if b.total > 0 {
		done := min(b.n, b.total)
		words = append(words, fmt.Sprintf("%s/%s (%d%%)", human.Int(b.n), human.Int(b.total), int(int64(done)*100/int64(b.total))))
	} else {
		words = append(words, human.Int(b.n))
	}
	words = append(words, "· "+human.Clock(took))
	if b.ended == 0 && b.n > 0 && b.n < b.total {
		rest := time.Duration(float64(took) / float64(b.n) * float64(b.total-b.n))
		words = append(words, "· "+human.Clock(rest)+" left")
	}
	if b.note != "" {
		words = append(words, "· "+b.note)
	}
	return strings.Join(words, " ")
}
