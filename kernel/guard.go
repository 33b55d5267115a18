package kernel

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

// again tells whether a signature came before, and remembers it.
func (r *replays) again(signature []byte) bool {
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

// complaints logs what others do wrong: short lines, and not many.
type complaints struct {
	mu    sync.Mutex
	since time.Time
	lines int
}

const (
	linesAMinute = 20
	longestLine  = 200
)

func (c *complaints) tell(what ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.since) > time.Minute {
		c.since, c.lines = now, 0
	}
	c.lines++
	switch line := fmt.Sprint(what...); {
	case c.lines == linesAMinute:
		log.Print("kernel: more of this is not logged for a minute")
	case c.lines < linesAMinute:
		if len(line) > longestLine {
			line = strings.ToValidUTF8(line[:longestLine], "") + "..."
		}
		log.Print("kernel: ", strings.ReplaceAll(line, "\n", " "))
	}
}
