package display

// A value's own methods are somebody's code: they may panic, end their
// goroutine, or never come back. What they gave until then is shown.

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// patience is how long all the methods of a value may take together, hurry
// how long those that are asked for a line.
var (
	patience = 10 * time.Second
	hurry    = 2 * time.Second
)

// crowd is how many values of one type are shown at a time: a method that shows
// its own value has no end otherwise. Others wait a moment for their turn.
const crowd = 50

var (
	askedMu sync.Mutex
	asked   = map[reflect.Type]int{} // how many are shown, by type
)

// enter counts a value that is shown, until it is left.
func enter(t reflect.Type) (leave func(), ok bool) {
	for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		askedMu.Lock()
		if asked[t] < crowd {
			asked[t]++
			askedMu.Unlock()
			break
		}
		askedMu.Unlock()
		if time.Since(begun) > time.Second {
			return nil, false
		}
	}
	return func() {
		askedMu.Lock()
		defer askedMu.Unlock()
		if asked[t]--; asked[t] == 0 {
			delete(asked, t)
		}
	}, true
}

// asking gathers the forms of a value while its methods run.
type asking struct {
	mu       sync.Mutex
	doing    string // what runs, for a person
	out      Data
	failures []string
	left     bool // nobody waits any more
}

// step names what runs from here on; false tells that nobody waits for it.
func (a *asking) step(doing string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.doing = doing
	return !a.left
}

// fail notes that what runs has failed.
func (a *asking) fail(why any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failures = append(a.failures, a.doing+": "+inLine(why))
}

// put adds forms, in place of those that were there.
func (a *asking) put(forms Data) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for mime, v := range forms {
		if !a.left {
			a.out[mime] = v
		}
	}
}

// empty tells whether there is no form yet.
func (a *asking) empty() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.out) == 0
}

// guarded runs f; a panic is a failure of what runs.
func (a *asking) guarded(f func()) {
	defer func() {
		if r := recover(); r != nil {
			a.fail("panic: " + fmt.Sprint(r))
		}
	}()
	f()
}

// within runs f in a goroutine of its own, for at most so long or until the
// person stops the cell.
func (a *asking) within(most time.Duration, f func()) {
	done := make(chan bool, 1)
	go func() {
		ended := false
		defer func() { done <- ended }()
		f()
		ended = true
	}()
	late := time.NewTimer(most)
	defer late.Stop()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	host := page()
	for {
		why := ""
		select {
		case ended := <-done:
			if ended {
				return
			}
			why = "it ended its goroutine"
		case <-late.C:
			why = fmt.Sprintf("not done after %v, left behind", most)
		case <-poll.C:
			if host == nil || !host.Interrupted() {
				continue
			}
			why = "stopped"
			select {
			case <-done: // what the cell was stopped for ends as well
			case <-time.After(hurry):
			}
		}
		a.fail(why)
		a.mu.Lock()
		a.left = true
		a.mu.Unlock()
		return
	}
}

// inLine is a text in one line of bounded length.
func inLine(v any) string {
	s := fmt.Sprint(v)
	if len(s) > 8*maxWord {
		s = strings.ToValidUTF8(s[:8*maxWord], "")
	}
	return shortened(strings.Join(strings.Fields(s), " "), 4*maxWord)
}
