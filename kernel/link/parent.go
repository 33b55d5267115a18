package link

// The worker's end of the pipes.

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// Parent is the kernel as its worker sees it. Its methods may be called from
// several goroutines, Receive from one.
type Parent struct {
	requests *bufio.Reader

	mu      sync.Mutex
	events  *os.File
	streams [2]*os.File // standard output and error
	marks   int
}

// Connect gives the parent of this process, which the kernel has started as a
// worker. The files are where the process writes its marks and what it prints:
// its standard output and error, or files that lead there.
func Connect(stdout, stderr *os.File) (*Parent, error) {
	requests, events := os.NewFile(3, "requests"), os.NewFile(4, "events")
	if requests == nil || events == nil {
		return nil, errors.New("no pipes; this process is started by the kernel only")
	}
	return &Parent{requests: bufio.NewReaderSize(requests, 1<<16), events: events, streams: [2]*os.File{stdout, stderr}}, nil
}

// Receive waits for the next request. An error says that the kernel is gone.
func (p *Parent) Receive() (Request, error) { return ReadRequest(p.requests) }

// Send tells the kernel of an event of a cell, 0 for the one that runs or ran
// last, behind all that was printed by now. Of what is no JSON it tells so.
func (p *Parent) Send(cell int, e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks++
	for _, f := range p.streams {
		f.WriteString(mark(p.marks))
	}
	h := Head{Mark: p.marks, Cell: cell}
	if err := WriteEvent(p.events, h, e); err != nil {
		WriteEvent(p.events, h, unsent(e, err))
	}
}

// Print prints what a goroutine of an earlier cell does, between marks that say
// whose it is.
func (p *Parent) Print(cell int, text string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.streams[0].WriteString(owner(cell) + text + owner(0)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// mark stands before an event in both streams.
func mark(n int) string { return fmt.Sprintf("\x1e\x1ffourm:%d\x1f\x1e", n) }

// owner stands before the text of a cell.
func owner(cell int) string { return fmt.Sprintf("\x1e\x1ffourm@%d\x1f\x1e", cell) }

// unsent is what is told in place of an event that is no JSON.
func unsent(e Event, err error) Event {
	switch e := e.(type) {
	case Result:
		return Result{Bundle: e.Bundle.textOnly(err)}
	case Display:
		return Display{ID: e.ID, Bundle: e.Bundle.textOnly(err)}
	case Update:
		return Update{ID: e.ID, Bundle: e.Bundle.textOnly(err)}
	case CommOpen:
		return CommOpen{ID: e.ID, Target: e.Target}
	case CommMessage:
		return CommMessage{ID: e.ID}
	case CommClose:
		return CommClose{ID: e.ID}
	}
	return e // strings and numbers, which are always JSON
}

// textOnly is the text of a bundle that is no JSON, and why it is none.
func (b Bundle) textOnly(err error) Bundle {
	text, _ := b.Data["text/plain"].(string)
	return Bundle{Data: map[string]any{"text/plain": strings.TrimPrefix(text+"\n", "\n") + err.Error()}}
}
