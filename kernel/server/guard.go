package server

// What keeps strangers and repetitions from the kernel and from its log.

import (
	"fmt"
	"log"
	"strings"
	"sync"
	"time"
)

// replays remembers the signatures of the messages that came, so that one
// which somebody recorded cannot be sent again. It keeps the last of them:
// between keep and twice as many.
type replays struct {
	mu       sync.Mutex
	now, old map[string]bool
}

const keep = 1 << 15

// seen tells whether a signature came before, and remembers it.
func (r *replays) seen(signature []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := string(signature)
	if r.now[s] || r.old[s] {
		return true
	}
	if r.now == nil || len(r.now) == keep {
		r.old, r.now = r.now, map[string]bool{}
	}
	r.now[s] = true
	return false
}

// limitedLog logs what others do wrong: short lines, and not many.
type limitedLog struct {
	mu    sync.Mutex
	since time.Time
	lines int
}

const (
	linesAMinute = 20
	longestLine  = 200
)

func (l *limitedLog) print(what ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.since) > time.Minute {
		l.since, l.lines = now, 0
	}
	l.lines++
	switch line := fmt.Sprint(what...); {
	case l.lines == linesAMinute:
		log.Print("kernel: more of this is not logged for a minute")
	case l.lines < linesAMinute:
		if len(line) > longestLine {
			line = strings.ToValidUTF8(line[:longestLine], "") + "..."
		}
		log.Print("kernel: ", strings.ReplaceAll(line, "\n", " "))
	}
}
