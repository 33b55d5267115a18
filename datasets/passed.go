package datasets

// What was passed over or changed on the way, counted by kind: nothing is
// dropped or turned without a word.

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// passed counts by kind, and keeps the first name of each. The zero value is
// empty; a nil one forgets what it is told.
type passed struct {
	mu sync.Mutex
	by map[string]*tally
}

// tally is the count of one kind.
type tally struct {
	n     int
	first string
	seen  map[string]bool // the names that were told
}

// add counts a name under a kind, once.
func (p *passed) add(kind, name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = map[string]*tally{}
	}
	t := p.by[kind]
	if t == nil {
		t = &tally{first: name, seen: map[string]bool{}}
		p.by[kind] = t
	}
	if t.seen[name] {
		return
	}
	t.seen[name] = true
	t.n++
	t.first = min(t.first, name) // whichever goroutine came first
}

// lines says it all, a kind a line, in alphabetical order.
func (p *passed) lines() []string {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for kind, t := range p.by {
		if t.n == 1 {
			out = append(out, fmt.Sprintf("%s: 1 (%s)", kind, t.first))
		} else {
			out = append(out, fmt.Sprintf("%s: %d (first %s)", kind, t.n, t.first))
		}
	}
	slices.Sort(out)
	return out
}

// unread is the kind of a file whose suffix nobody reads.
func unread(ext string) string {
	if ext == "" {
		return "files without a suffix, passed over"
	}
	return fmt.Sprintf(".%s files, passed over", ext)
}

// after gives all in one line, behind a sign; "" where nothing was told.
func (p *passed) after(sign string) string {
	all := strings.Join(p.lines(), "; ")
	if all == "" {
		return ""
	}
	return sign + all
}
