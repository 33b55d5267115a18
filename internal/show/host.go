package show

// How something that runs long reports: through the host, which is a notebook
// kernel, a terminal, or nobody.

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"fourmlab/internal/term"
)

// Host is where progress and live pictures go. A kernel implements it; a
// program without one gets a text line on standard error.
type Host interface {
	// Show displays a bundle (mime type to string or []byte) and gives the
	// handle under which it can be updated.
	Show(bundle map[string]any) string
	// Update replaces what Show displayed.
	Update(handle string, bundle map[string]any)
	// Interrupted tells whether the person asked the running call to stop.
	Interrupted() bool
}

var (
	hostMu sync.Mutex
	host   Host = terminal{}
)

// SetHost makes h the host; nil restores the text line on standard error.
func SetHost(h Host) {
	hostMu.Lock()
	defer hostMu.Unlock()
	host = h
	if h == nil {
		host = terminal{}
	}
}

// CurrentHost gives the host in use.
func CurrentHost() Host {
	hostMu.Lock()
	defer hostMu.Unlock()
	return host
}

// Plain tells whether nobody hosts the program, so that progress is lines on
// standard error.
func Plain() bool {
	_, ok := CurrentHost().(terminal)
	return ok
}

// terminal prints the bundle's text; an update of the same line overwrites it
// where standard error is a terminal.
type terminal struct{}

func (terminal) Show(b map[string]any) string {
	fmt.Fprintln(os.Stderr, b["text/plain"])
	return "line"
}

func (terminal) Update(_ string, b map[string]any) {
	s, _ := b["text/plain"].(string)
	if term.Is(os.Stderr) && !strings.Contains(s, "\n") {
		fmt.Fprint(os.Stderr, term.Replace(s))
		return
	}
	fmt.Fprintln(os.Stderr, s)
}

func (terminal) Interrupted() bool { return false }

// Live is one display that changes in place while something runs.
type Live struct {
	host   Host
	handle string
	last   time.Time
	every  time.Duration
	now    func() time.Time
}

// NewLive gives a display that is updated twice a second in a notebook and
// every two seconds on a plain stream.
func NewLive() *Live {
	l := &Live{host: CurrentHost(), every: 500 * time.Millisecond, now: time.Now}
	if Plain() {
		l.every = 2 * time.Second
	}
	return l
}

// Due tells whether enough time has passed for another update.
func (l *Live) Due() bool { return l.now().Sub(l.last) >= l.every }

// Put shows the bundle, at once and whatever the time.
func (l *Live) Put(bundle map[string]any) {
	l.last = l.now()
	if l.handle == "" {
		l.handle = l.host.Show(bundle)
		return
	}
	l.host.Update(l.handle, bundle)
}
